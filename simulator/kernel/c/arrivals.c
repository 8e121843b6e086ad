/* When a producer produces [2]: constant or Poisson arrivals at its rate, before its stop. */
#include "quantiles.h"
#include "traffic.h"

#define EPSILON 0x1p-48 /* the part of an integral that may be an error of rounding */

i64 next_arrival(Arrivals *a) {
  if (a->profile.kind == NOTHING) return NEVER;
  double expected;
  if (a->poisson) expected = a->last += tabulated(a->exponential, bits(a->key, (u64)a->drawn));
  else expected = (double)a->drawn + 0.5;
  a->drawn++;
  double error = EPSILON * (__builtin_fabs(a->origin) + expected);
  double time_s = inverse(&a->profile, a->origin + expected, error);
  if (!(time_s > -9e9 && time_s < 9e9)) return NEVER;
  i64 time_ns = half_up(time_s * NS);
  return time_ns < a->stop_ns ? time_ns : NEVER;
}
