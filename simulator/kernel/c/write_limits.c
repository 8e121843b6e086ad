/* What a shard accepts, and when [3]: each limit as the time at which its bucket is full again, exact in ticks. */
#include "traffic.h"

#define RECORD_NS 1000000
#define TICKS_A_NS 2048
#define TICKS_A_BYTE 1953125LL

static i64 max(i64 a, i64 b) { return a > b ? a : b; }

static i64 by_records(Bucket *full, i64 arrival_ns) {
  full->full_ns = max(arrival_ns, full->full_ns) + RECORD_NS;
  return max(arrival_ns, full->full_ns - NS);
}

/* T is so many ns and ticks; it costs c = bytes * TICKS_A_BYTE; let in at T - max(1 s, c), half up. */
static i64 by_bytes(Bucket *full, i64 arrival_ns, i64 bytes) {
  i64 cost = bytes * TICKS_A_BYTE;
  if (full->full_ns < arrival_ns) *full = (Bucket){arrival_ns, 0};
  i64 ticks = full->ticks + cost;
  i64 less = max((i64)NS * TICKS_A_NS, cost);
  i64 through = (ticks - less + TICKS_A_NS / 2) >> 11;
  i64 let_in_ns = max(arrival_ns, full->full_ns + through);
  *full = (Bucket){full->full_ns + (ticks >> 11), ticks & (TICKS_A_NS - 1)};
  return let_in_ns;
}

/* A record that has waited for a parent is let in by a child, which it waits for since a time. */
void write_waiting(Shard *shard, int any_large, i64 since_ns, i64 bytes, i64 *let_in_ns, i64 *accepted_ns) {
  *let_in_ns = by_records(&shard->records, since_ns);
  *accepted_ns = any_large ? by_bytes(&shard->bytes, *let_in_ns, bytes) : *let_in_ns;
}

LOOP void write_limited(Shard *shard, const Kernel *k, int any_large, Offered *offered, i64 n) {
  Bucket records = shard->records, bytes = shard->bytes;
  for (Offered *o = offered; o < offered + n; o++) {
    Bucket records_before = records, bytes_before = bytes;
    o->let_in_ns = by_records(&records, o->produced_ns);
    o->accepted_ns = any_large ? by_bytes(&bytes, o->let_in_ns, o->bytes) : o->let_in_ns;
    if (o->accepted_ns == o->produced_ns || !k->producers[o->producer].drop) continue;
    o->dropped = 1;
    records = records_before;
    bytes = bytes_before;
  }
  shard->records = records;
  shard->bytes = bytes;
}
