/* Distributions as one function each: the quantile at a draw [9]; tables as in quantiles.py. */
#ifndef QUANTILES_H
#define QUANTILES_H
#include "draws.h"

#define CELL_BITS 7
#define SHIFT (52 - CELL_BITS)
#define SMALLEST 0x1p20
#define CELLS (32 << CELL_BITS)
#define NODES (2 * (CELLS + 1))

/* Draws from the upper half are mirrored; no branch, as one would be foreseen half of the times only. */
static inline double tabulated(const double *nodes, u64 bits) {
  i64 drawn = (i64)(bits >> 11), upper = drawn >> 52;
  double from_end = (double)(drawn ^ (-upper & ((1LL << 53) - 1))) + 0.5, smallest = SMALLEST;
  if (from_end < SMALLEST) from_end = SMALLEST;
  i64 as_bits, first;
  __builtin_memcpy(&as_bits, &from_end, 8);
  __builtin_memcpy(&first, &smallest, 8);
  const double *node = nodes + ((as_bits >> SHIFT) - (first >> SHIFT)) + upper * (CELLS + 1);
  double within = (double)(as_bits & ((1LL << SHIFT) - 1)) * 0x1p-45;
  return node[0] + (node[1] - node[0]) * within;
}

static inline double quantile(const Quantile *q, u64 bits) {
  switch (q->kind) {
    case BETWEEN: return q->low + (q->high - q->low) * unit(bits);
    case AMONG: return q->table[(i64)(unit(bits) * (double)q->values)];
    case TABULATED: return tabulated(q->table, bits);
    default: return q->low;
  }
}

#endif
