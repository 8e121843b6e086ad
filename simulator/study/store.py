"""The finished runs of studies, kept in a folder: a study that is asked for again goes on where it stopped.

A run is a small file named by the hash of all that determines its figures (jobs.Job.key): the resolved scenario with
the contents of its CSV files, the seed, the replication, the program. So a changed scenario never meets the runs of
the old one, and `compare` and `size` of one scenario share their runs. A file is written beside its place and moved
there, and carries a checksum: what is damaged, or is no run of ours, is simulated again.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from simulator.files.scratch import clear
from simulator.files.whole import write_whole
from simulator.measures.histogram import BUCKETS
from simulator.measures.verdict import STATES
from simulator.measures.waiting import CAUSES
from simulator.reading.documents import read_json
from simulator.reading.files import MissingError, UnreadableError
from simulator.reading.scalars import Number, Scalar, Text, Whole, Word
from simulator.reading.shapes import Group, ListOf
from simulator.study.figures import Figures
from simulator.study.jobs import Job
from simulator.study.tallies import AGES, unpacked

STUDY_FILE: Final = "study.json"


class Packed(Scalar):
    """The packed counts of a tally."""

    allowed = "packed counts"

    def fits(self, value: Any) -> bool:
        try:
            return len(unpacked(value)) <= BUCKETS
        except (TypeError, ValueError, zlib.error):
            return False


VALUE: Final = Number(unknown=True, endless=True)
CURVES: Final = Group(
    {
        "records": Whole(),
        "lag_interval_s": Number(0),
        "lag_max_s": ListOf(Number(0)),
    }
)
TALLY: Final = Group(
    {
        "packed": Packed(),
        **dict.fromkeys(("n", "first", "least_ns", "greatest_ns"), Whole()),
        "sum_ns": Whole(most=10**30),  # of days that millions of records wait
    }
)
TALLIES: Final = Group({"latency": TALLY, "left": TALLY, "lost": Whole(), "ages": Group(dict.fromkeys(AGES, TALLY))})
EPISODE: Final = Group(
    {
        **dict.fromkeys(("mapping", "event"), Text()),
        "cause": Word(*CAUSES),
        **dict.fromkeys(("start_s", "peak_lag_s"), Number()),
        **dict.fromkeys(
            ("event_start_s", "event_end_s", "end_s", "recovery_time_s", "first_loss_s"), Number(unknown=True)
        ),
        **{f"records_{what}": Whole() for what in ("delayed", "done_again", "lost", "sent_to_destination")},
    }
)
KEPT: Final = Group(
    {
        "key": Text(),
        "checksum": Text(),
        "figures": Group(
            {
                "replication": Whole(),
                "verdicts": Group(others=Word(*STATES)),
                **dict.fromkeys(("binding", "reasons", "binding_reasons"), Group(others=Text())),
                "values": Group(others=Group(others=VALUE)),
                "whole": Group(others=VALUE),
                "curves": Group(others=CURVES),
                "tallies": Group(others=TALLIES),
                "episodes": Group(others=ListOf(EPISODE)),
            }
        ),
    }
)


class StoreError(Exception):
    """A finished run cannot be kept; the message is one line that names the folder and says what to do."""


@dataclass
class Store:
    """Keeps figures in `folder`. `damaged`: files that were found to be no longer what was written."""

    folder: Path
    damaged: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        clear(self.folder)  # of what a study that was killed has left

    def get(self, job: Job) -> Figures | None:
        """The figures of a job that was finished before, if they are there and undamaged."""
        path = self._path(job)
        try:
            kept = read_json(path, KEPT)
            figures = Figures.from_dict(kept["figures"])
            if kept["checksum"] == _checksum(figures.as_dict()) and kept["key"] == job.key and _is_of(figures, job):
                return figures
        except MissingError:
            return None
        except UnreadableError:
            pass
        if path not in self.damaged:
            self.damaged.append(path)
        return None

    def put(self, job: Job, figures: Figures) -> None:
        """Keep the figures of a finished job. Raises StoreError."""
        data = figures.as_dict()
        self._write(self._path(job), json.dumps({"key": job.key, "checksum": _checksum(data), "figures": data}))

    def last_study(self, study: dict[str, str]) -> dict[str, str] | None:
        """What the study before this one was of, such as its scenario's hash; from now on that is `study`.

        Empty if there was none, None if what was noted of it is damaged.
        """
        path = self.folder / STUDY_FILE
        before: dict[str, str] | None = None
        try:
            before = read_json(path, Group(others=Text()))
        except MissingError:
            before = {}
        except UnreadableError:
            pass
        if before != study:
            self._write(path, json.dumps(study, indent=2) + "\n")
        return before

    def _path(self, job: Job) -> Path:
        return self.folder / f"{job.key[:32]}.json"

    def _write(self, path: Path, text: str) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, text)
        except OSError as error:
            raise StoreError(
                f"{self.folder}: a finished run cannot be kept: {error.strerror or error}; "
                "what was kept before stays: free some space, or name another place with --out, and go on"
            ) from error


def _is_of(figures: Figures, job: Job) -> bool:
    """Whether figures are of the replication and the mappings of a job."""
    names = {mapping.name for mapping in job.scenario.event_source_mappings}
    by_mapping = (
        figures.verdicts, figures.binding, figures.values, figures.curves, figures.tallies, figures.episodes,
    )  # fmt: skip
    return figures.replication == job.replication and all(set(each) == names for each in by_mapping)


def _checksum(data: dict[str, Any]) -> str:
    """Of the numbers, however they are laid out."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
