/* The records of a stream that it has accepted and that have not ended for a mapping, as backlog.py has them.
 *
 * It rises when records are accepted and falls when they end: so it is highest just before some end, or at the end of a
 * row. Arrivals are only counted (stream.c); their count is taken at these times. */
#include "measures.h"

/* Count the arrivals since the last time; those before the starting position are skipped. */
static void take_arrivals(Kernel *k, int mapping) {
  MappingMeasures *mine = &k->measures->mappings[mapping];
  i64 count = k->measures->streams[k->mappings[mapping].stream].arrivals.count;
  i64 more = mine->backlog.counts ? count - mine->backlog.counted : 0;
  mine->backlog.counted = count;
  mine->totals.backlog += more;
  mapping_row(mine, mine->backlog.grid.row)->backlog_changes += more;
}

/* It has been what it is until a time, in the rows that have begun before. */
static void has_been(MappingMeasures *mine, i64 time_ns) {
  Backlog *of = &mine->backlog;
  i64 now = mine->totals.backlog;
  if (time_ns <= of->grid.begins_ns) return;
  of->row_peak = greatest(of->row_peak, now);
  if (of->grid.row) mine->totals.backlog_peak = greatest(mine->totals.backlog_peak, now);
}

static void close_row(MappingMeasures *mine) {
  Backlog *of = &mine->backlog;
  mapping_row(mine, of->grid.row)->backlog_peak = of->row_peak;
  of->row_peak = NO_PEAK;
  look_up_row(&of->grid, of->grid.ends_ns);
}

/* Rows that are over by a time are closed; of what is accepted all before it has been counted. */
void backlog_to(Kernel *k, int mapping, i64 time_ns) {
  MappingMeasures *mine = &k->measures->mappings[mapping];
  Backlog *of = &mine->backlog;
  take_arrivals(k, mapping);
  while (of->grid.ends_ns <= time_ns) {
    has_been(mine, of->grid.ends_ns);
    close_row(mine);
  }
  if (!of->counts && time_ns >= of->from_ns) of->counts = 1;
}

/* The next time at which what was accepted before is to be told from what is accepted from then on. */
i64 next_boundary(const Kernel *k, const Stream *stream, i64 time_ns) {
  i64 next_ns = NEVER;
  for (int i = 0; i < k->nmappings; i++) {
    const Backlog *of = &k->measures->mappings[i].backlog;
    if (&k->streams[k->mappings[i].stream] != stream) continue;
    next_ns = least(next_ns, of->grid.ends_ns);
    if (of->from_ns > time_ns) next_ns = least(next_ns, of->from_ns);
  }
  return next_ns;
}

/* Records end; of changes at one instant only their sum is seen. */
void end_in_backlog(Kernel *k, int mapping, i64 time_ns, i64 records) {
  MappingMeasures *mine = &k->measures->mappings[mapping];
  Backlog *of = &mine->backlog;
  accept_before(k, &k->streams[k->mappings[mapping].stream], time_ns);
  backlog_to(k, mapping, time_ns);
  if (time_ns > of->changed_ns) has_been(mine, time_ns);
  of->changed_ns = time_ns;
  mine->totals.backlog -= records;
  mine->totals.last_end_ns = greatest(mine->totals.last_end_ns, time_ns);
  mapping_row(mine, of->grid.row)->backlog_changes -= records;
}

/* What came at the very end of the run belongs to the last row. */
static void at_very_end(MappingMeasures *mine, i64 end_ns) {
  if (mine->backlog.grid.begins_ns == end_ns) {
    MappingRow *row = mapping_row(mine, mine->backlog.grid.row), *last = mapping_row(mine, mine->backlog.grid.row - 1);
    last->backlog_peak = greatest(last->backlog_peak, mine->totals.backlog);
    last->backlog_changes += row->backlog_changes;
    mine->totals.backlog_peak = greatest(mine->totals.backlog_peak, mine->totals.backlog);
  }
}

/* The run ends: the stream has accepted what it accepts. */
void end_backlog(Kernel *k, int mapping, i64 end_ns) {
  MappingMeasures *mine = &k->measures->mappings[mapping];
  backlog_to(k, mapping, end_ns);
  has_been(mine, end_ns + 1);
  mapping_row(mine, mine->backlog.grid.row)->backlog_peak = mine->backlog.row_peak;
  at_very_end(mine, end_ns);
}
