"""Names: of streams and functions by AWS's rules, of the rest by what a table, a file and a spreadsheet can show.

A name stands in CSV files that people open in spreadsheets, where a cell that begins with one of a few letters is a
formula. So no name begins with one, though AWS would take a hyphen.
"""

import re
import unicodedata
from dataclasses import dataclass

from simulator.scenario.kinds import ScalarKind, Schema, UnfitError

FORMULA = "=+@\uff1d\uff0b\uff20\uff0d-"  # three of them in full width, too; the hyphen last, as in a class of letters
# Parts of a class of letters: control letters, spaces but the ordinary one, marks that cannot be seen, private use.
# They are written out because what `str.isprintable` says changes with Python, and because an editor reads them too.
UNSEEN = (
    "\x00-\x1f\x7f-\xa0\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u1680\u180e\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff\U000e0000-\U0010ffff"
)


@dataclass(frozen=True)
class Name(ScalarKind):
    """A name of the user's choice: visible letters on one line, without spaces around them."""

    longest: int = 128

    @property
    def allowed(self) -> str:
        return (
            f"a name of 1 to {self.longest} printable characters, without spaces around it, "
            "that does not begin with = + - or @"
        )

    @property
    def patterns(self) -> tuple[str, ...]:
        """Regular expressions, all of which a name has in it."""
        return f"^[^{UNSEEN}]+$", f"^[^ {FORMULA}]", "[^ ]$"

    def parse(self, text: str) -> str:
        if len(text) <= self.longest and "\n" not in text and all(re.search(each, text) for each in self.patterns):
            return text
        near = self.nearest(text)
        raise UnfitError("is not a name", f"did you mean '{near}'?" if near else "")

    def nearest(self, text: str) -> str:
        """The name that is most like a text, or an empty text."""
        seen = re.sub(f"[{UNSEEN}]+", " ", text[: 2 * self.longest])
        return seen.lstrip(f" {FORMULA}")[: self.longest].rstrip(" ")

    def schema(self, definitions: Schema) -> Schema:
        return {"type": "string", "maxLength": self.longest, "allOf": [{"pattern": each} for each in self.patterns]}

    def accepts(self, value: object) -> bool:
        return isinstance(value, str)


@dataclass(frozen=True)
class AwsName(Name):
    """A name by AWS's rule: ASCII letters, digits and a few marks."""

    marks: str = "_-"  # the hyphen last, as in a class of letters

    @property
    def allowed(self) -> str:
        return f"a name of 1 to {self.longest} of a-z A-Z 0-9 {' '.join(self.marks)}, that does not begin with -"

    @property
    def patterns(self) -> tuple[str, ...]:
        return f"^[a-zA-Z0-9{self.marks}]+$", "^[^-]"

    def nearest(self, text: str) -> str:
        plain = unicodedata.normalize("NFKD", text[: 2 * self.longest])
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).strip()
        return re.sub(f"[^a-zA-Z0-9{self.marks}]+", "-", plain).strip("-")[: self.longest]


SCENARIO_NAME = PRODUCER_NAME = Name()
STREAM_NAME = AwsName(128, "_.-")
FUNCTION_NAME = AwsName(64, "_-")
MAPPING_NAME = Name(STREAM_NAME.longest + 1 + FUNCTION_NAME.longest)  # by default <function>-<stream>
