/* The time at which the expected number of records reaches a value [2]: what rates.py says, one value at a time. */
#include "traffic.h"

#define EPSILON 0x1p-48 /* the part of an integral that may be an error of rounding */

/* What is reached where a piece ends belongs to it, for the rate may be 0 from then on. */
static double in_pieces(const Profile *p, double expected, double error) {
  i64 low = 0, high = p->pieces; /* the first whose sum is not below it */
  double reached = expected - error;
  while (low < high) {
    i64 middle = (low + high) / 2;
    if (p->upto[middle] < reached) low = middle + 1; else high = middle;
  }
  i64 piece = low > 0 ? low - 1 : 0;
  if (reached > p->total) return __builtin_inf();
  double time = p->begins_s[piece] + (expected - p->upto[piece]) / p->rates[piece];
  return time < p->ends_s[piece] ? time : p->ends_s[piece];
}

static double polynomial(const Profile *p, i64 cell, double t) {
  double value = p->terms[(TERMS - 1) * p->ncells + cell];
  for (int power = TERMS - 2; power >= 0; power--) value = value * t + p->terms[power * p->ncells + cell];
  return value * t;
}

static double slope(const Profile *p, i64 cell, double t) {
  double value = TERMS * p->terms[(TERMS - 1) * p->ncells + cell];
  for (int power = TERMS - 1; power > 0; power--) value = value * t + power * p->terms[(power - 1) * p->ncells + cell];
  return value;
}

/* Newton's method from the middle of the cell, held inside of it. */
static double solve(const Profile *p, i64 cell, double target) {
  double time = 0.5 * p->cell_s;
  for (int step = 0; step < 60; step++) {
    double before = time, rate = slope(p, cell, before);
    time = before + (target - polynomial(p, cell, before)) / (rate > 1e-12 ? rate : 1e-12);
    if (time < 0) time = 0;
    if (time > p->cell_s) time = p->cell_s;
    if (__builtin_fabs(time - before) <= 1e-10) break;
  }
  return time;
}

static double in_wave(const Profile *p, double expected) {
  double n = __builtin_rint(expected / p->a_period), target = expected - n * p->a_period;
  i64 low = 0, high = p->ncells + 1;
  while (low < high) {
    i64 middle = (low + high) / 2;
    if (p->cells[middle] < target) low = middle + 1; else high = middle;
  }
  i64 cell = low - 1 < 0 ? 0 : low - 1 > p->ncells - 1 ? p->ncells - 1 : low - 1;
  return p->peak_at + n * p->period + (p->begins[cell] + solve(p, cell, target - p->cells[cell]));
}

/* `error`: by so much the value may be too large. */
static double inverse(const Profile *p, double expected, double error) {
  switch (p->kind) {
    case PIECES: return in_pieces(p, expected, error);
    case PERIODIC: {
      double n = __builtin_ceil((expected - error) / p->a_period) - 1, rest = expected - n * p->a_period;
      return n * p->period + in_pieces(p, rest < p->a_period ? rest : p->a_period, error);
    }
    case WAVE: return in_wave(p, expected);
    default: return __builtin_inf();
  }
}

/* When the integral has risen from an origin by so much, in seconds, in the place of the values. */
void inverse_all(const Profile *p, double origin, double *values, i64 n) {
  if (p->kind == STEADY) {
    for (i64 i = 0; i < n; i++) values[i] = (origin + values[i]) / p->rate;
    return;
  }
  for (i64 i = 0; i < n; i++)
    values[i] = inverse(p, origin + values[i], EPSILON * (__builtin_fabs(origin) + values[i]));
}
