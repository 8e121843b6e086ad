/* The last quarter of the traffic: which lanes got nothing done in it, and what had been lost when it was over, as
 * last_quarter.py has it. */
#include "measures.h"

i64 quarter_begins_ns(const Kernel *k) { return k->duration_ns / 4 * 3 + k->duration_ns % 4 * 3 / 4; }

/* Records are lost; those that poison alone sent to a destination were meant to be. */
void lost_in_quarter(Kernel *k, int mapping, int how, int failure, i64 time_ns, i64 records) {
  MappingTotals *totals = &k->measures->mappings[mapping].totals;
  if (time_ns > k->duration_ns) return;
  totals->lost_as[how] += records;
  if (failure != POISON || how != SENT_TO_DESTINATION) totals->lost += records;
  if (failure == NONE) return;
  if (!totals->by_failure[failure]) totals->failures[totals->nfailures++] = failure;
  totals->by_failure[failure] += records;
}

/* A record of a lane ends. */
void moved_in_quarter(const Kernel *k, Lane *lane, i64 time_ns) {
  if (time_ns > quarter_begins_ns(k) && time_ns <= k->duration_ns) lane->watch.moves = 1;
}

static void close_lane(Kernel *k, const Reader *r, const Lane *lane) {
  MappingMeasures *mine = &k->measures->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  i64 index = first_that_passes(k, r, lane);
  if (index >= known_to_lane(k, r, lane)) return;
  const Record *record = record_at(log, place_of(r, lane, index));
  if (record->accepted > k->duration_ns) return;
  mine->totals.waiting_lanes++;
  mine->totals.stuck_lanes += !lane->watch.moves && record->produced < k->duration_ns - mine->lag.limit_ns;
}

/* The traffic has ended, and all that happened just then is over. */
void close_quarter(Kernel *k) {
  k->measures->quarter_is_over = 1;
  for (int i = 0; i < k->nmappings; i++) {
    const Mapping *m = &k->mappings[i];
    for (i64 j = 0; j < k->streams[m->stream].nshards; j++)
      for (int n = 0; n < m->factor; n++) close_lane(k, &m->readers[j], &m->readers[j].lanes[n]);
  }
}
