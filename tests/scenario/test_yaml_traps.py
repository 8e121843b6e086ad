"""What YAML allows and a scenario refuses."""

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.scenario.faults import Fault
from simulator.scenario.loading import check

Faults = Callable[[str | bytes], list[Fault]]


def only(found: list[Fault]) -> tuple[int, int, str]:
    (fault,) = found
    return fault.line, fault.column, fault.text


def test_an_empty_file_is_refused(faults: Faults) -> None:
    assert only(faults("")) == (0, 0, "is empty")
    assert only(faults("# a comment\n")) == (0, 0, "is empty")


def test_a_binary_file_is_refused(faults: Faults) -> None:
    assert only(faults(b"\x7fELF\0\0")) == (0, 0, "is a binary file, not YAML")


def test_a_text_that_is_not_utf_8_is_refused_with_its_line(faults: Faults) -> None:
    assert only(faults("duration: 1m\nname: café\n".encode("latin-1")))[:2] == (2, 10)


def test_a_byte_order_mark_is_not_a_fault(faults: Faults, valid: str) -> None:
    assert faults(b"\xef\xbb\xbf" + valid.encode()) == []


def test_a_file_of_100_mb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    assert only(check(path)) == (0, 0, "is larger than 1 MiB, which no scenario is; put traces into CSV files")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert only(check(tmp_path / "none.yaml")) == (0, 0, "cannot be read: No such file or directory")
    assert only(check(tmp_path)) == (0, 0, "cannot be read: Is a directory")


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_100_000_nested_brackets_are_refused(faults: Faults, opening: str) -> None:
    (fault,) = faults(f"duration: {opening * 100_000}" if opening != "- " else opening * 100_000)
    assert fault.text == "is nested more than 20 deep"


def test_aliases_are_refused_each_at_its_line(faults: Faults, valid: str) -> None:
    text = valid.replace("shards: 4", "shards: &n 4").replace("batch_size: 100", "batch_size: *n")
    assert (15, 17, "aliases are not allowed; write the value out") in [
        (fault.line, fault.column, fault.text) for fault in faults(text)
    ]


def test_a_bomb_of_aliases_is_refused(faults: Faults) -> None:
    lines = ["a: &a [x, x]"] + [
        f"{new}: &{new} [*{old}, *{old}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    assert any(fault.message == "aliases are not allowed" for fault in faults("\n".join(lines)))


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!int", "!secret"])
def test_tags_are_refused(faults: Faults, valid: str, tag: str) -> None:
    messages = [fault.message for fault in faults(valid.replace("shards: 4", f"shards: {tag} 4"))]
    assert any(message.startswith("tags are not allowed") for message in messages)


def test_a_duplicate_key_is_refused_with_the_line_of_the_first(faults: Faults, valid: str) -> None:
    found = only(faults(valid.replace("shards: 4", "shards: 4\n    shards: 8")))
    assert found == (5, 5, "'shards' is given twice, first in line 4")


def test_a_key_that_is_no_word_is_refused(faults: Faults, valid: str) -> None:
    assert only(faults(valid + "? [a]\n: b\n"))[2] == "a field's name must be a single word"


def test_half_of_a_letter_is_refused_and_two_halves_are_one(faults: Faults, valid: str) -> None:
    """JSON writes letters beyond the first 65,536 in two halves."""
    assert only(faults(valid.replace("name: web", 'name: "w\\ud83deb"'))) == (
        6,
        11,
        "holds half of a letter (a lone surrogate)",
    )
    assert faults(valid.replace("name: web", 'name: "w\\ud83d\\ude42eb"')) == []


def test_several_documents_are_refused(faults: Faults, valid: str) -> None:
    assert only(faults(f"{valid}---\nname: two\n")) == (16, 1, "holds several documents; a scenario is one")


@pytest.mark.parametrize("text", ["- a\n", "hello\n", "3\n"])
def test_a_document_that_is_no_group_is_refused(faults: Faults, text: str) -> None:
    assert only(faults(text))[2].endswith("is given; allowed: a scenario's fields")


def test_a_syntax_error_is_told_with_its_line(faults: Faults) -> None:
    line, _, text = only(faults("duration: 1m\nstreams: [1,\nname: x"))
    assert line >= 2
    assert text.startswith("is not YAML: ")


def test_more_than_a_thousand_faults_are_not_all_told(faults: Faults, valid: str) -> None:
    assert len(faults(valid + "".join(f"key{i}: 1\n" for i in range(1500)))) == 1000
