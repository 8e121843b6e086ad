"""What is left to do: a run ends when every record has ended for every mapping (docs/model.md, section 8)."""

from __future__ import annotations

import simpy

from simulator.model.clock import END, Clock, order


class Left:
    """Counts records that have come and not ended, once for each mapping."""

    def __init__(self, clock: Clock, latest_ns: int) -> None:
        """The run ends at `latest_ns` whatever is left."""
        self._clock = clock
        self._records = 0
        self.all_have_come = False
        self.over = simpy.Event(clock)
        self._latest = clock.due(latest_ns, order(END))
        self._latest.callbacks.append(lambda _: self._end())

    def more(self, records: int) -> None:
        """Records have come."""
        self._records += records

    def less(self, records: int) -> None:
        """Records have ended."""
        self._records -= records
        self._end_if_done()

    def no_more_come(self) -> None:
        """All records have come."""
        self.all_have_come = True
        self._end_if_done()

    def _end_if_done(self) -> None:
        """What else is due at this instant still happens."""
        if self.all_have_come and not self._records and not self.over.triggered:
            self._clock.trigger(self.over, self._clock.now, order(END))

    def _end(self) -> None:
        if not self.over.triggered:
            self.over.succeed()
