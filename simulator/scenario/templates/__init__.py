"""The scenarios that `shardsim init` starts from."""

TEMPLATES = (
    "quickstart", "polling", "push", "outage", "poison", "trace",
    "autoscaling-aws-alarms", "autoscaling-utils", "autoscaling-steps", "autoscaling-substation",
)  # fmt: skip
TRACE = "trace.csv"  # what the template of that name calls its CSV file


def template(name: str) -> str:
    """The text of a template."""
    return _text(f"{name}.yaml")


def trace_csv() -> str:
    """The trace that goes with the template `trace`."""
    return _text(TRACE)


def _text(name: str) -> str:
    from importlib.resources import files  # slow, and only a few commands need it

    return files(__name__).joinpath(name).read_text(encoding="utf-8")
