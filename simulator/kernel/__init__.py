"""The rules in C, compiled to one WebAssembly file, and their door to Python: the same facts as by simulator.model."""
