"""Targets that are tried with hostile input: each module fuzz_NAME.py has `try_one(rng, folder)`.

It tries one case, which the generator alone decides, may write into the folder, and raises AssertionError on a finding.
`CASES` is how many of them `make test` tries. `python -m tests.fuzz --minutes 30` tries more.
"""
