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
    switch_reader(k, number);
    return;
  }
  if (number >= k->nmappings) {
    read_for_other(k, &k->others[number - k->nmappings].readers[shard_of(place)]);
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

int start(Kernel *k) {
  k->clock.now = k->window_began_ns = k->window_ends_ns = k->begin_ns;
  due(&k->clock, k->latest_ns, order(END, 0, 0, 0));
  for (int i = 0; i < k->nmappings; i++) {
    Mapping *m = &k->mappings[i];
    begin_switching(k, &m->power, i);
    for (i64 j = 0; j < k->streams[m->stream].nshards; j++) {
      if (m->push) start_pushing(m, &m->readers[j]);
      else start_polling(k, &m->polls, &m->readers[j], m->polls.first_ns[j]);
    }
  }
  for (int i = 0; i < k->nothers; i++) {
    OtherReader *o = &k->others[i];
    begin_switching(k, &o->power, k->nmappings + i);
    for (i64 j = 0; j < k->streams[o->stream].nshards; j++)
      start_polling(k, &o->polls, &o->readers[j], o->polls.first_ns[j]);
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
