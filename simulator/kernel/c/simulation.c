/* A run: from the first record to the last, a portion at a time. */
#include "measuring.h"
#include "model.h"
#include "traffic.h"

/* A mapping or another reader is disabled or enabled: then lanes look whether they may cut a batch. */
static void switch_reader(Kernel *k, int number) {
  switch_now(k, switch_of(k, number), number);
  if (number >= k->nmappings || !k->mappings[number].power.enabled) return;
  Mapping *m = &k->mappings[number];
  for (i64 j = 0; j < k->streams[m->stream].nshards; j++)
    for (int n = 0; n < m->factor; n++) wake(k, &m->readers[j], &m->readers[j].lanes[n]);
}

static void lane_turn(Kernel *k, Reader *r, Lane *lane) {
  if (lane->next == CUT) look(k, r, lane);
  else if (lane->next != BUSY && lane->turn_ns == k->clock.now) go_on(k, r, lane);
}

static void happen(Kernel *k, u64 place) {
  int what = what_of(place), number = number_of(place);
  if (what == END) {
    k->over = 2;
    if (k->measures) end_measures(k);
    return;
  }
  if (what == SWITCH) {
    if (place & 15) switch_reader(k, number);
    else begin_to_read(k, number);
    return;
  }
  if (number >= k->nmappings) {
    Reader *r = &k->others[number - k->nmappings].readers[shard_of(place)];
    if (what == ANSWER) read_to_end(k, r);
    else read_for_other(k, r);
    return;
  }
  Mapping *m = &k->mappings[number];
  Reader *r = &m->readers[shard_of(place)];
  switch (what) {
    case FINISH: finished(k, r, &r->lanes[place & 15]); break;
    case POLL: poll_turn(k, r); break;
    case ANSWER: m->push ? pushed(k, r) : answered(k, r); break;
    case LANE: lane_turn(k, r, &r->lanes[place & 15]); break;
    default: expire(k, r);
  }
}

/* Whoever has a number begins to read at a time. */
static void begin_at(Kernel *k, int number, i64 starts_ns) {
  due(&k->clock, starts_ns > k->begin_ns ? starts_ns : k->begin_ns, order(SWITCH, number, 0, 0));
}

int start(Kernel *k) {
  k->clock.now = k->window_began_ns = k->window_ends_ns = k->begin_ns;
  due(&k->clock, k->latest_ns, order(END, 0, 0, 0));
  for (int i = 0; i < k->nmappings; i++) {
    Mapping *m = &k->mappings[i];
    begin_switching(k, &m->power, i);
    if (k->streams[m->stream].changes && m->passes_over_ns > -NEVER) begin_at(k, i, m->starts_ns);
    for (i64 j = 0; j < k->streams[m->stream].nshards; j++)
      start_reading(k, &m->readers[j], m->push ? m->starts_ns : m->polls.first_ns[j]);
  }
  for (int i = 0; i < k->nothers; i++) {
    OtherReader *o = &k->others[i];
    begin_switching(k, &o->power, k->nmappings + i);
    if (k->streams[o->stream].changes) begin_at(k, k->nmappings + i, o->starts_ns);
    for (i64 j = 0; j < k->streams[o->stream].nshards; j++)
      start_reading(k, &o->readers[j], o->polls.first_ns[j]);
  }
  return 1;
}

#define A_PORTION (1 << 22) /* events; a window of the traffic counts as many as it may have records */
#define A_WINDOW (1 << 16)

/* Whether the window that has ended with the run at the latest is not the last one: shards change just then. */
static int is_left_to_write(const Kernel *k) { return k->window_ends_ns == k->latest_ns && changes_at_end(k); }

/* Go on until all is stated that was decided before k->until_ns, or there is no room for more, or some time has passed,
 * so that a run can be stopped: an enum status. */
int advance(Kernel *k) {
  clear_facts(k);
  if (k->asked.lane) take_answer(k);
  for (i64 done = 0; k->over < 2; done++) {
    if (done >= A_PORTION) return RUNNING;
    const Event *first = &k->clock.heap[0];
    if (first->time >= k->window_ends_ns && (k->window_ends_ns < k->latest_ns || is_left_to_write(k))) {
      if (k->window_ends_ns >= k->until_ns) {
        k->reached = 1;
        return k->measures || state_waiting(k) ? REACHED : NO_MEMORY;
      }
      if (k->measures) all_is_over_before(k, k->window_ends_ns);
      k->clock.now = k->window_began_ns = k->window_ends_ns;
      if (!bring_in(k)) return NO_MEMORY;
      done += A_WINDOW;
      continue;
    }
    if (!room_for_an_event(k)) return RUNNING;
    if (k->measures) all_is_over_before(k, first->time);
    Event event = next_event(&k->clock);
    k->clock.now = event.time;
    happen(k, event.order);
    if (k->asked.lane) return ASKING;
  }
  if (!k->measures && !state_waiting(k)) return NO_MEMORY;
  return k->memory.exhausted ? NO_MEMORY : OVER;
}
