/* A producer: what it produces when, and how large [2]. What is drawn for a record depends on its number alone. */
#include "quantiles.h"
#include "traffic.h"

#define ROOM 16
#define A_WINDOW (1 << 12) /* records, so that what a window touches stays in the cache; and some for each shard */
#define A_SHARD (1 << 5)
#define MOST_AHEAD (1 << 19)
#define MOST_IN_ALL (1 << 19) /* of all producers */

i64 size_of(const Producer *p, u64 number) {
  if (p->size.kind == SAME) return (i64)p->size.low;
  double size = __builtin_floor(quantile(&p->size, bits(p->size_key, number)) + 0.5);
  if (size < 1) size = 1;
  if (size > (double)p->largest) size = (double)p->largest;
  return (i64)size;
}

static i64 min(i64 a, i64 b) { return a < b ? a : b; }

/* Of how many records a producer is looked ahead: a window that has more of them is made shorter. */
static i64 most_ahead(const Kernel *k, const Producer *p) {
  i64 most = min(A_WINDOW + A_SHARD * k->streams[p->stream].nopen, MOST_AHEAD), part = MOST_IN_ALL / k->nproducers;
  return part > ROOM ? min(most, part) : ROOM;
}

/* Twice the room. */
static int make_room_ahead(Kernel *k, Producer *p) {
  i64 room = more_room(p->room, ROOM, p->room + 1);
  p->ahead = longer(&k->memory, p->ahead, p->room, room, sizeof(i64));
  p->in_order_ahead = longer(&k->memory, p->in_order_ahead, p->room, room, sizeof(i64));
  p->keys_ahead = longer(&k->memory, p->keys_ahead, p->room, room, sizeof(u32));
  p->shards_ahead = longer(&k->memory, p->shards_ahead, p->room, room, sizeof(u32));
  if (!k->memory.exhausted) p->room = room;
  return !k->memory.exhausted;
}

/* Those that have been taken make room. */
static void move_ahead(Producer *p) {
  for (i64 i = p->first; i < p->end; i++) {
    p->ahead[i - p->first] = p->ahead[i];
    p->in_order_ahead[i - p->first] = p->in_order_ahead[i];
    p->keys_ahead[i - p->first] = p->keys_ahead[i];
    p->shards_ahead[i - p->first] = p->shards_ahead[i];
  }
  p->end -= p->first;
  p->first = 0;
}

/* So many more records: when they come, none before the one before it, and to which shards they fall. */
static void produce(Kernel *k, Producer *p, i64 n) {
  Stream *stream = &k->streams[p->stream];
  i64 *times_ns = p->ahead + p->end, before_ns = p->end ? times_ns[-1] : k->window_began_ns;
  next_arrivals(&p->arrivals, times_ns, p->in_order_ahead + p->end, n);
  for (i64 i = 0; i < n; i++) before_ns = times_ns[i] = times_ns[i] > before_ns ? times_ns[i] : before_ns;
  draw_keys(&p->keys, (u64)(p->produced + p->end), p->keys_ahead + p->end, n);
  if (!stream->is_reshaped) find_shards(&p->keys, stream, p->keys_ahead + p->end, p->shards_ahead + p->end, n);
  p->end += n;
}

/* Know the production times until a time, or as many as there is room for; 1 if the time was reached. */
int look_ahead(Kernel *k, Producer *p, i64 end_ns) {
  i64 most = most_ahead(k, p);
  if (p->first) move_ahead(p);
  while (p->end < most && !(p->end && p->ahead[p->end - 1] >= end_ns)) {
    i64 n = min(DRAWN_AT_ONCE, most - p->end);
    while (p->end + n > p->room)
      if (!make_room_ahead(k, p)) return 1;
    produce(k, p, n);
  }
  return p->ahead[p->end - 1] >= end_ns;
}
