"""shardsim: a capacity simulator for Amazon Kinesis streams read by AWS Lambda; the same as `import simulator`."""

from typing import TYPE_CHECKING, Any

import simulator
from simulator import __all__ as __all__

if TYPE_CHECKING:
    from simulator import *  # noqa: F403

__doc__ = simulator.__doc__


def __getattr__(name: str) -> Any:
    """What `simulator` has, imported on first use."""
    return getattr(simulator, name)


def __dir__() -> list[str]:
    return dir(simulator)
