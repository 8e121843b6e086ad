/* Sums of times that 64 bits may not hold, as simulator/measures/exact.py has them: exact, the same in any order. */
#ifndef EXACT_H
#define EXACT_H
#include "../kernel.h"

#define BITS 30
#define MASK ((1LL << BITS) - 1)

/* Add a value to a sum. A sum in a register takes 2^33 of them; what lasts longer is added up by add_sum. */
static inline void add_value(Sum *sum, i64 value) {
  sum->high += value >> BITS;
  sum->low += value & MASK;
}

/* Numbers up to 2^32, of either sign, times values from 0 to 2^60. */
static inline Sum product(i64 number, i64 value) {
  i64 low = number * (value & MASK);
  return (Sum){number * (value >> BITS) + (low >> BITS), low & MASK};
}

static inline void add_sum(Sum *sum, Sum more) {
  i64 low = sum->low + more.low;
  sum->high += more.high + (low >> BITS);
  sum->low = low & MASK;
}

static inline Sum negative(Sum a) { return (Sum){-a.high, -a.low}; }

static inline Sum difference(Sum a, Sum b) { return (Sum){a.high - b.high, a.low - b.low}; }

/* A change of a number at a time, of which its row has so much left: see Integrals in exact.py. */
static inline void change_integral(Cell *cell, i64 by, i64 left_ns) {
  add_sum(&cell->integral, product(by, left_ns));
  cell->changes += by;
}

#endif
