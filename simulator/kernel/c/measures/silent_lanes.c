/* Lanes that have records waiting and of which no attempt ended in a minute, as silent_lanes.py has them: how old their
 * records are counts as an iterator age. */
#include "histogram.h"
#include "measures.h"

i64 first_that_passes(Kernel *k, const Reader *r, const Lane *lane) {
  const Mapping *m = &k->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  i64 index = first_left(k, r, lane), known = known_to_lane(k, r, lane);
  if (m->nth_filter < 0) return index;
  while (index < known && (has_expired(k, r, place_of(r, lane, index)) || is_set_aside(m, log, place_of(r, lane, index))))
    index++;
  return index;
}

/* A minute is over; what happens at its end comes next. */
static void look_at_lane(Kernel *k, const Reader *r, const Lane *lane, i64 minute_ns) {
  MappingMeasures *mine = &k->measures->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  i64 index = first_that_passes(k, r, lane);
  if (index >= known_to_lane(k, r, lane)) return;
  i64 accepted_ns = record_at(log, place_of(r, lane, index))->accepted, age_ns = minute_ns - accepted_ns;
  if (age_ns <= 0) return;
  take_age(k, r->mapping, minute_ns, age_ns);
  if (accepted_ns < k->measures->warmup_ns) return;
  add_to_histogram(&mine->age, age_ns);
  add_to_histogram(&mine->age_at_send, age_ns);
}

static void look_at_minute(Kernel *k, i64 minute_ns) {
  i64 minute = minute_ns / A_MINUTE_NS - 1;
  for (int i = 0; i < k->nmappings; i++) {
    const Mapping *m = &k->mappings[i];
    for (i64 j = k->streams[m->stream].first_live; j < k->streams[m->stream].nshards; j++)
      for (int n = 0; n < m->factor; n++)
        if (m->readers[j].lanes[n].watch.heard != minute) look_at_lane(k, &m->readers[j], &m->readers[j].lanes[n], minute_ns);
  }
}

/* What happens at a time comes next: minutes that are over by then, and the traffic if it is. */
void look_at_lanes(Kernel *k, i64 time_ns) {
  Measures *all = k->measures;
  for (; all->looks_ns <= time_ns; all->looks_ns = least(all->minute_ns, all->quarter_is_over ? NEVER : k->duration_ns + 1)) {
    i64 now_ns = all->looks_ns;
    expire_before(k, now_ns);
    if (now_ns == k->duration_ns + 1) close_quarter(k);
    if (now_ns != all->minute_ns) continue;
    look_at_minute(k, now_ns);
    all->minute_ns += A_MINUTE_NS;
  }
}
