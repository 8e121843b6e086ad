"""The validation suite: what theory, measurements and other people's code say, against what the simulator says.

`python -m tests.validation` runs all of it and writes docs/validation.md; test_validation.py runs a faster part.
"""
