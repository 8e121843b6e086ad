/* Percentiles of the values of each row, read off a histogram that is cleared when its row is over: row_percentiles.py. */
#include "histogram.h"
#include "measures.h"

static const double PERCENTS[2] = {50, 99};

static void clear(RowCounts *of) {
  for (i64 b = of->low; b <= of->high; b++) of->counts[b] = 0;
  of->row = -1, of->n = 0, of->low = BUCKETS, of->high = -1;
}

int make_row_percentiles(Memory *memory, RowPercentiles *p) {
  p->before.counts = take(memory, BUCKETS * sizeof(i64));
  p->open.counts = take(memory, BUCKETS * sizeof(i64));
  if (memory->exhausted) return 0;
  p->before.low = p->open.low = BUCKETS, p->before.high = p->open.high = -1;
  p->before.row = p->open.row = -1;
  return 1;
}

/* As percentiles_ns of histogram.py: interpolated within its bucket. */
static double percentile(const RowCounts *of, double percent) {
  double rank = percent / 100 * (double)of->n;
  i64 upto = 0, b = of->low;
  for (;; b++) {
    upto += of->counts[b];
    if ((double)upto >= rank || b == of->high) break;
  }
  double within = (rank - (double)(upto - of->counts[b])) / (double)of->counts[b];
  if (within < 0) within = 0;
  if (within > 1) within = 1;
  return edge_of(b) + (edge_of(b + 1) - edge_of(b)) * within;
}

static void close(RowPercentiles *p, RowCounts *of, const MappingMeasures *mine, int latency) {
  if (of->row >= 0 && of->n) {
    double *percentiles = latency ? mapping_row(mine, of->row)->latency_ns : mapping_row(mine, of->row)->age_ns;
    for (int i = 0; i < 2; i++) percentiles[i] = percentile(of, PERCENTS[i]);
    for (i64 b = of->low; p->all && b <= of->high; b++) p->all[b] += of->counts[b];
  }
  clear(of);
}

/* Values of a time come next; times do not descend. */
void turn_to_row(RowPercentiles *p, const MappingMeasures *mine, int latency, Grid *grid, i64 time_ns) {
  i64 row = row_at(grid, time_ns);
  if (row != p->open.row) {
    RowCounts free;
    close(p, &p->before, mine, latency);
    free = p->before, p->before = p->open, p->open = free;
    p->open.row = row;
  }
  if (p->before.n && time_ns > grid->begins_ns) close(p, &p->before, mine, latency);
}

void end_row_percentiles(RowPercentiles *p, const MappingMeasures *mine, int latency, Grid *grid, i64 end_ns) {
  i64 row = row_at(grid, end_ns);
  if (grid->begins_ns == end_ns && p->open.row == row) { /* all of it came at the very end */
    if (p->before.row == row - 1)
      for (i64 b = p->before.low; b <= p->before.high; b++) {
        i64 n = p->before.counts[b];
        if (!n) continue;
        p->open.counts[b] += n, p->open.n += n;
        p->open.low = least(p->open.low, b), p->open.high = greatest(p->open.high, b);
        p->before.counts[b] = 0, p->before.n -= n;
      }
    p->open.row = row - 1;
  }
  close(p, &p->before, mine, latency);
  close(p, &p->open, mine, latency);
}
