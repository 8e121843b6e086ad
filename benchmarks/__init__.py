"""Speed and memory of whole runs, beside floors and peers that did comparable work in the same minute.

`make bench` writes docs/performance.md and benchmarks/figures.json; `make bench-check` compares with the latter.
A probe measures one thing once, as a few named numbers. All probes are repeated in turn, so that what is compared was
measured side by side, and every figure is a median over the repetitions.
"""
