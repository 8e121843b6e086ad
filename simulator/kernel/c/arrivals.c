/* When a producer produces [2]: constant or Poisson arrivals at its rate, before its stop. */
#include "quantiles.h"
#include "traffic.h"

/* The expected numbers of records at which they come. */
static void reach(Arrivals *a, double *expected, i64 n) {
  u64 drawn = (u64)a->drawn;
  a->drawn += n;
  if (!a->poisson) {
    for (i64 i = 0; i < n; i++) expected[i] = (double)((i64)drawn + i) + 0.5;
    return;
  }
  for (i64 i = 0; i < n; i++) expected[i] = tabulated(a->exponential, bits(a->key, drawn + (u64)i));
  for (i64 i = 0; i < n; i++) a->last = expected[i] += a->last;
}

/* A whole number in the place of a time: of two times the later one has the larger. */
static i64 in_place_of(double time_s) {
  i64 bits;
  __builtin_memcpy(&bits, &time_s, sizeof(bits));
  return bits ^ ((bits >> 63) & INT64_MAX);
}

static i64 in_time(const Arrivals *a, double time_s) {
  i64 time_ns = half_up(time_s * NS);
  return time_s > -9e9 && time_s < 9e9 && time_ns < a->stop_ns ? time_ns : NEVER;
}

LOOP void next_arrivals(Arrivals *a, i64 *times_ns, i64 *in_order, i64 n) {
  double times_s[DRAWN_AT_ONCE];
  if (a->profile.kind == NOTHING) {
    for (i64 i = 0; i < n; i++) times_ns[i] = in_order[i] = NEVER;
    return;
  }
  reach(a, times_s, n);
  inverse_all(&a->profile, a->origin, times_s, n);
  for (i64 i = 0; i < n; i++) times_ns[i] = in_time(a, times_s[i]);
  for (i64 i = 0; i < n; i++) in_order[i] = in_place_of(times_s[i]);
}
