/* Latencies by eighth of the traffic, as eighths.py has them. */
#include "measures.h"

void make_eighths(const Kernel *k) {
  Measures *all = k->measures;
  all->eighths_begin_ns = greatest(all->warmup_ns, 0);
  all->eighths.interval_ns = greatest((k->duration_ns - all->eighths_begin_ns) / EIGHTHS, 1);
  look_up_row(&all->eighths, -1);
}

/* All that is to be processed has been: that is the histogram of all latencies. Ages of what is left come next. */
void end_eighths(MappingMeasures *mine) {
  for (int i = 0; i < EIGHTHS; i++)
    for (int b = 0; b < BUCKETS; b++) mine->latency.counts[b] += mine->eighths.counts[i][b];
}
