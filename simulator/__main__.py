"""`python -m simulator` is the command `shardsim`.

A worker process imports its parent's main module again, so this one must cost nothing.
"""


def main() -> None:
    """The entry point of `shardsim` and `python -m simulator`."""
    try:
        from simulator.cli import main as run_command
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    run_command()


if __name__ == "__main__":
    main()
