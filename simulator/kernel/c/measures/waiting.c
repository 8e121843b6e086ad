/* Waiting by cause [8], as waiting.py has it: how many records wait for each cause, integrated over time, by row. */
#include "exact.h"
#include "measures.h"

static const int LEFT_BY[] = {
  [CALLED] = ANSWER_LIMIT, [MISSED] = POLL_INTERVAL, [HELD] = IS_HELD, [DISABLED] = POLL_INTERVAL,
  [NO_CALL] = READ_CALLS, [NO_BYTES] = READ_BYTES,
};
static const int CAUSE_OF[] = {
  [INVOKE_OVERHEAD] = 14, [FOR_CONCURRENCY] = 15, [FOR_INVOCATION_RATE] = 16, [FOR_SCALING_RATE] = 17,
  [IN_COLD_START] = 18, [IN_FUNCTION] = BY_FUNCTION, [BY_POISON] = 21, [BY_OUTAGE] = 22, [BY_RANDOM_ERRORS] = 23,
  [BY_TIMEOUTS] = 24,
};

/* Why the records of a class wait in a lane. */
int why(const Mapping *m, const Reader *r, const Watch *w, int phase, int class) {
  if (w->doing < FOR_ANSWER) return CAUSE_OF[w->doing];
  if (phase == PHASE_DISABLED) return IS_DISABLED;
  if (class == AVAILABLE) return w->doing == FOR_ANSWER ? READ_LATENCY : BATCHING_WINDOW;
  if (phase == BEFORE_START) return STARTING;
  if (m->push) return class == CALLED_FOR ? PROPAGATION : PUSH_BYTES;
  if (class == UNSEEN) return POLL_INTERVAL;
  return class == SEEN ? LEFT_BY[r->polled] : READ_LATENCY;
}

static void change(MappingRow *row, int cause, i64 by, i64 left_ns) {
  if (cause != NOTHING_WAITS) change_integral(&row->waiting[cause], by, left_ns);
}

/* Records wait for another cause from a time on. */
void move(Kernel *k, int mapping, int before, int after, i64 time_ns, i64 records) {
  if (before == after || !records) return;
  Grid *grid = &k->measures->grid;
  MappingRow *row = &k->measures->mappings[mapping].rows[row_at(grid, time_ns)];
  change(row, before, -records, grid->ends_ns - time_ns);
  change(row, after, records, grid->ends_ns - time_ns);
}

/* Records, accepted or sent at times that add up, go from one cause to another within the row that was looked up last;
 * `left`: what is left of the row, added up. */
void move_several(Kernel *k, int mapping, int before, int after, Sum left, i64 records) {
  MappingRow *row = &k->measures->mappings[mapping].rows[k->measures->grid.row];
  if (before == after) return;
  if (before != NOTHING_WAITS) {
    add_sum(&row->waiting[before].integral, (Sum){-left.high, -left.low});
    row->waiting[before].changes -= records;
  }
  add_sum(&row->waiting[after].integral, left);
  row->waiting[after].changes += records;
}

/* A record at its producer, from production to acceptance. */
void wait_to_write(Kernel *k, int mapping, i64 produced_ns, i64 let_in_ns, i64 accepted_ns) {
  move(k, mapping, NOTHING_WAITS, WRITE_RECORDS, produced_ns, 1);
  move(k, mapping, WRITE_RECORDS, WRITE_BYTES, let_in_ns, 1);
  move(k, mapping, WRITE_BYTES, NOTHING_WAITS, accepted_ns, 1);
}
