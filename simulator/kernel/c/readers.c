/* Who reads the shards of a stream: room for what a reader keeps, and for its events. */
#include "model.h"

/* How many answers may be on their way to a poller. */
i64 most_answers(const Mapping *m) {
  if (m->push) return 1;
  return (i64)((double)m->latency_ns / ((double)m->polls.interval_ns * (1 - m->polls.jitter))) + 4;
}

static int make_lanes(Kernel *k, const Mapping *m, Reader *r) {
  r->lanes = take(&k->memory, (u64)m->factor * sizeof(Lane));
  for (int n = 0; !k->memory.exhausted && n < m->factor; n++) {
    Lane *lane = &r->lanes[n];
    lane->number = (u8)n;
    lane->idle_since_ns = lane->looks_again_ns = lane->turn_ns = -NEVER;
    lane->first_number = -1;
    lane->later = take(&k->memory, (m->bisect || m->partial ? 24 : 1) * sizeof(Part));
  }
  return !k->memory.exhausted;
}

/* Who reads a shard for a mapping, or for another reader. */
int make_reader(Kernel *k, int number, i64 shard) {
  if (number >= k->nmappings) {
    const OtherReader *o = &k->others[number - k->nmappings];
    o->readers[shard] = (Reader){.mapping = number, .stream = o->stream, .shard = shard};
    k->events += 4;
    return 1;
  }
  const Mapping *m = &k->mappings[number];
  const Shard *of = &k->streams[m->stream].shards[shard];
  Reader *r = &m->readers[shard];
  i64 read_ns = k->streams[m->stream].spans[shard].parents[0] < 0 ? -NEVER : NEVER;
  *r = (Reader){.mapping = number, .stream = m->stream, .shard = shard, .read_ns = read_ns};
  r->available = m->available, r->busy_at = m->busy_at, r->free_at = m->free_at;
  r->event_ns = r->end_arrives_ns = NEVER;
  r->lane_logs = m->nth_factor < 0 ? NULL : of->lanes[m->nth_factor];
  r->answers_room = (u32)most_answers(m);
  r->answers = take(&k->memory, r->answers_room * sizeof(Answer));
  k->events += r->answers_room + 4 + 5 * m->factor;
  return make_lanes(k, m, r);
}

/* Room for the events that may be due at once. */
int room_for_events(Kernel *k) {
  i64 room = more_room(k->clock.room, 64, k->events);
  if (k->events <= k->clock.room) return 1;
  k->clock.heap = longer(&k->memory, k->clock.heap, k->clock.room, room, sizeof(Event));
  if (!k->memory.exhausted) k->clock.room = room;
  return !k->memory.exhausted;
}
