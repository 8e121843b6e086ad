/* What all who poll share of a shard [4]: a bucket of 5 calls, and a window of bytes. */
#include "model.h"

#define CALL_NS (NS / 5)
#define WINDOW_BYTES (2LL << 20)

static i64 max(i64 a, i64 b) { return a > b ? a : b; }

static int may_call(const Shard *s, i64 now_ns) { return max(s->calls_full_ns, now_ns) + CALL_NS - NS <= now_ns; }

/* After a second, or after its bytes at 2 MiB/s if that is longer, half up: in two steps, so that nothing overflows. */
static i64 window_ends(const Shard *s) {
  i64 whole = s->read_bytes >> 21, rest = s->read_bytes & (WINDOW_BYTES - 1);
  return s->opened_ns + max(NS, whole * NS + ((rest * NS + (1 << 20)) >> 21));
}

int take_call(Shard *s, i64 now_ns) {
  if (!may_call(s, now_ns)) return 0;
  s->calls_full_ns = max(s->calls_full_ns, now_ns) + CALL_NS;
  return 1;
}

int admit_call(Shard *s, i64 now_ns) {
  if (s->read_bytes >= WINDOW_BYTES && now_ns < window_ends(s)) return may_call(s, now_ns) ? NO_BYTES : NO_CALL;
  return take_call(s, now_ns) ? CALLED : NO_CALL;
}

void read_bytes(Shard *s, i64 now_ns, i64 bytes) {
  if (!bytes) return;
  if (now_ns >= window_ends(s)) s->opened_ns = now_ns, s->read_bytes = 0;
  s->read_bytes += bytes;
}
