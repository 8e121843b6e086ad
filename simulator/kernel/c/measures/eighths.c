/* Latencies by eighth of the traffic, as eighths.py has them. What has been processed when an eighth is over is added up
 * then: the rows that are closed, the two that are not, and without what was accepted before the end of the warm-up. */
#include "measures.h"

void make_eighths(Measures *all, i64 duration_ns) {
  i64 begin_ns = greatest(all->warmup_ns, 0), each_ns = greatest((duration_ns - begin_ns) / EIGHTHS, 1);
  for (i64 i = 0; i < EIGHTHS; i++) all->eighth_ends_ns[i] = i + 1 < EIGHTHS ? begin_ns + (i + 1) * each_ns : NEVER;
}

i64 eighth_at(const Measures *all, i64 time_ns) {
  i64 eighth = 0;
  while (time_ns >= all->eighth_ends_ns[eighth]) eighth++;
  return eighth;
}

/* All that has been processed, less what was before the eighth. */
static void close_eighth(MappingMeasures *mine) {
  const RowPercentiles *rows = &mine->latency_rows;
  i64 *counts = mine->eighths.counts[mine->eighth];
  for (int b = 0; b < BUCKETS; b++) {
    counts[b] = mine->latency.counts[b] + rows->before.counts[b] + rows->open.counts[b] - mine->cold.counts[b] - mine->earlier[b];
    mine->earlier[b] += counts[b];
  }
}

/* Records are processed at a time, the first ones of its eighth. */
void turn_to_eighth(const Kernel *k, MappingMeasures *mine, i64 time_ns) {
  close_eighth(mine);
  mine->eighth = eighth_at(k->measures, time_ns);
}

void end_eighths(MappingMeasures *mine) { close_eighth(mine); }
