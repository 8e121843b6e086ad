"""import --check: whether a scenario still says what the files say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Command
from .files import as_cli, write
from .observed import observe, wave
from .systems import made_up
from .test_measurements import as_query_file, system


@pytest.mark.parametrize("seed", range(6))
def test_a_scenario_says_what_it_was_made_of(seed: int, shardsim: Command) -> None:
    as_cli(made_up(seed), Path("in"))
    shardsim("import", "in", "-o", "out.yaml")
    result = shardsim("import", "in", "--check", "out.yaml")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("out.yaml says the same as the files, in ")


def test_each_field_that_was_changed_is_told_with_both_values(shardsim: Command) -> None:
    system(BatchSize=70)
    shardsim("import", "in", "-o", "out.yaml")
    text = Path("out.yaml").read_text()
    write(Path(), "out.yaml", text.replace("shards: 4", "shards: 6").replace("batch_size: 70", "batch_size: 500"))
    before = sorted(Path().rglob("*"))
    result = shardsim("import", "in", "--check", "out.yaml", "--json")
    assert result.exit_code == 4
    told = json.loads(result.stdout)
    assert [(each["path"], each["scenario"], each["files"]) for each in told["differences"]] == [
        ("streams.meter.shards", 6, 4),
        ("event_source_mappings.0.batch_size", 500, 70),
    ]
    assert shardsim("import", "in", "--check", "out.yaml").stdout.splitlines() == [
        "out.yaml differs from the files",
        "  streams.meter.shards                6 here, 4 there     "
        "in/stream.json: StreamDescriptionSummary.OpenShardCount",
        "  event_source_mappings.0.batch_size  500 here, 70 there  in/mappings.json: EventSourceMappings[0].BatchSize",
    ]
    assert sorted(Path().rglob("*")) == before


def test_what_only_one_side_has_is_told(shardsim: Command) -> None:
    system()
    shardsim("import", "in", "-o", "out.yaml")
    text = Path("out.yaml").read_text()
    write(Path(), "out.yaml", text.replace("meter:", "other:").replace("stream: meter", "stream: other"))
    told = json.loads(shardsim("import", "in", "--check", "out.yaml", "--json").stdout)["differences"]
    assert {(each["path"], each["scenario"]) for each in told} == {
        ("streams.meter", "not there"),
        ("event_source_mappings.sum-meter", "not there"),
        ("streams.other", "there"),
        ("event_source_mappings.sum-other", "there"),
    }


def test_what_was_fitted_is_compared_by_its_interval(shardsim: Command) -> None:
    system()
    as_query_file(observe(1, wave(20, 240)))
    shardsim("import", "in", "-o", "out.yaml")
    assert shardsim("import", "in", "--check", "out.yaml").exit_code == 0
    text = Path("out.yaml").read_text()
    write(
        Path(),
        "out.yaml",
        text.replace("per_record: 2ms", "per_record: 3ms").replace("per_record: 1.999ms", "per_record: 3ms"),
    )
    told = json.loads(shardsim("import", "in", "--check", "out.yaml", "--json").stdout)["differences"]
    assert [each["path"] for each in told] == ["functions.sum.duration.per_record"]


def test_a_scenario_that_is_not_valid_is_exit_3(shardsim: Command) -> None:
    system()
    write(Path(), "bad.yaml", "duration: 1\n")
    assert shardsim("import", "in", "--check", "bad.yaml").exit_code == 3
    assert shardsim("import", "in", "--check", "missing.yaml").exit_code == 3
