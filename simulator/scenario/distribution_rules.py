"""What is wrong between the parameters of a distribution."""

from collections.abc import Iterator

from simulator.scenario.place import Problem
from simulator.scenario.spec import Distribution, Lognormal, Uniform


def distribution_problems(field: str, distribution: Distribution) -> Iterator[Problem]:
    """What is wrong between the parameters of a distribution."""
    match distribution:
        case Uniform(low=low, high=high) if low > high:
            yield Problem(f"{field}.uniform.low", "is above high")
        case Lognormal(median=median, p99=p99) if median > p99:
            yield Problem(f"{field}.lognormal.median", "is above p99")
        case Lognormal(median=0):
            yield Problem(f"{field}.lognormal.median", "is 0; allowed: above 0")
