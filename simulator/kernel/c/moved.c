/* Records that wait at their producers for a shard that closes, and then for its children [14]. */
#include "measuring.h"
#include "model.h"
#include "traffic.h"

/* A record has waited for the byte limit of a shard that closes: so many more such stretches of time are known of it. */
static int note_byte_wait(Kernel *k, Stream *s, const Log *log, i64 place, i64 closes_ns) {
  u64 at = row(log, place);
  i64 words[] = {log->rows[at].number, log->let_in[at], closes_ns};
  if (log->let_in[at] >= closes_ns) return 1;
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
  s->byte_waits[number] = (ByteWait){words[1], closes_ns, log->moved[at]};
  log->moved[at] = number;
  return 1;
}

/* A record waits for a child from now on: a row of the child's log. */
static int move_row(Kernel *k, Stream *s, const Log *from, i64 place, i64 number, i64 now_ns) {
  Shard *child = &s->shards[number];
  if (!note_byte_wait(k, s, from, place, now_ns) || !room_in_log(k, s, child, 1)) return 0;
  Log *log = &child->log;
  u64 was = row(from, place), at = row(log, log->end);
  const Keys *keys = &k->producers[from->origin[was] >> 32].keys;
  i64 bytes = bytes_of(from, place);
  log->rows[at] = (Record){from->rows[was].produced, 0, from->rows[was].number, log->bytes};
  write_waiting(child, s->any_large, now_ns, bytes, &log->let_in[at], &log->rows[at].accepted);
  log->origin[at] = from->origin[was], log->moved[at] = from->moved[was];
  for (int f = 0; f < s->npoisoned; f++) log->poison[f][at] = from->poison[f][was];
  for (int f = 0; f < s->nfilters; f++) log->passes[f][at] = from->passes[f][was];
  for (int f = 0; f < s->nfactors; f++) {
    int lane = lane_of(s, number, keys, (u32)from->origin[was], f);
    if (!append_to_lane(&k->memory, &child->lanes[f][lane], log->end)) return 0;
  }
  log->end++;
  log->bytes += bytes;
  return 1;
}

/* The child that has a record's hash. */
static i64 child_for(const Kernel *k, const Stream *s, const Log *log, i64 place, const i64 *children) {
  u64 origin = log->origin[row(log, place)];
  if (children[1] < 0) return children[0];
  return children[is_above(s, children[1], &k->producers[origin >> 32].keys, (u32)origin)];
}

/* The log of a shard that has closed ends with what it has accepted. */
static void cut_log(Stream *s, Shard *shard) {
  Log *log = &shard->log;
  if (shard->due < log->end) log->bytes = log->rows[row(log, shard->due)].bytes_before;
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
    if (next[p] == log->end || log->rows[row(log, next[p])].number >= number) continue;
    first = p, number = log->rows[row(log, next[p])].number;
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
