/* How many attempts a pool of concurrency may admit a second [6]: a bucket of a second's, kept exactly, in ticks. */
#include "model.h"

#define TOKEN_TICKS (1000LL * NS) /* rates are rounded to a thousandth */

/* When the bucket is full again if a token is taken now. */
static Bucket full_again(const Pool *pool, i64 now_ns) {
  i64 since_ns = pool->tokens.full_ns, ticks = pool->tokens.ticks + TOKEN_TICKS;
  if (since_ns < now_ns) since_ns = now_ns, ticks = TOKEN_TICKS;
  return (Bucket){since_ns + ticks / pool->ticks_a_ns, ticks % pool->ticks_a_ns};
}

int any_token(const Pool *pool, i64 now_ns) {
  if (!pool->ticks_a_ns) return 1;
  Bucket again = full_again(pool, now_ns);
  return again.full_ns < now_ns + NS || (again.full_ns == now_ns + NS && !again.ticks);
}

void take_token(Pool *pool, i64 now_ns) {
  if (pool->ticks_a_ns) pool->tokens = full_again(pool, now_ns);
}
