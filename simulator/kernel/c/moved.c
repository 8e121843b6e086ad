/* Records that wait at their producers for a shard that closes, and then for its children [14]. */
#include "measuring.h"
#include "model.h"
#include "traffic.h"

/* A record has waited for the byte limit of a shard that closes: so many more such stretches of time are known of it. */
static int note_byte_wait(Kernel *k, Stream *s, const Log *log, i64 place, i64 closes_ns) {
  i64 let_in_ns = *cell(log, log->of->let_in, place), *moved = cell(log, log->of->moved, place);
  i64 words[] = {record_at(log, place)->number, let_in_ns, closes_ns};
  if (let_in_ns >= closes_ns) return 1;
  if (!k->measures) return state_moved(k, s, words);
  i64 number = s->free_wait;
  if (number) {
    s->free_wait = s->byte_waits[number].before;
  } else {
    number = s->nbyte_waits ? s->nbyte_waits : 1; /* 0 is none */
    i64 room = more_room(s->byte_waits_room, 64, number + 1);
    if (room > s->byte_waits_room) {
      s->byte_waits = longer(&k->memory, s->byte_waits, s->byte_waits_room, room, sizeof(ByteWait));
      if (k->memory.exhausted) return 0;
      s->byte_waits_room = room;
    }
    s->nbyte_waits = number + 1;
  }
  s->byte_waits[number] = (ByteWait){let_in_ns, closes_ns, *moved};
  *moved = number;
  return 1;
}

/* A record waits for a child from now on: a row of the child's log. */
static int move_row(Kernel *k, Stream *s, const Log *from, i64 place, i64 number, i64 now_ns) {
  Shard *child = &s->shards[number];
  if (!note_byte_wait(k, s, from, place, now_ns) || !room_in_log(k, s, child, 1)) return 0;
  Log *log = &child->log;
  i64 bytes = bytes_of(from, place), at = log->end;
  u64 origin = (u64)*cell(from, s->pages.origin, place);
  const Keys *keys = &k->producers[origin >> 32].keys;
  Record *record = record_at(log, at);
  *record = (Record){record_at(from, place)->produced, 0, record_at(from, place)->number, log->bytes};
  write_waiting(child, s->any_large, now_ns, bytes, cell(log, s->pages.let_in, at), &record->accepted);
  *cell(log, s->pages.origin, at) = (i64)origin;
  *cell(log, s->pages.moved, at) = *cell(from, s->pages.moved, place);
  for (int f = 0; f < s->npoisoned; f++) *fails_after(log, f, at) = *fails_after(from, f, place);
  for (int f = 0; f < s->nfilters; f++) *passes_by(log, f, at) = *passes_by(from, f, place);
  for (int f = 0; f < s->nfactors; f++) {
    int lane = lane_of(s, number, keys, (u32)origin, f);
    if (!append_to_lane(&k->memory, &child->lanes[f][lane], log->end)) return 0;
  }
  log->end++;
  log->bytes += bytes;
  return 1;
}

/* The child that has a record's hash. */
static i64 child_for(const Kernel *k, const Stream *s, const Log *log, i64 place, const i64 *children) {
  u64 origin = (u64)*cell(log, log->of->origin, place);
  if (children[1] < 0) return children[0];
  return children[is_above(s, children[1], &k->producers[origin >> 32].keys, (u32)origin)];
}

/* The log of a shard that has closed ends with what it has accepted. */
static void cut_log(Stream *s, Shard *shard) {
  Log *log = &shard->log;
  if (shard->due < log->end) log->bytes = record_at(log, shard->due)->bytes_before;
  log->end = shard->due;
  shard->held = shard->last_held = -1;
  for (int f = 0; f < s->nfactors; f++)
    for (i64 n = 0; n < s->factors[f]; n++) {
      LaneLog *lane = &shard->lanes[f][n];
      while (lane->end > lane->first && lane->place[(u64)(lane->end - 1) & lane->mask] >= log->end) lane->end--;
    }
}

/* The parent whose next record was produced first; -1: none waits any more. */
static int first_parent(const Stream *s, const i64 *parents, i64 n, const i64 *next) {
  int first = -1;
  i64 number = NEVER;
  for (int p = 0; p < n; p++) {
    const Log *log = &s->shards[parents[p]].log;
    if (next[p] == log->end || record_at(log, next[p])->number >= number) continue;
    first = p, number = record_at(log, next[p])->number;
  }
  return first;
}

/* What shards have not accepted that close now waits for their children, in order of production. */
int move_waiting(Kernel *k, Stream *s, const i64 *parents, i64 n, i64 now_ns) {
  const i64 *children = s->spans[parents[0]].children;
  i64 next[2], waiting = 0;
  for (i64 p = 0; p < n; p++) {
    next[p] = s->shards[parents[p]].due;
    waiting += s->shards[parents[p]].log.end - next[p];
  }
  if (!waiting) return 1;
  for (int p; (p = first_parent(s, parents, n, next)) >= 0; next[p]++) {
    const Log *log = &s->shards[parents[p]].log;
    if (!move_row(k, s, log, next[p], child_for(k, s, log, next[p], children), now_ns)) return 0;
  }
  for (i64 p = 0; p < n; p++) cut_log(s, &s->shards[parents[p]]);
  if (k->measures) measure_moved(k, s, parents, n);
  return 1;
}
