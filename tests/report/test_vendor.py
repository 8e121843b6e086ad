"""Code of others in the pages is the code that was looked at."""

from __future__ import annotations

import hashlib
import re

import pytest

from simulator.report.page.scripts import VENDOR

LISTED = re.findall(r"^\| (uPlot\S+) \|.*\| ([0-9a-f]{64}) \|$", (VENDOR / "README.md").read_text("utf-8"), flags=re.M)


@pytest.mark.parametrize(("name", "digest"), LISTED)
def test_a_vendored_file_has_the_hash_that_is_stated(name: str, digest: str) -> None:
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest


def test_both_files_are_listed() -> None:
    assert len(LISTED) == 2
