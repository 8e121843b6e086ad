"""An independent, plain and slow reference of the rules of docs/model.md, to check the simulator against."""

from .inputs import NotDeterministic
from .result import Result
from .simulate import run, undecided

__all__ = ["NotDeterministic", "Result", "run", "undecided"]
