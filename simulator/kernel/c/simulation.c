/* A run: from the first record to the last, a portion at a time. */
#include "measuring.h"
#include "model.h"
#include "traffic.h"

/* A mapping is disabled or enabled: the next of its periods' begins and ends. */
static void switch_mapping(Kernel *k, int number) {
  Mapping *m = &k->mappings[number];
  i64 shards = k->streams[m->stream].nshards;
  m->enabled = !m->enabled;
  if (m->switches + 1 < 2 * m->ndisabled) due(&k->clock, m->disabled[++m->switches], order(SWITCH, number, 0, 0));
  if (!m->enabled) return;
  for (i64 j = 0; j < shards; j++)
    for (int n = 0; n < m->factor; n++) wake(k, &m->readers[j], &m->readers[j].lanes[n]);
}

static void lane_turn(Kernel *k, Reader *r, Lane *lane) {
  if (lane->next == CUT) look(k, r, lane);
  else if (lane->next != BUSY && lane->turn_ns == k->clock.now) go_on(k, r, lane);
}

static void happen(Kernel *k, u64 place) {
  int what = (int)(place >> 44), number = (int)(place >> 24 & 0xFFFFF);
  if (what == END) {
    k->over = 2;
    if (k->measures) end_measures(k);
    return;
  }
  if (what == SWITCH) {
    switch_mapping(k, number);
    return;
  }
  Mapping *m = &k->mappings[number];
  Reader *r = &m->readers[place >> 4 & 0xFFFFF];
  switch (what) {
    case FINISH: finished(k, r, &r->lanes[place & 15]); break;
    case POLL: poll_turn(k, r); break;
    case ANSWER: m->push ? pushed(k, r) : answered(k, r); break;
    case LANE: lane_turn(k, r, &r->lanes[place & 15]); break;
    default: expire(k, r);
  }
}

int start(Kernel *k) {
  k->clock.now = k->window_began_ns = k->window_ends_ns = k->begin_ns;
  due(&k->clock, k->latest_ns, order(END, 0, 0, 0));
  for (int i = 0; i < k->nmappings; i++) {
    Mapping *m = &k->mappings[i];
    m->enabled = 1;
    if (m->ndisabled) due(&k->clock, m->disabled[0], order(SWITCH, i, 0, 0));
    for (i64 j = 0; j < k->streams[m->stream].nshards; j++) {
      if (m->push) start_pushing(m, &m->readers[j]);
      else start_polling(k, m, &m->readers[j]);
    }
  }
  return 1;
}

#define A_PORTION (1 << 22) /* events; a window of the traffic counts as many as it may have records */
#define A_WINDOW (1 << 16)

/* Go on until all is stated that was decided before k->until_ns, or there is no room for more, or some time has passed,
 * so that a run can be stopped: an enum status. */
int advance(Kernel *k) {
  clear_facts(k);
  for (i64 done = 0; k->over < 2; done++) {
    if (done >= A_PORTION) return RUNNING;
    const Event *first = &k->clock.heap[0];
    if (first->time >= k->window_ends_ns && k->window_ends_ns < k->latest_ns) {
      if (k->window_ends_ns >= k->until_ns) {
        k->reached = 1;
        return REACHED;
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
  }
  return k->memory.exhausted ? NO_MEMORY : OVER;
}
