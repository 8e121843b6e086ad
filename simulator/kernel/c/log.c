/* A shard's log: what it has accepted, in order, in a ring that grows while records come in. */
#include "traffic.h"

#define ROOM 64

static void *longer_ring(Memory *memory, void *old, u64 mask, i64 first, i64 end, u64 size, u64 room) {
  u8 *new = take(memory, room * size), *from = old;
  if (!new) return NULL;
  for (i64 place = first; place < end; place++)
    __builtin_memcpy(new + ((u64)place & (room - 1)) * size, from + ((u64)place & mask) * size, size);
  if (old) give_back(memory, old, (mask + 1) * size);
  return new;
}

int make_log(Kernel *k, Log *log, const Stream *stream) {
  Memory *memory = &k->memory;
  log->mask = ROOM - 1;
  log->rows = take(memory, ROOM * sizeof(Record));
  if (k->measures || stream->changes) log->let_in = take(memory, ROOM * sizeof(i64));
  if (stream->changes) log->origin = take(memory, ROOM * sizeof(u64)), log->moved = take(memory, ROOM * sizeof(i64));
  log->poison = take(memory, (u64)(stream->npoisoned + 1) * sizeof(double *));
  log->passes = take(memory, (u64)(stream->nfilters + 1) * sizeof(u8 *));
  if (memory->exhausted) return 0;
  for (int f = 0; f < stream->npoisoned; f++) log->poison[f] = take(memory, ROOM * sizeof(double));
  for (int f = 0; f < stream->nfilters; f++) log->passes[f] = take(memory, ROOM);
  return !memory->exhausted;
}

/* Twice the room, also in the columns of those who read the shard. */
static int grow(Kernel *k, Stream *stream, Shard *shard) {
  Log *log = &shard->log;
  Memory *m = &k->memory;
  u64 room = 2 * (log->mask + 1);
#define LONGER(column, size) column = longer_ring(m, column, log->mask, log->first, log->end, size, room)
  LONGER(log->rows, sizeof(Record));
  if (log->let_in) LONGER(log->let_in, sizeof(i64));
  if (stream->changes) LONGER(log->origin, sizeof(u64));
  if (stream->changes) LONGER(log->moved, sizeof(i64));
  for (int f = 0; f < stream->npoisoned; f++) LONGER(log->poison[f], sizeof(double));
  for (int f = 0; f < stream->nfilters; f++) LONGER(log->passes[f], sizeof(u8));
  i64 number = shard - stream->shards;
  for (int i = 0; i < k->nmappings; i++) {
    if (&k->streams[k->mappings[i].stream] != stream) continue;
    Reader *r = &k->mappings[i].readers[number];
    LONGER(r->available, sizeof(i64));
    if (k->measures) LONGER(r->busy_at, sizeof(i64));
    if (k->measures) LONGER(r->free_at, sizeof(i64));
  }
#undef LONGER
  log->mask = room - 1;
  return !m->exhausted;
}

int room_in_log(Kernel *k, Stream *stream, Shard *shard, i64 more) {
  const Log *log = &shard->log;
  while ((u64)(log->end + more - log->first) > log->mask + 1)
    if (!grow(k, stream, shard)) return 0;
  return 1;
}

int append_to_lane(Memory *memory, LaneLog *lane, i64 place) {
  if (!lane->place || (u64)(lane->end - lane->first) > lane->mask) {
    u64 room = lane->place ? 2 * (lane->mask + 1) : ROOM;
    i64 *longer_one = longer_ring(memory, lane->place, lane->mask, lane->first, lane->end, sizeof(i64), room);
    if (!longer_one) return 0;
    lane->place = longer_one;
    lane->mask = room - 1;
  }
  lane->place[(u64)lane->end++ & lane->mask] = place;
  return 1;
}
