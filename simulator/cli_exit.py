"""The exit codes of all commands: one table, which `--help` and the README show."""

from __future__ import annotations

from typing import Final

BUG: Final = 1
USAGE: Final = 2
INVALID_FILE: Final = 3
SOME_FAILED: Final = 5
MEANINGS: Final = {  # 0 and 4 are study.objectives' OBJECTIVES_MET and NOT_MET
    0: "objectives met: those of the scenario, and that every mapping keeps up",
    BUG: "a bug of the program",
    USAGE: "wrong use: options, files and folders that cannot be read or written",
    INVALID_FILE: "a scenario that is not valid; import, backtest: nothing usable",
    4: "an objective missed or undecided; import: missing; backtest: unexplained",
    SOME_FAILED: "some runs of a study have failed",
    130: "ended by Ctrl-C (129: SIGHUP, 141: a reader that has gone, 143: SIGTERM)",
}
TABLE: Final = "\b\nExit codes:\n" + "\n".join(f"{code:<5}{meaning}" for code, meaning in MEANINGS.items())
