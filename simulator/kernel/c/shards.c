/* The shards of a stream, and what opens and closes them [14]. */
#include "measuring.h"
#include "model.h"
#include "traffic.h"

/* Room for so many shards of a stream, in all that is kept by shard; 0 without memory. */
static int room_for_shards(Kernel *k, Stream *s, i64 n) {
  i64 had = s->shards_room, room = more_room(had, had, n);
  Memory *m = &k->memory;
  if (n <= had) return 1;
  s->shards = longer(m, s->shards, had, room, sizeof(Shard));
  s->spans = longer(m, s->spans, had, room, sizeof(Span));
  s->kept = longer(m, s->kept, had, room, sizeof(i64));
  s->ends = longer(m, s->ends, had, room, sizeof(i64));
  s->open = longer(m, s->open, had, room, sizeof(i64));
  s->places = longer(m, s->places, had + 1, room + 1, sizeof(OpenShard));
  if (s->changes->kind == ON_DEMAND_MODE)
    s->changes->mode.marks = longer(m, s->changes->mode.marks, had, room, sizeof(Mark));
  for (int i = 0; i < k->nmappings; i++)
    if (&k->streams[k->mappings[i].stream] == s)
      k->mappings[i].readers = longer(m, k->mappings[i].readers, had, room, sizeof(Reader));
  for (int i = 0; i < k->nothers; i++)
    if (&k->streams[k->others[i].stream] == s)
      k->others[i].readers = longer(m, k->others[i].readers, had, room, sizeof(Reader));
  if (m->exhausted || (k->measures && !room_for_measured_shards(k, s, had, room))) return 0;
  s->shards_room = room;
  return !m->exhausted;
}

/* A shard of a stream, of a range of hashes, that has opened. */
int make_shard(Kernel *k, Stream *s, i64 number, Span span) {
  Shard *shard = &s->shards[number];
  s->spans[number] = span;
  *shard = (Shard){.log.of = &s->pages, .last_accepted = -NEVER, .held = -1, .last_held = -1};
  shard->records.full_ns = shard->bytes.full_ns = shard->calls_full_ns = shard->opened_ns = -NEVER;
  shard->lanes = take(&k->memory, (u64)(s->nfactors + 1) * sizeof(LaneLog *));
  if (k->memory.exhausted) return 0;
  for (int f = 0; f < s->nfactors; f++) shard->lanes[f] = take(&k->memory, (u64)s->factors[f] * sizeof(LaneLog));
  if (s->is_reshaped || s->changes) shard->lane_begins = take(&k->memory, (u64)(s->nfactors + 1) * sizeof(*shard->lane_begins));
  if (k->memory.exhausted) return 0;
  for (int f = 0; shard->lane_begins && f < s->nfactors; f++)
    for (u32 lane = 0; lane < (u32)s->factors[f]; lane++)
      shard->lane_begins[f][lane] = place_of_hash(lane_of_range(span.first, span.last, lane, (u32)s->factors[f]));
  if (s->changes && s->changes->kind == ON_DEMAND_MODE) s->changes->mode.marks[number] = (Mark){.splits_ns = NEVER};
  return !k->memory.exhausted;
}

/* A child opens, and those come who will read it. */
static int open_child(Kernel *k, Stream *s, const i64 *parents, Hash first, Hash last) {
  i64 number = s->nshards;
  Span span = {{parents[0], parents[1]}, {-1, -1}, k->window_began_ns, NEVER, -1, first, last};
  if (!room_for_shards(k, s, number + 1) || !make_shard(k, s, number, span)) return 0;
  s->nshards++;
  for (int p = 0; p < 2; p++) {
    if (parents[p] < 0) continue;
    Span *parent = &s->spans[parents[p]];
    parent->children[parent->children[0] >= 0] = number;
  }
  return meet_shard(k, s, number);
}

static void close_shard(Kernel *k, Stream *s, i64 number, i64 request, i64 now_ns) {
  s->spans[number].closes_ns = now_ns;
  s->spans[number].closed_by = request;
  for (int i = 0; i < k->nmappings; i++)
    if (&k->streams[k->mappings[i].stream] == s && k->mappings[i].push) end_subscription(k, &k->mappings[i].readers[number]);
}

/* An operation is done, now, when a window begins: shards close, others open; what waits moves. 0 without memory. */
int carry_out(Kernel *k, Stream *s, const Operation *operation, i64 request, i64 now_ns) {
  i64 lower = operation->lower, upper = operation->upper, parents[2] = {lower, upper}, n = upper < 0 ? 1 : 2;
  Hash first = s->spans[lower].first, last = s->spans[n == 2 ? upper : lower].last;
  i64 place = open_place(s, lower);
  for (i64 p = 0; p < n; p++) close_shard(k, s, parents[p], request, now_ns);
  if (n == 2 && !open_child(k, s, parents, first, last)) return 0;
  if (n == 1 && !open_child(k, s, parents, first, hash_minus(operation->at, (Hash){0, 1}))) return 0;
  if (n == 1 && !open_child(k, s, parents, operation->at, last)) return 0;
  replace_in_map(k, s, place, n, 3 - n);
  return move_waiting(k, s, parents, n, now_ns);
}

/* When the shards of a stream change next, or it is decided whether they do; NEVER: not any more. */
i64 next_change_ns(const Stream *s) {
  if (!s->changes) return NEVER;
  return s->changes->kind == ON_DEMAND_MODE ? next_on_demand_ns(s) : next_resharding_ns(s->changes);
}

/* Carry out all that changes the shards of a stream now, when a window begins; 0 without memory. */
int reshape(Kernel *k, Stream *s) {
  while (next_change_ns(s) <= k->window_began_ns) {
    i64 now_ns = next_change_ns(s);
    if (!(s->changes->kind == ON_DEMAND_MODE ? change_on_demand(k, s, now_ns) : reshard(k, s, now_ns))) return 0;
  }
  return 1;
}
