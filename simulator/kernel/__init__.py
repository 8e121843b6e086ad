"""The rules in C, compiled to one WebAssembly file, and their door to Python. Equal to simulator.model in every byte."""
