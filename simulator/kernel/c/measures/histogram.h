/* The buckets of histograms, as histogram.py has them: read off the bits of a value as a float. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H
#include "../kernel.h"

#define BUCKET_SHIFT (52 - 8)
#define SMALLEST_NS 0x1p10
#define LARGEST_NS 0x1p60

static inline i64 cell_of(double value) {
  i64 bits;
  __builtin_memcpy(&bits, &value, 8);
  return bits >> BUCKET_SHIFT;
}

static inline int bucket_of(i64 value_ns) {
  double value = (double)value_ns;
  if (value < SMALLEST_NS) value = SMALLEST_NS;
  if (value > LARGEST_NS) value = LARGEST_NS;
  return (int)(cell_of(value) - cell_of(SMALLEST_NS));
}

/* The lower edge of a bucket. */
static inline double edge_of(i64 bucket) {
  i64 bits = (bucket + cell_of(SMALLEST_NS)) << BUCKET_SHIFT;
  double edge;
  __builtin_memcpy(&edge, &bits, 8);
  return edge;
}

#endif
