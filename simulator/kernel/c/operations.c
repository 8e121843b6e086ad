/* What becomes of the shards of a stream: splits and merges, and what UpdateShardCount makes of them [14]. */
#include "traffic.h"

static const Hash NEAR = {1ULL << 36, 0}; /* boundaries that differ by no more than 2^100 are one */
static const Hash ONE = {0, 1};
static const Hash LAST = {UINT64_MAX, UINT64_MAX};

/* A split in which the lower child gets number / 2^bits of the range; NO_OPERATION if one of them would get nothing. */
Operation split_of(const Stream *s, i64 shard, u64 number, i64 bits) {
  const Span *span = &s->spans[shard];
  Hash upper = part_of_range(span->first, span->last, number, bits);
  int fits = hash_before(span->first, upper) && !hash_before(span->last, upper);
  return fits ? (Operation){shard, -1, upper} : NO_OPERATION;
}

Operation merge_of(i64 lower, i64 upper) { return (Operation){lower, upper, {0, 0}}; }

/* Whether a last hash lies before another one, and not near it. */
static int well_before(Hash a, Hash b) { return hash_before(a, b) && hash_before(NEAR, hash_minus(b, a)); }

/* The next operation of UpdateShardCount, from the open shard on that is at a place: those before it are right. */
Operation next_uniform(const Stream *s, i64 shards, i64 *here) {
  for (; *here < shards && *here < s->nopen; ++*here) {
    int is_last = *here + 1 == shards;
    Hash wanted = is_last ? LAST : hash_minus(boundary((u32)*here + 1, (u32)shards), ONE);
    i64 mine = s->open[*here], next = *here + 1 < s->nopen ? s->open[*here + 1] : -1;
    if (well_before(s->spans[mine].last, wanted) && next >= 0) {
      if (well_before(wanted, s->spans[next].last)) return (Operation){next, -1, hash_plus(wanted, ONE)};
      return merge_of(mine, next);
    }
    if (well_before(wanted, s->spans[mine].last)) return (Operation){mine, -1, hash_plus(wanted, ONE)};
  }
  return NO_OPERATION;
}
