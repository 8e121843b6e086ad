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
int why(const Mapping *m, int polled, int doing, int phase, int class) {
  if (doing < FOR_ANSWER) return CAUSE_OF[doing];
  if (phase == PHASE_DISABLED) return IS_DISABLED;
  if (class == AVAILABLE) return doing == FOR_ANSWER ? READ_LATENCY : BATCHING_WINDOW;
  if (phase == BEFORE_START) return STARTING;
  if (phase == BEHIND_PARENTS) return PARENTS;
  if (m->push) return class == CALLED_FOR ? PROPAGATION : PUSH_BYTES;
  if (class == UNSEEN) return POLL_INTERVAL;
  return class == SEEN ? LEFT_BY[polled] : READ_LATENCY;
}

static void change(Cell *row, int cause, i64 by, i64 left_ns) {
  if (cause != NOTHING_WAITS) change_integral(&row[cause], by, left_ns);
}

static void change_several(Cell *row, int cause, i64 by, Sum left) {
  if (cause == NOTHING_WAITS) return;
  add_sum(&row[cause].integral, left);
  row[cause].changes += by;
}

/* Records wait for another cause from a time on. */
void move(Kernel *k, int mapping, int before, int after, i64 time_ns, i64 records) {
  if (before == after || !records) return;
  Grid *grid = &k->measures->grid, *usual = &k->measures->usual;
  MappingMeasures *mine = &k->measures->mappings[mapping];
  Cell *row = mapping_row(mine, row_at(grid, time_ns))->waiting;
  change(row, before, -records, grid->ends_ns - time_ns);
  change(row, after, records, grid->ends_ns - time_ns);
  if (!mine->usual_waiting) return;
  row = &mine->usual_waiting[row_at(usual, time_ns) * CAUSES];
  change(row, before, -records, usual->ends_ns - time_ns);
  change(row, after, records, usual->ends_ns - time_ns);
}

/* Records, accepted or sent at times that add up, go from one cause to another within the rows that were looked up last;
 * `left`: what is left of the row, added up. */
void move_several(Kernel *k, int mapping, int before, int after, Sum left, i64 records) {
  const Grid *grid = &k->measures->grid, *usual = &k->measures->usual;
  MappingMeasures *mine = &k->measures->mappings[mapping];
  Cell *row = mapping_row(mine, grid->row)->waiting;
  if (before == after) return;
  change_several(row, before, -records, negative(left));
  change_several(row, after, records, left);
  if (!mine->usual_waiting) return;
  i64 later_ns = usual->ends_ns - grid->ends_ns;
  add_sum(&left, later_ns < 0 ? negative(product(records, -later_ns)) : product(records, later_ns));
  row = &mine->usual_waiting[usual->row * CAUSES];
  change_several(row, before, -records, negative(left));
  change_several(row, after, records, left);
}

/* A record at its producer, from production to acceptance. */
void wait_to_write(Kernel *k, int mapping, i64 produced_ns, i64 let_in_ns, i64 accepted_ns) {
  move(k, mapping, NOTHING_WAITS, WRITE_RECORDS, produced_ns, 1);
  move(k, mapping, WRITE_RECORDS, WRITE_BYTES, let_in_ns, 1);
  move(k, mapping, WRITE_BYTES, NOTHING_WAITS, accepted_ns, 1);
}

/* What it has waited for the byte limits of shards that closed; the record limit is that of the one that accepts it. */
void wait_for_closed(Kernel *k, const Stream *stream, int mapping, i64 number) {
  for (; number; number = stream->byte_waits[number].before) {
    move(k, mapping, WRITE_RECORDS, WRITE_BYTES, stream->byte_waits[number].begin_ns, 1);
    move(k, mapping, WRITE_BYTES, WRITE_RECORDS, stream->byte_waits[number].end_ns, 1);
  }
}
