/* Requests to change the shards of a stream, and what came of them [14]. */
#include "traffic.h"

#define DAY_NS (86400LL * NS)
#define A_DAY 10 /* requests of UpdateShardCount that are carried out */

/* A request that is not in the file, which nobody has begun: its number, or -1 without memory. */
i64 add_request(Kernel *k, Changes *c, Request request) {
  if (c->nrequests == c->requests_room) {
    i64 room = more_room(c->requests_room, 16, c->nrequests + 1);
    c->requests = longer(&k->memory, c->requests, c->requests_room, room, sizeof(Request));
    if (k->memory.exhausted) return -1;
    c->requests_room = room;
  }
  c->requests[c->nrequests] = request;
  return c->nrequests++;
}

/* Requests of UpdateShardCount that were carried out and began less than a day before. */
static i64 in_a_day(const Changes *c, i64 now_ns) {
  i64 n = 0;
  for (i64 i = 0; i < c->nrequests; i++) {
    const Request *r = &c->requests[i];
    n += r->wants == SHARD_COUNT && r->begun_ns != NEVER && !r->refused && now_ns - r->begun_ns < DAY_NS;
  }
  return n;
}

static int why_not_so_many(const Stream *s, i64 wanted, i64 now_ns) {
  if (wanted == s->nopen) return AS_MANY;
  if (wanted > 2 * s->nopen) return MORE_THAN_TWICE;
  if (2 * wanted < s->nopen) return LESS_THAN_HALF;
  return in_a_day(s->changes, now_ns) >= A_DAY ? TEN_IN_24_H : NOT_REFUSED;
}

/* Why a request is refused that begins now: an enum refusal. */
int why_refused(const Stream *s, const Request *r, i64 now_ns) {
  if (r->wants == SHARD_COUNT) return why_not_so_many(s, r->shards, now_ns);
  i64 one = open_place(s, r->shards), other = r->wants == A_MERGE ? open_place(s, r->other) : one;
  if (one < 0 || other < 0) return NOT_OPEN;
  if (r->wants == A_MERGE) return one - other == 1 || other - one == 1 ? NOT_REFUSED : NOT_SIDE_BY_SIDE;
  return split_of(s, r->shards, (u64)r->part, r->bits).lower < 0 ? TOO_NARROW : NOT_REFUSED;
}

/* The next operation of a request that is at work, of which so much is done; NO_OPERATION: it is done. */
Operation next_operation(const Stream *s, const Request *r, i64 *here) {
  if (r->wants == SHARD_COUNT) return next_uniform(s, r->shards, here);
  if ((*here)++) return NO_OPERATION;
  if (r->wants == A_SPLIT) return split_of(s, r->shards, (u64)r->part, r->bits);
  return open_place(s, r->shards) < open_place(s, r->other) ? merge_of(r->shards, r->other) : merge_of(r->other, r->shards);
}
