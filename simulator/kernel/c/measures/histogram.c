/* How many values fell into each bucket, with their exact extremes and sum, as histogram.py has them. */
#include "exact.h"
#include "histogram.h"
#include "measures.h"

void add_to_histogram(Histogram *histogram, i64 value_ns) {
  histogram->counts[bucket_of(value_ns)]++;
  histogram->n++;
  histogram->least_ns = least(histogram->least_ns, value_ns);
  histogram->greatest_ns = greatest(histogram->greatest_ns, value_ns);
  add_sum(&histogram->sum, (Sum){value_ns >> BITS, value_ns & MASK});
}
