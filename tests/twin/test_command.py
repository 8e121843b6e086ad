"""What the command import prints and writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from .conftest import Command
from .files import as_cli, as_template, write
from .systems import made_up


def lines(path: Path) -> list[str]:
    """The lines of a scenario that are fields or groups."""
    return [line for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]


def test_each_field_has_a_comment_that_says_where_it_comes_from(shardsim: Command) -> None:
    shardsim("import", as_cli(made_up(7), Path("in")), "-o", "out.yaml")
    for line in lines(Path("out.yaml")):
        text, _, comment = line.partition(" # ")
        if not text.rstrip().endswith(":"):
            assert comment.startswith(("in/", "assumed: ", "MISSING: ", "AWS's default, not in in/")), line


def test_the_json_is_the_scenario_with_the_origin_of_each_field(shardsim: Command) -> None:
    result = shardsim("import", as_cli(made_up(7), Path("in")), "-o", "out.yaml", "--json")
    told = json.loads(result.stdout)
    assert list(told) == ["schema_version", "scenario", "fields", "not_modelled", "warnings"]
    yaml: Any = YAML(typ="safe")
    assert told["scenario"] == yaml.load(Path("out.yaml"))
    assert {each["how"] for each in told["fields"]} == {"data", "assumed", "missing"}
    assert {tuple(each) for each in told["fields"]} == {("path", "value", "how", "source", "low", "high")}


def test_the_table_tells_what_is_known_and_what_is_missing(shardsim: Command) -> None:
    result = shardsim("import", as_template(made_up(7), Path("in")), "-o", "out.yaml")
    titles = [line for line in result.stdout.splitlines() if line and not line.startswith(" ")]
    assert titles == [
        "from the files",
        "assumed",
        "MISSING: the value is a guess; look at it before you believe a result",
        "wrote out.yaml",
        "next: shardsim run out.yaml",
    ]


def test_the_scenario_is_named_after_its_first_stream(shardsim: Command) -> None:
    write(Path("in"), "x.json", {"StreamDescriptionSummary": {"StreamName": "my.log", "OpenShardCount": 2}})
    result = shardsim("import", "in")
    assert result.exit_code == 4
    assert Path("my.log.yaml").exists()


@pytest.mark.parametrize("name", ["a\nb: c", "\x1b[31mred", "x" * 300 + "y", "=cmd()", "#", "a: b", "日本"])
def test_names_of_files_and_streams_do_no_harm_in_the_comments(name: str, shardsim: Command) -> None:
    file = write(
        Path("in"), f"{name[:80]}.json", {"StreamDescriptionSummary": {"StreamName": name, "OpenShardCount": 2}}
    )
    result = shardsim("import", file, "-o", "out.yaml")
    assert result.exit_code == 4
    assert shardsim("validate", "out.yaml").exit_code == 0
    assert "\x1b" not in result.output + Path("out.yaml").read_text()
    assert all(line.isprintable() for line in Path("out.yaml").read_text().splitlines())
