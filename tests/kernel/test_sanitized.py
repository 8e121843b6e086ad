"""No plan, of a scenario or damaged, makes the kernel touch what is not its own, or do what C leaves undefined."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kernel.sanitized import build, compiler, random_plans, run


@pytest.mark.skipif(not compiler(), reason="there is no C compiler")
def test_the_sanitizers_find_nothing(tmp_path: Path) -> None:
    assert run(build(tmp_path), random_plans(25), tmp_path) == ""
