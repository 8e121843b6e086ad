"""Files that are damaged, strange or hostile: one clear line each, and nothing is written that is not whole."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from .conftest import Command
from .files import as_cli, as_plan, as_sam, as_template, as_terraform_show, write
from .systems import made_up

BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
BAD = {
    "cut.json": ('{"EventSourceMappings": [{"UUID": "1",', "is cut short: its JSON ends in line 1, and is not whole"),
    "wrong.json": ('{"a": nope}', "is not JSON: line 1, column 7: Expecting value"),
    "nan.json": ('{"a": NaN}', "is not JSON: NaN is no number"),
    "deep.json": ("[" * 100_000, "is nested too deeply"),
    "deep.yaml": ("a: " + "[" * 1000, "is nested more than 60 deep in line 1"),
    "long.json": ('{"a": ' + "9" * 5000 + "}", "is not JSON: "),
    "bomb.yaml": (BOMB, "holds more than 500,000 values, aliases written out"),
    "tag.yaml": (
        "a: !!python/object/apply:os.system [id]",
        "has the tag 'tag:yaml.org,2002:python/object/apply:os.system'",
    ),
    "tag2.yaml": ("a: !Exec rm", "has the tag '!Exec' in line 1, which no template has"),
    "self.yaml": ("a: &a [*a]", "has an alias of nothing before it in line 1"),
    "two.yaml": ("a: 1\n---\nb: 2\n", "holds several documents of YAML"),
    "key.yaml": ("? [a]\n: 1\n", "has a key that is no word in line 1"),
    "empty.json": ("", "is empty"),
    "words.txt": ("hello world\n", "is nothing that import knows"),
    "list.json": ("[1, 2]", "is nothing that import knows"),
    "queue.yaml": (
        "Resources: {Q: {Type: AWS::SQS::Queue}}",
        "a template that has no stream, function or mapping in it, but of SQS",
    ),
    "main.tf": (
        'resource "aws_kinesis_stream" "a" {\n  name = "x"\n}\n',
        "is Terraform's own language; give what `terraform show",
    ),
    "serverless.yml": (
        "service: x\nprovider: {name: aws}\nfunctions: {}\n",
        "run `serverless package`, and give .serverless/",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_alone_is_one_line_exit_3_and_nothing_written(name: str, shardsim: Command) -> None:
    text, words = BAD[name]
    path = write(Path("in"), name, text)
    result = shardsim("import", path, "-o", "out.yaml")
    assert (result.exit_code, result.stdout) == (3, "")
    first, second = result.stderr.splitlines()
    assert first.startswith(f"warning: in/{name}")
    assert words in first
    assert second == "error: nothing of a stream or an event source mapping is found; nothing is written"
    assert not Path("out.yaml").exists()


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_beside_good_ones_is_told_and_the_rest_is_read(name: str, shardsim: Command) -> None:
    good = as_template(made_up(2), Path("good"))
    result = shardsim("import", good, write(Path("in"), name, BAD[name][0]), "-o", "out.yaml")
    assert result.exit_code == 4
    assert len(result.stderr.splitlines()) == 1
    assert BAD[name][1] in result.stderr
    assert shardsim("validate", "out.yaml").exit_code == 0


@pytest.mark.parametrize("content", [b"\0\1", b"\xff\xfe{}", b"{\x80}"])
def test_bytes_that_are_no_text_are_told(content: bytes, shardsim: Command) -> None:
    Path("x.json").write_bytes(content)
    result = shardsim("import", "x.json")
    assert result.exit_code == 3
    assert "is a binary file" in result.stderr or "is not UTF-8 text" in result.stderr


def test_what_is_no_file_is_told(shardsim: Command) -> None:
    missing = shardsim("import", "nowhere")
    assert missing.exit_code == 2
    assert "nowhere: there is no such file or folder" in missing.stderr
    os.mkfifo("pipe")
    result = shardsim("import", "pipe")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (
        3,
        "warning: pipe: cannot be read: it is a FIFO, not a regular file",
    )
    Path("none").mkdir()
    assert shardsim("import", "none").exit_code == 3


def test_a_huge_file_is_refused_before_it_is_read(shardsim: Command) -> None:
    with Path("log.txt").open("wb") as file:
        file.truncate(2**30)
    result = shardsim("import", "log.txt")
    assert result.exit_code == 3
    assert "log.txt: is larger than 32 MiB (1,024 MiB)" in result.stderr


def test_links_in_a_folder_are_not_followed_and_other_files_are_passed_over(shardsim: Command) -> None:
    as_sam(made_up(4), Path("in"))
    Path("in/link.json").symlink_to("/etc/passwd")
    Path("in/loop").symlink_to("..")
    write(Path("in"), "notes.txt", "hello")
    write(Path("in/node_modules"), "x.json", "{")
    result = shardsim("import", "in", "-o", "out.yaml")
    assert result.stderr == "warning: passed over, as nothing in them is known: in/notes.txt\n"


EVERY = 15
WRONG: list[Any] = [
    None, 1, "x", [], {}, [1], {"a": 1}, True, -1, 1e308, "9" * 50, "arn:aws:kinesis:::stream/", "a:b:c:d", "\x1b[2J",
    "=x",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(len(WRONG)))
def test_any_value_anywhere_gives_a_scenario_that_validates_or_nothing(seed: int, shardsim: Command) -> None:
    """Each value of each source in turn is replaced by one that does not belong there."""
    system = made_up(5)
    sources = [as_template(system, Path("t")), *sorted(as_cli(system, Path("c")).iterdir())]
    sources += [as_terraform_show(system, Path("s")), as_plan(system, Path("p"))]
    for source in sources:
        if text := source.read_text():
            for i, damaged in enumerate(_damaged(json.loads(text), WRONG[seed])):
                if (i + seed) % EVERY == 0:  # a part of them, another one with each value
                    path = write(Path("d"), "file.json", damaged)
                    result = shardsim("import", path, "-o", "out.yaml", "--force")
                    assert result.exit_code in (3, 4), result.output
                    assert "\x1b" not in result.output
                    if result.exit_code == 4:
                        assert shardsim("validate", "out.yaml").exit_code == 0, result.output


def _damaged(document: Any, value: Any) -> list[Any]:
    """The document with one part replaced or left out, each in turn."""
    if isinstance(document, dict):
        without = [{name: part for name, part in document.items() if name != key} for key in document]
        return [value, *without] + [
            {**document, key: part} for key, inner in document.items() for part in _damaged(inner, value)
        ]
    if isinstance(document, list):
        parts = [(i, part) for i, inner in enumerate(document) for part in _damaged(inner, value)]
        return [value] + [[*document[:i], part, *document[i + 1 :]] for i, part in parts]
    return [value]


def test_nothing_is_overwritten_unless_forced(shardsim: Command) -> None:
    source = as_template(made_up(6), Path("in"))
    Path("out.yaml").write_text("precious")
    refused = shardsim("import", source, "-o", "out.yaml")
    assert refused.exit_code == 2
    assert "out.yaml exists already; --force overwrites it, -o names another" in refused.stderr
    assert Path("out.yaml").read_text() == "precious"
    assert shardsim("import", source, "-o", "out", "--force").exit_code == 4
    assert Path("out.yaml").read_text().startswith("# Made by shardsim import of:\n#   in/Stack.template.json\n")


def test_a_place_that_cannot_be_written_is_one_line(shardsim: Command) -> None:
    source = as_template(made_up(6), Path("in"))
    Path("file").touch()
    result = shardsim("import", source, "-o", "file/out.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "error: file/out.yaml: cannot be written: Not a directory; name another place with -o\n"


def test_nothing_but_the_scenario_is_written(shardsim: Command) -> None:
    source = as_template(made_up(6), Path("in"))
    shardsim("import", source, "-o", "new/out.yaml")
    assert sorted(map(str, Path().rglob("*"))) == ["in", "in/Stack.template.json", "new", "new/out.yaml"]


def test_a_parameter_that_is_none_is_wrong_use(shardsim: Command) -> None:
    result = shardsim("import", "x", "--parameter", "Shards")
    assert result.exit_code == 2
    assert "'Shards' is not of the form NAME=VALUE, such as Shards=4" in result.stderr
