/* What each lane of a mapping does, as lanes.py has it: busy with what, or idle, and why nothing comes. */
#include "measures.h"

int phase_of(const Kernel *k, const Reader *r, const Watch *w) {
  int phase = k->measures->mappings[r->mapping].phases[w->phase].phase;
  return phase == ENABLED && w->waits ? BEHIND_PARENTS : phase;
}

/* From a time on, up to which it was followed, it does something else, or in another phase, or may be read. */
static void become(Kernel *k, Reader *r, Lane *lane, i64 time_ns, int doing, int number, int waits) {
  const Mapping *m = &k->mappings[r->mapping];
  Watch *w = &lane->watch;
  int did = w->doing, was = phase_of(k, r, w);
  w->doing = (u8)doing;
  w->phase = (u32)number;
  w->waits = (u8)waits;
  int phase = phase_of(k, r, w);
  for (int class = 0; class < CLASSES; class++)
    if (w->records[class])
      move(k, r->mapping, why(m, r->polled, did, was, class), why(m, r->polled, doing, phase, class), time_ns, w->records[class]);
  if (w->aside) note_edge(k, r, lane, time_ns, 0);
}

/* Take account of all that has happened in the lane up to a time. */
void follow(Kernel *k, Reader *r, Lane *lane, i64 time_ns) {
  const Phase *phases = k->measures->mappings[r->mapping].phases;
  Watch *w = &lane->watch;
  for (;;) {
    i64 phase_ends_ns = phases[w->phase].ends_ns, until_ns = least(time_ns, least(w->then_ns, phase_ends_ns));
    if (w->waits) until_ns = least(until_ns, r->read_ns);
    pass_accepted(k, r, lane, until_ns);
    if (k->mappings[r->mapping].push) pass_sent(k, r, lane, until_ns);
    if (w->doing < FOR_ANSWER) w->busy_ns += until_ns - w->since_ns;
    else if (phases[w->phase].phase != PHASE_DISABLED) w->free_ns += until_ns - w->since_ns;
    w->since_ns = until_ns;
    if (until_ns == w->then_ns) {
      w->then_ns = NEVER;
      become(k, r, lane, until_ns, w->then, (int)w->phase, w->waits);
    } else if (until_ns == phase_ends_ns) {
      become(k, r, lane, until_ns, w->doing, (int)w->phase + 1, w->waits);
    } else if (w->waits && until_ns == r->read_ns) {
      become(k, r, lane, until_ns, w->doing, (int)w->phase, 0);
    } else {
      return;
    }
  }
}

/* A lane begins to do something, now or at a time to come. */
void measure_doing(Kernel *k, Reader *r, Lane *lane, int what, i64 begin_ns) {
  Watch *w = &lane->watch;
  if (begin_ns > k->clock.now) {
    w->then = (u8)what;
    w->then_ns = begin_ns;
    return;
  }
  follow(k, r, lane, k->clock.now);
  w->then_ns = NEVER;
  become(k, r, lane, k->clock.now, what, (int)w->phase, w->waits);
}

/* A batch is cut: from now on the lane is busy. */
void measure_cut(Kernel *k, Reader *r, Lane *lane) {
  follow(k, r, lane, k->clock.now);
  lane->watch.busy_at_cut_ns = lane->watch.busy_ns;
  lane->watch.free_at_cut_ns = lane->watch.free_ns;
}

/* The run ends: what is left has waited until now. */
void end_lanes(Kernel *k, int mapping, i64 end_ns) {
  const Mapping *m = &k->mappings[mapping];
  for (i64 j = 0; j < k->streams[m->stream].nshards; j++)
    for (int n = 0; n < m->factor; n++) {
      Reader *r = &m->readers[j];
      Lane *lane = &r->lanes[n];
      Watch *w = &lane->watch;
      follow(k, r, lane, end_ns);
      for (int class = 0; class < CLASSES; class++)
        move(k, mapping, why(m, r->polled, w->doing, phase_of(k, r, w), class), NOTHING_WAITS, end_ns, w->records[class]);
      if (w->aside) end_set_aside(k, r, lane);
      of_lane(k, r, lane)->busy_ns = w->busy_ns;
    }
}
