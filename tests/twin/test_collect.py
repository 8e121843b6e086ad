"""The script that collects: it is sound shell, it only reads, and its folder is imported without anything missing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Command
from .exports import FUNCTION, STREAM, json_log, metric_data, points
from .files import as_cli, cli_mapping, write
from .observed import observe, wave
from .systems import FunctionSpec, MappingSpec, StreamSpec, SystemSpec

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="this system has no bash")

AWS = """\
#!{python}
import json, pathlib, sys
here = pathlib.Path({folder!r})
with open(here / "calls.txt", "a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
service, command, *options = sys.argv[1:]
given = dict(zip(options[::2], options[1::2]))
query = given.get("--query", "")
if command == "get-metric-data":
    queries = json.loads(pathlib.Path(given["--metric-data-queries"].removeprefix("file://")).read_text())
    series = json.loads((here / "series.json").read_text())
    none = {{"Timestamps": [], "Values": []}}
    stats = {{each["Id"]: each["MetricStat"] for each in queries}}
    results = [
        {{**series.get(stat["Metric"]["MetricName"] + stat["Stat"], none), "Id": id_, "Label": id_}}
        for id_, stat in stats.items()
    ]
    print(json.dumps({{"MetricDataResults": results}}))
elif command == "list-stream-consumers":
    print("" if query else json.dumps({{"Consumers": []}}))
elif query.startswith("EventSourceMappings[]."):
    for each in json.loads((here / "mappings-0.json").read_text())["EventSourceMappings"]:
        print(each[query.rpartition(".")[2]], end="\\t")
elif query == "StreamDescriptionSummary.StreamARN":
    print(json.loads((here / "summary-{stream}.json").read_text())["StreamDescriptionSummary"]["StreamARN"])
elif query == "LoggingConfig.LogGroup":
    print("None")
elif command == "get-account-settings":
    print(json.dumps({{"AccountLimit": {{"ConcurrentExecutions": 500, "UnreservedConcurrentExecutions": 480}}}}))
elif command == "filter-log-events":
    if not {logs}:
        sys.exit("An error occurred (AccessDeniedException)")
    print((here / "log").read_text(), end="")
else:
    files = {{
        "describe-stream-summary": "summary-{stream}", "list-shards": "shards-{stream}",
        "list-event-source-mappings": "mappings-0", "get-function-configuration": "function-{function}",
        "get-function-concurrency": "concurrency-{function}",
        "list-provisioned-concurrency-configs": "provisioned-{function}",
    }}
    print((here / (files[command] + ".json")).read_text(), end="")
"""


@pytest.fixture
def account(here: Path) -> Path:
    """A folder with an `aws` that prints what is there, and writes down how it was called."""
    stream, function = StreamSpec(STREAM, 4), FunctionSpec(FUNCTION, seconds=60, reserved=20)
    mapping = MappingSpec(stream, function)
    folder = as_cli(SystemSpec((stream,), (function,), (mapping,)), here / "account")
    minutes = observe(1, wave(20, 240))
    series = metric_data(
        {
            "IncomingRecordsSum": points(minutes.records),
            "IncomingBytesSum": points(minutes.bytes),
            "InvocationsSum": points(minutes.invocations),
            "DurationSum": points(minutes.duration_ms),
        }
    )
    write(folder, "series.json", {each["Id"]: each for each in series["MetricDataResults"]})
    write(folder, "log", json_log(list(minutes.single_ms[:300]), [250.0] * 30))
    write(folder, "mappings-0.json", {"EventSourceMappings": [cli_mapping(mapping)]})
    return folder


def collect(account: Path, shardsim: Command, logs: bool = True) -> subprocess.CompletedProcess[str]:
    """Print the script and run it."""
    Path("collect.sh").write_text(shardsim("import", "--collect", STREAM).stdout)
    tools = Path("tools")
    tools.mkdir()
    text = AWS.format(python=sys.executable, folder=str(account), stream=STREAM, function=FUNCTION, logs=logs)
    aws = write(tools, "aws", text)
    aws.chmod(0o755)
    path = f"{tools.resolve()}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "collect.sh", "export"], capture_output=True, text=True, check=False, env=os.environ | {"PATH": path}
    )


def test_what_the_script_collects_is_imported_with_nothing_missing_but_keys(account: Path, shardsim: Command) -> None:
    done = collect(account, shardsim)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    write(Path("export"), "keys.csv", "key,count\na,1\nb,2\n")
    result = shardsim("import", "export", "-o", "out.yaml", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["warnings"] == []
    fields = {each["path"]: each for each in told["fields"]}
    assert fields[f"functions.{FUNCTION}.duration.per_record"]["how"] == "fitted"
    assert fields["account.other_concurrency"]["value"] == 0
    assert not list(Path("export").glob("*.part"))


def test_what_is_not_allowed_is_told_and_left_out(account: Path, shardsim: Command) -> None:
    done = collect(account, shardsim, logs=False)
    assert done.returncode == 1
    assert "left out: aws logs filter-log-events" in done.stderr
    assert shardsim("import", "export", "-o", "out.yaml").exit_code == 4
    assert not list(Path("export").glob("log*"))


def test_the_script_only_reads_and_names_every_permission(account: Path, shardsim: Command) -> None:
    collect(account, shardsim)
    text = Path("collect.sh").read_text()
    permitted = set(re.findall(r"\b(kinesis|lambda|cloudwatch|logs):([A-Za-z]+)", text))
    calls = {tuple(line.split()[:2]) for line in (account / "calls.txt").read_text().splitlines()}
    asked = {(service, "".join(part.capitalize() for part in command.split("-"))) for service, command in calls}
    assert asked == permitted
    assert all(command.startswith(("Describe", "List", "Get", "Filter")) for _, command in permitted)


def test_the_script_is_sound_shell(shardsim: Command) -> None:
    Path("collect.sh").write_text(shardsim("import", "--collect", "a.b_c-d").stdout)
    assert subprocess.run(["bash", "-n", "collect.sh"], check=False).returncode == 0
    if checker := shutil.which("shellcheck"):
        done = subprocess.run([checker, "collect.sh"], check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["$(rm -rf ~)", "a b", "", "x;y", "-x", "a\nb"])
def test_what_is_no_stream_is_refused(name: str, shardsim: Command) -> None:
    result = shardsim("import", f"--collect={name}")
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_stream_may_be_named_by_its_arn(shardsim: Command) -> None:
    by_arn = shardsim("import", "--collect", "arn:aws:kinesis:eu-west-1:444455556666:stream/meter")
    assert by_arn.stdout == shardsim("import", "--collect", "meter").stdout


def test_nothing_to_import_is_wrong_use(shardsim: Command) -> None:
    result = shardsim("import")
    assert result.exit_code == 2
    assert "--collect STREAM prints a script that makes one" in result.stderr
