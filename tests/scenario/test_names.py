"""Names: AWS's for streams and functions; of all, none that a spreadsheet takes for a formula or that cannot be seen."""

# ruff: noqa: E501 - a message stands in one line, as a user sees it

import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.scenario.dumping import dump
from simulator.scenario.kinds import UnfitError
from simulator.scenario.loading import check, load
from simulator.scenario.names import FUNCTION_NAME, MAPPING_NAME, PRODUCER_NAME, SCENARIO_NAME, STREAM_NAME, Name

from .conftest import VALID, Told

FREE = [SCENARIO_NAME, PRODUCER_NAME, MAPPING_NAME]
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1+1", "＋1", "－1", "＠x"]  # noqa: RUF001 - full width


def nearest(name: Name, text: str) -> str:
    with pytest.raises(UnfitError) as caught:
        name.parse(text)
    return caught.value.hint


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("name", [*FREE, STREAM_NAME, FUNCTION_NAME])
def test_no_name_begins_like_a_formula(name: Name, text: str) -> None:
    hint = nearest(name, text)
    assert name.parse(hint.removeprefix("did you mean '").removesuffix("'?"))


@pytest.mark.parametrize("text", ["Café au lait", "言語", "a=b", "naïve-1", "🙂", "Üb/er", "x" * 128, "a\u0301"])
def test_producers_mappings_and_the_scenario_may_have_names_in_any_language(text: str) -> None:
    assert [name.parse(text) for name in FREE] == [text] * 3


@pytest.mark.parametrize(
    "text", ["", " a", "a ", "a\0b", "a\x1b[2Jb", "a\u202eb", "a\u200bb", "a\u00a0b", "\ufeffa", "a\ue000"]
)
def test_no_name_has_letters_that_cannot_be_seen_or_outer_spaces(text: str) -> None:
    for name in FREE:
        nearest(name, text)


def test_all_letters_of_a_name_are_printable() -> None:
    """But for those that no version of Unicode has yet assigned, and a few formatting marks beyond the first 65,536."""
    letters = [chr(code) for code in range(sys.maxunicode + 1)]
    taken = [letter for letter in letters if _takes(PRODUCER_NAME, f"a{letter}a")]
    unseen = [
        letter for letter in taken if not letter.isprintable() and unicodedata.category(letter) not in ("Cn", "Cs")
    ]
    assert [letter for letter in unseen if ord(letter) < 2**16] == []
    refused = {*letters} - {*taken}
    assert [letter for letter in refused if letter.isprintable() and ord(letter) < 0xE0000] == []


def _takes(name: Name, text: str) -> bool:
    try:
        name.parse(text)
    except UnfitError:
        return False
    return True


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        (STREAM_NAME, "click stream", "did you mean 'click-stream'?"),
        (STREAM_NAME, "Café/orders", "did you mean 'Cafe-orders'?"),
        (STREAM_NAME, "言語", ""),
        (STREAM_NAME, "x" * 129, f"did you mean '{'x' * 128}'?"),
        (FUNCTION_NAME, "my.function", "did you mean 'my-function'?"),
        (FUNCTION_NAME, "f" * 65, f"did you mean '{'f' * 64}'?"),
        (PRODUCER_NAME, "=HYPERLINK(1)", "did you mean 'HYPERLINK(1)'?"),
        (PRODUCER_NAME, " a\tb ", "did you mean 'a b'?"),
    ],
)
def test_a_name_that_is_not_allowed_is_told_with_the_nearest_one(name: Name, text: str, hint: str) -> None:
    assert nearest(name, text) == hint


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"clicks": "click stream"}, "3: streams.click stream: 'click stream' is not a name; allowed: a name of 1 to 128 of a-z A-Z 0-9 _ . -, that does not begin with -; did you mean 'click-stream'?"),
        ({"enrich": "en.rich"}, "10: functions.en.rich: 'en.rich' is not a name; allowed: a name of 1 to 64 of a-z A-Z 0-9 _ -, that does not begin with -; did you mean 'en-rich'?"),
        ({"name: web": "name: '=web'"}, "6: producers[0].name: '=web' is not a name; allowed: a name of 1 to 128 printable characters, without spaces around it, that does not begin with = + - or @; did you mean 'web'?"),
        ({"batch_size: 100": "name: -1+1"}, "15: event_source_mappings[0].name: -1+1 is not a name; allowed: a name of 1 to 193 printable characters, without spaces around it, that does not begin with = + - or @; did you mean '1+1'?"),
        ({"duration: 10m": "duration: 10m\nname: '@x'"}, "2: name: '@x' is not a name; allowed: a name of 1 to 128 printable characters, without spaces around it, that does not begin with = + - or @; did you mean 'x'?"),
        ({"name: web": "name: 1"}, "6: producers[0].name: 1 is a number in YAML; allowed: a name of 1 to 128 printable characters, without spaces around it, that does not begin with = + - or @; write '1' in quotes"),
    ],
)  # fmt: skip
def test_a_name_in_a_file_is_told_where_it_is(told: Told, changes: dict[str, str], expected: str) -> None:
    assert told(changes) == [expected]


@pytest.mark.parametrize(
    ("stem", "name"), [("=cmd", "cmd"), ("-", "scenario"), ("a\u202eb", "a b"), ("x" * 200, "x" * 128), ("Ü", "Ü")]
)
def test_a_scenario_without_a_name_has_the_nearest_to_its_files(stem: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{stem}.yaml"
    path.write_text(VALID)
    assert load(path).name == name


def test_the_longest_default_name_of_a_mapping_is_a_name(scenario_file: Callable[[str], Path], tmp_path: Path) -> None:
    scenario = load(scenario_file(VALID.replace("clicks", "s" * 128).replace("enrich", "f" * 64)))
    path = tmp_path / "resolved.yaml"
    path.write_text(dump(scenario, tmp_path))
    assert load(path) == scenario


def test_what_a_fault_names_is_told_without_letters_that_move_the_cursor(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(VALID.replace("  clicks:", '  "cl\\e[2Jicks":'))
    assert all(line.isprintable() for fault in check(path) for line in str(fault).splitlines())
