/* Exponential backoff with a ceiling and jitter [6]. */
#include "draws.h"
#include "model.h"

/* The level of the n-th wait in a row grows from that of the one before, which the lane remembers. */
static double level(const Backoff *b, Waits *of, i64 n) {
  if (!of->n || n < of->n) of->n = 1, of->level_s = b->initial_s < b->maximum_s ? b->initial_s : b->maximum_s;
  for (; of->n < n && of->level_s < b->maximum_s; of->n++) {
    of->level_s *= b->factor;
    if (of->level_s > b->maximum_s) of->level_s = b->maximum_s;
  }
  of->n = n;
  return of->level_s;
}

i64 wait_ns(const Backoff *b, const Reader *r, const Lane *lane, Waits *of, i64 n) {
  double part = 1;
  if (b->jitter != 0) {
    u64 key = inner(inner(b->key, (u64)r->shard), lane->number);
    part = 1 + b->jitter * (2 * unit(bits(key, (u64)of->waited)) - 1);
  }
  of->waited++;
  return half_up(level(b, of, n) * NS * part);
}
