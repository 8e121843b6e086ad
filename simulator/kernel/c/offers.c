/* What the producers offer to the shards in a window: each stream's records by shard, and in order of production [2]. */
#include "model.h"
#include "traffic.h"

/* Where shards have changed, those that are open are known when a window begins. */
static void find_due_shards(const Kernel *k, const Producer *p, Stream *stream) {
  i64 end = p->first;
  while (end < p->end && p->ahead[end] < k->window_ends_ns) end++;
  find_shards(&p->keys, stream, p->keys_ahead + p->first, p->shards_ahead + p->first, end - p->first);
}

/* The records of a producer in the window: how many fall to each shard. */
static LOOP void count_offers(Kernel *k, Producer *p) {
  Stream *stream = &k->streams[p->stream];
  i64 *shards = stream->ends;
  if (stream->is_reshaped) find_due_shards(k, p, stream);
  for (p->due = p->first; p->due < p->end && p->ahead[p->due] < k->window_ends_ns; p->due++)
    shards[p->shards_ahead[p->due]]++;
}

static int room_for_offers(Kernel *k, Stream *stream, i64 n) {
  i64 room = more_room(stream->offered_room, 64, n);
  if (n <= stream->offered_room) return 1;
  give_back(&k->memory, stream->offered, (u64)stream->offered_room * sizeof(Offered));
  give_back(&k->memory, stream->in_order, (u64)stream->offered_room * sizeof(i64));
  stream->offered = take(&k->memory, (u64)room * sizeof(Offered));
  stream->in_order = take(&k->memory, (u64)room * sizeof(i64));
  stream->offered_room = k->memory.exhausted ? 0 : room;
  return !k->memory.exhausted;
}

/* From how many there are of each shard to where its first one goes; they move on to the end as records come. */
static int make_parts(Kernel *k, Stream *stream) {
  i64 n = 0;
  for (i64 j = stream->first_live; j < stream->nshards; j++) {
    i64 of_shard = stream->ends[j];
    stream->ends[j] = n;
    n += of_shard;
  }
  stream->noffered = 0;
  return room_for_offers(k, stream, n);
}

static void offer_one(Kernel *k, Producer *p) {
  Stream *stream = &k->streams[p->stream];
  i64 i = p->first++, nth = stream->noffered++;
  u32 shard = p->shards_ahead[i], place = (u32)stream->ends[shard]++;
  Offered *o = &stream->offered[place];
  o->produced_ns = p->ahead[i];
  o->number = (u64)p->produced++;
  o->nth = (u32)nth;
  o->draw = p->keys_ahead[i];
  o->shard = shard;
  o->bytes = (u32)size_of(p, o->number);
  o->producer = (unsigned short)(p - k->producers);
  o->dropped = 0;
  stream->in_order[nth] = o->produced_ns;
}

static void take_turn(Kernel *k, Producer *p) {
  if (p->first < p->due) due(&k->turns, p->in_order_ahead[p->first], (u64)(p - k->producers));
}

/* In order of production; at one instant in order of the producers. */
LOOP int offer(Kernel *k) {
  for (int i = 0; i < k->nproducers; i++) count_offers(k, &k->producers[i]);
  for (int i = 0; i < k->nstreams; i++)
    if (!make_parts(k, &k->streams[i])) return 0;
  for (int i = 0; i < k->nproducers; i++) take_turn(k, &k->producers[i]);
  while (k->turns.n) {
    Producer *p = &k->producers[next_event(&k->turns).order];
    i64 next = k->turns.n ? k->turns.heap[0].time : INT64_MAX;
    do offer_one(k, p);
    while (p->first < p->due && p->in_order_ahead[p->first] < next);
    take_turn(k, p);
  }
  return 1;
}
