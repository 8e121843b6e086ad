/* Records that a filter will not let through: they wait for something only if they never come to be filtered, since they
 * expire unread or are left. What their lane does is kept as edges in time, from the oldest of them on; a record that
 * returns so is counted in and out of the edges that it lived through, and each edge is gone through once: set_aside.py. */
#include "measures.h"

#define ROOM 16

static Edge *edge(const SetAside *a, i64 number) { return &a->edges[(u64)number & a->mask]; }

/* The number of the first edge that is not before a time. */
static i64 first_edge(const SetAside *a, i64 time_ns) {
  i64 low = a->first, high = a->end;
  while (low < high) {
    i64 middle = (low + high) / 2;
    if (edge(a, middle)->time_ns < time_ns) low = middle + 1; else high = middle;
  }
  return low;
}

static int why_at(const Mapping *m, const Edge *e, int class) { return why(m, e->polled, e->doing, e->phase, class); }

/* Go through the edges up to a time: those who lived through them have waited for another cause since. */
static void go_through(Kernel *k, const Reader *r, SetAside *a, i64 until_ns) {
  const Mapping *m = &k->mappings[r->mapping];
  for (; a->first < a->end && edge(a, a->first)->time_ns <= until_ns; a->first++) {
    const Edge *e = edge(a, a->first);
    for (int class = 0; class < CLASSES; class++) {
      a->over[class] += e->more[class];
      move(k, r->mapping, why_at(m, &a->before, class), why_at(m, e, class), e->time_ns, a->over[class]);
    }
    a->before = *e;
  }
}

/* When the oldest record was accepted that has not come and may yet return; now if there is none. */
static i64 oldest_ns(Kernel *k, const Reader *r, const Lane *lane, i64 now_ns) {
  const Log *log = &shard_read(k, r)->log;
  i64 index = lane->seen;
  while (index < known_to_lane(k, r, lane) && has_expired(k, r, place_of(r, lane, index))) index++;
  if (index == known_to_lane(k, r, lane)) return now_ns;
  return least(now_ns, record_at(log, place_of(r, lane, index))->accepted);
}

static int room_for_an_edge(Kernel *k, const Reader *r, const Lane *lane, i64 now_ns) {
  SetAside *a = lane->watch.aside;
  if (a->edges && (u64)(a->end - a->first) <= a->mask) return 1;
  go_through(k, r, a, oldest_ns(k, r, lane, now_ns) - 1); /* a poll just then has seen it: see seen_ns */
  if (a->edges && (u64)(a->end - a->first) <= a->mask / 2) return 1;
  u64 room = a->edges ? 2 * (a->mask + 1) : ROOM;
  Edge *longer_one = take(&k->memory, room * sizeof(Edge));
  if (!longer_one) return 0;
  for (i64 i = a->first; i < a->end; i++) longer_one[(u64)i & (room - 1)] = *edge(a, i);
  if (a->edges) give_back(&k->memory, a->edges, (a->mask + 1) * sizeof(Edge));
  a->edges = longer_one;
  a->mask = room - 1;
  return 1;
}

/* A lane is followed from now on. */
void begin_to_set_aside(const Kernel *k, const Reader *r, const Lane *lane) {
  const Watch *w = &lane->watch;
  w->aside->before = (Edge){.doing = w->doing, .phase = (u8)phase_of(k, r, w), .polled = (u8)r->polled};
}

/* The lane does something else from a time on, or its shard has been polled. */
void note_edge(Kernel *k, const Reader *r, const Lane *lane, i64 time_ns, int is_poll) {
  SetAside *a = lane->watch.aside;
  if (!room_for_an_edge(k, r, lane, time_ns)) return;
  Edge *e = edge(a, a->end++);
  *e = (Edge){time_ns, lane->watch.doing, (u8)phase_of(k, r, &lane->watch), (u8)r->polled, (u8)is_poll, {0}};
  for (int class = 0; class < CLASSES; class++) e->more[class] = a->later[class], a->later[class] = 0;
}

/* A record has waited in a class from one time to another. */
static void wait_in(Kernel *k, const Reader *r, const Lane *lane, int class, i64 from_ns, i64 to_ns) {
  const Mapping *m = &k->mappings[r->mapping];
  SetAside *a = lane->watch.aside;
  if (from_ns >= to_ns) return;
  i64 after = first_edge(a, from_ns + 1), last = first_edge(a, to_ns);
  const Edge *first = after > a->first ? edge(a, after - 1) : &a->before;
  const Edge *end = last > a->first ? edge(a, last - 1) : &a->before;
  move(k, r->mapping, NOTHING_WAITS, why_at(m, first, class), from_ns, 1);
  move(k, r->mapping, why_at(m, end, class), NOTHING_WAITS, to_ns, 1);
  if (after >= last) return;
  edge(a, after)->more[class]++;
  if (last < a->end) edge(a, last)->more[class]--;
  else a->later[class]--;
}

/* When a record is seen: by the first poll since its acceptance; by push at once. */
static i64 seen_ns(const Mapping *m, const SetAside *a, i64 accepted_ns) {
  if (m->push) return accepted_ns;
  for (i64 i = first_edge(a, accepted_ns); i < a->end; i++)
    if (edge(a, i)->is_poll) return edge(a, i)->time_ns;
  return NEVER;
}

/* A record returns: it has waited after all, until its end; it was called for, or has left, at a time. */
static void return_record(Kernel *k, Reader *r, Lane *lane, i64 place, i64 called_ns, i64 end_ns) {
  const Mapping *m = &k->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  i64 accepted_ns = record_at(log, place)->accepted, produced_ns = record_at(log, place)->produced;
  called_ns = least(called_ns, end_ns);
  i64 seen = least(seen_ns(m, lane->watch.aside, accepted_ns), called_ns);
  if (accepted_ns > produced_ns) wait_to_write(k, r->mapping, produced_ns, *cell(log, log->of->let_in, place), accepted_ns);
  wait_in(k, r, lane, UNSEEN, accepted_ns, seen);
  wait_in(k, r, lane, SEEN, seen, called_ns);
  wait_in(k, r, lane, CALLED_FOR, called_ns, end_ns);
}

void expire_set_aside(Kernel *k, Reader *r, Lane *lane, i64 place, i64 time_ns) {
  return_record(k, r, lane, place, NEVER, time_ns);
}

/* When the call was made that is to return a record, or it left by push. */
static i64 called_for_ns(Kernel *k, const Reader *r, i64 place) {
  const Mapping *m = &k->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  if (m->push) return *cell(log, r->available, place) < 0 ? NEVER : *cell(log, r->available, place) - m->propagation_ns;
  for (u32 i = 0; i < r->nanswers; i++) {
    const Answer *answer = &r->answers[(r->first_answer + i) % r->answers_room];
    if (place >= answer->first && place < answer->end) return answer->comes_ns - m->latency_ns;
  }
  return NEVER;
}

void leave_set_aside(Kernel *k, Reader *r, Lane *lane, i64 place, i64 end_ns) {
  follow(k, r, lane, end_ns);
  return_record(k, r, lane, place, called_for_ns(k, r, place), end_ns);
}

/* The run ends. */
void end_set_aside(Kernel *k, const Reader *r, const Lane *lane) { go_through(k, r, lane->watch.aside, NEVER); }
