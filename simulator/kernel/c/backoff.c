/* Exponential backoff with a ceiling and jitter [6]. */
#include "draws.h"
#include "model.h"

static double level(const Backoff *b, i64 n) {
  double level = b->initial_s < b->maximum_s ? b->initial_s : b->maximum_s;
  for (; n > 1 && level < b->maximum_s; n--) {
    level *= b->factor;
    if (level > b->maximum_s) level = b->maximum_s;
    if (b->factor == 1) break;
  }
  return level;
}

i64 wait_ns(const Backoff *b, const Reader *r, const Lane *lane, i64 n, i64 waited) {
  double part = 1;
  if (b->jitter != 0) {
    u64 key = inner(inner(b->key, (u64)r->shard), lane->number);
    part = 1 + b->jitter * (2 * unit(bits(key, (u64)waited)) - 1);
  }
  return half_up(level(b, n) * NS * part);
}
