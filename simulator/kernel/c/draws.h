/* Random draws that belong to what they decide [9]: SplitMix64, whose n-th number can be had without those before it. */
#ifndef DRAWS_H
#define DRAWS_H
#include "kernel.h"

static inline u64 bits(u64 key, u64 counter) {
  u64 z = key + (counter + 1) * 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

/* A uniform draw from [0, 1), of 53 bits. */
static inline double unit(u64 bits) { return (double)(i64)(bits >> 11) * 0x1p-53; }

/* The key of one of the things that a key is for, such as a shard. */
static inline u64 inner(u64 key, u64 thing) { return bits(key, thing); }

/* A duration that was computed, as whole nanoseconds. */
static inline i64 half_up(double nanoseconds) {
  if (!(nanoseconds < 0x1p60)) return 1LL << 60; /* only of what is no scenario */
  double whole = __builtin_floor(nanoseconds);
  return (i64)whole + (nanoseconds - whole >= 0.5); /* to add a half would be rounded in turn */
}

#endif
