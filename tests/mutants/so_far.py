"""Write docs/mutants.md from what is known of the faults so far: python -m tests.mutants.so_far."""

from __future__ import annotations

from tests.mutants.__main__ import LEAST_CAUGHT, PAGE, write
from tests.mutants.faults import FAULTS
from tests.mutants.faults_of_c import FAULTS_OF_C
from tests.mutants.kept import tried
from tests.mutants.page import page


def main() -> None:
    """A fault that survived without a reason stands there, too."""
    faults = (*FAULTS, *FAULTS_OF_C)
    write(PAGE, page(faults, tried(faults), LEAST_CAUGHT))


if __name__ == "__main__":
    main()
