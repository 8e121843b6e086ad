/* The measures of a whole run, from its plan to its end, and as they are handed out: observer.py. */
#include "measures.h"

static Phase *make_phases(Kernel *k, const Mapping *m) {
  Phase *phases = take(&k->memory, (u64)(2 * m->power.periods + 2) * sizeof(Phase));
  if (!phases) return NULL;
  int n = 0;
  phases[n++] = (Phase){m->starts_ns, BEFORE_START};
  for (i64 i = 0; i < m->power.periods; i++) {
    i64 begin_ns = greatest(m->power.disabled[2 * i], m->starts_ns), end_ns = m->power.disabled[2 * i + 1];
    if (end_ns <= m->starts_ns) continue;
    phases[n++] = (Phase){begin_ns, ENABLED};
    phases[n++] = (Phase){end_ns, PHASE_DISABLED};
  }
  phases[n] = (Phase){NEVER, ENABLED};
  return phases;
}

/* A lane of a shard that is there since a time. */
static int make_watch(Kernel *k, const Reader *r, Lane *lane, i64 since_ns, int waits) {
  const Mapping *m = &k->mappings[r->mapping];
  const Phase *phases = k->measures->mappings[r->mapping].phases;
  Watch *w = &lane->watch;
  *w = (Watch){.since_ns = since_ns, .then_ns = NEVER, .heard = -1, .doing = IDLE, .waits = (u8)waits};
  while (phases[w->phase].ends_ns < since_ns) w->phase++;
  if (m->nth_filter < 0) return 1;
  if ((w->aside = take(&k->memory, sizeof(SetAside)))) begin_to_set_aside(k, r, lane);
  return !k->memory.exhausted;
}

static int make_reader_measures(Kernel *k, int mapping, i64 shard, i64 since_ns) {
  Mapping *m = &k->mappings[mapping];
  MappingMeasures *mine = &k->measures->mappings[mapping];
  Reader *r = &m->readers[shard];
  int is_child = k->streams[m->stream].spans[shard].parents[0] >= 0;
  mine->readers[shard] = (ReaderMeasures){.age_peak_ns = NO_PEAK, .finished_ns = NEVER};
  r->polled = MISSED;
  r->polled_ns = -NEVER;
  for (int n = 0; !k->memory.exhausted && n < m->factor; n++)
    if (!make_watch(k, r, &r->lanes[n], since_ns, is_child)) return 0;
  return !k->memory.exhausted;
}

static int longer_mapping(Kernel *k, int mapping, i64 had, i64 room) {
  MappingMeasures *mine = &k->measures->mappings[mapping];
  i64 factor = k->mappings[mapping].factor;
  mine->readers = longer(&k->memory, mine->readers, had, room, sizeof(ReaderMeasures));
  mine->lanes = longer(&k->memory, mine->lanes, had * factor, room * factor, sizeof(LaneMeasures));
  return !k->memory.exhausted && longer_lag(k, &mine->lag, room * factor);
}

/* Room in all that is measured by shard of a stream. */
int room_for_measured_shards(Kernel *k, const Stream *stream, i64 had, i64 room) {
  Clock *expiries = &k->measures->expiries;
  i64 events = expiries->room;
  if (!longer_stream(k, stream, had, room)) return 0;
  for (int i = 0; i < k->nmappings; i++) {
    if (&k->streams[k->mappings[i].stream] != stream) continue;
    events += room - had;
    if (!longer_mapping(k, i, had, room)) return 0;
  }
  for (int i = 0; i < k->nothers; i++) {
    if (&k->streams[k->others[i].stream] != stream) continue;
    events += room - had;
    if (!longer_other(k, i, had, room)) return 0;
  }
  expiries->heap = longer(&k->memory, expiries->heap, expiries->room, events, sizeof(Event));
  if (!k->memory.exhausted) expiries->room = events;
  return !k->memory.exhausted;
}

int measure_shard(Kernel *k, const Stream *stream, i64 shard) {
  ShardMeasures *mine = &k->measures->streams[stream - k->streams].shards[shard];
  mine->second_ends_ns = mine->calls_second_ends_ns = -NEVER;
  for (int i = 0; i < k->nmappings; i++)
    if (&k->streams[k->mappings[i].stream] == stream && !make_reader_measures(k, i, shard, k->window_began_ns)) return 0;
  return 1;
}

/* A closed shard is finished for a mapping. */
void measure_finished_shard(Kernel *k, const Reader *r) {
  if (!is_other(k, r)) k->measures->mappings[r->mapping].readers[r->shard].finished_ns = k->clock.now;
}

int make_lag(Kernel *k, Lag *lag, i64 lanes, i64 limit_ns) {
  lag->leaves = lanes;
  lag->oldest = take(&k->memory, (u64)(2 * lanes) * sizeof(i64));
  if (!lag->oldest) return 0;
  for (i64 i = 0; i < 2 * lanes; i++) lag->oldest[i] = NEVER;
  lag->asked_ns[0] = quarter_begins_ns(k);
  lag->asked_ns[1] = k->duration_ns;
  lag->limit_ns = limit_ns;
  return 1;
}

/* The same with more lanes. */
int longer_lag(Kernel *k, Lag *lag, i64 lanes) {
  i64 *oldest = take(&k->memory, (u64)(2 * lanes) * sizeof(i64));
  if (!oldest) return 0;
  for (i64 i = 0; i < lanes; i++) oldest[lanes + i] = i < lag->leaves ? lag->oldest[lag->leaves + i] : NEVER;
  for (i64 i = lanes - 1; i; i--) oldest[i] = least(oldest[2 * i], oldest[2 * i + 1]);
  give_back(&k->memory, lag->oldest, (u64)(2 * lag->leaves) * sizeof(i64));
  lag->oldest = oldest;
  lag->leaves = lanes;
  return 1;
}

static void make_backlog(const Kernel *k, const Mapping *m, Backlog *of) {
  of->from_ns = m->position_ns + !m->inclusive;
  of->counts = of->from_ns <= k->begin_ns;
  of->grid.interval_ns = k->measures->interval_ns;
  look_up_row(&of->grid, -1);
  of->changed_ns = -NEVER;
  of->row_peak = NO_PEAK;
}

static int make_mapping(Kernel *k, int mapping) {
  Mapping *m = &k->mappings[mapping];
  MappingMeasures *mine = &k->measures->mappings[mapping];
  i64 shards = k->streams[m->stream].nshards;
  mine->phases = make_phases(k, m);
  mine->readers = take(&k->memory, (u64)shards * sizeof(ReaderMeasures));
  mine->lanes = take(&k->memory, (u64)(shards * m->factor) * sizeof(LaneMeasures));
  mine->wasted = take(&k->memory, (u64)(m->batch_size + 1) * sizeof(Wasted));
  make_row_percentiles(&k->memory, &mine->latency_rows);
  make_row_percentiles(&k->memory, &mine->age_rows);
  mine->latency_rows.all = mine->latency.counts;
  if (k->memory.exhausted || !make_lag(k, &mine->lag, shards * m->factor, m->behind_ns)) return 0;
  mine->latency.least_ns = mine->age.least_ns = mine->age_at_send.least_ns = mine->left.least_ns = INT64_MAX;
  mine->instant.at_ns = -NEVER;
  mine->totals.last_end_ns = -NEVER;
  for (i64 j = 0; j < shards; j++)
    if (!make_reader_measures(k, mapping, j, k->begin_ns)) return 0;
  make_backlog(k, m, &mine->backlog);
  return 1;
}

/* The plan has been read: make what is measured. */
int make_measures(Kernel *k) {
  Measures *all = k->measures;
  i64 readers = 0;
  all->streams = take(&k->memory, (u64)k->nstreams * sizeof(StreamMeasures));
  all->functions = take(&k->memory, (u64)(k->nfunctions + 1) * sizeof(Level));
  all->mappings = take(&k->memory, (u64)(k->nmappings + 1) * sizeof(MappingMeasures));
  all->others = take(&k->memory, (u64)(k->nothers + 1) * sizeof(OtherMeasures));
  if (k->memory.exhausted) return 0;
  all->minute_ns = A_MINUTE_NS;
  all->looks_ns = least(all->minute_ns, k->duration_ns + 1);
  make_eighths(all, k->duration_ns);
  all->grid.interval_ns = all->interval_ns, all->usual.interval_ns = all->usual_ns;
  look_up_row(&all->grid, -1);
  look_up_row(&all->usual, -1);
  for (int i = 0; i < k->nmappings; i++) readers += k->streams[k->mappings[i].stream].nshards;
  for (int i = 0; i < k->nothers; i++) readers += k->streams[k->others[i].stream].nshards;
  all->expiries.heap = take(&k->memory, (u64)(readers + 1) * sizeof(Event));
  all->expiries.room = readers + 1;
  for (int i = 0; i < k->nstreams; i++)
    if (!make_stream_measures(k, &k->streams[i])) return 0;
  for (int i = 0; i < k->nfunctions; i++) make_level(&all->functions[i], all->interval_ns);
  for (int i = 0; i < k->npools; i++) k->pools[i].wanted.changed_ns = -NEVER;
  for (int i = 0; i < k->nmappings; i++)
    if (!make_mapping(k, i)) return 0;
  for (int i = 0; i < k->nothers; i++)
    if (!make_other_measures(k, i)) return 0;
  return make_rows(k, 0);
}

/* What happened at the very end of the run belongs to its last row. */
static void at_very_end(MappingMeasures *mine, i64 end_ns, i64 interval_ns) {
  MappingRow *last = mapping_row(mine, end_ns / interval_ns), *row = mapping_row(mine, end_ns / interval_ns + 1);
  if (end_ns % interval_ns) return;
  last->attempts += row->attempts, last->errors += row->errors, last->throttles += row->throttles;
  last->processed += row->processed, last->done_again += row->done_again;
  last->dropped += row->dropped, last->sent_to_destination += row->sent_to_destination, last->expired += row->expired;
  last->filtered += row->filtered;
  last->age_peak_ns = greatest(last->age_peak_ns, row->age_peak_ns);
  last->latency_peak_ns = greatest(last->latency_peak_ns, row->latency_peak_ns);
  for (int part = 0; part < PARTS; part++) {
    last->parts[part].high += row->parts[part].high;
    last->parts[part].low += row->parts[part].low;
  }
}

static void end_mapping(Kernel *k, int mapping, i64 end_ns) {
  MappingMeasures *mine = &k->measures->mappings[mapping];
  know_all(k, mapping);
  end_eighths(mine);
  end_times(k, mapping, end_ns);
  end_lanes(k, mapping, end_ns);
  end_lag(k, mapping, end_ns);
  end_backlog(k, mapping, end_ns);
  end_episodes(k, mapping, end_ns);
  end_row_percentiles(&mine->latency_rows, mine, 1, &k->measures->grid, end_ns);
  end_row_percentiles(&mine->age_rows, mine, 0, &k->measures->grid, end_ns);
  for (int b = 0; b < BUCKETS; b++) mine->latency.counts[b] -= mine->cold.counts[b];
  at_very_end(mine, end_ns, k->measures->interval_ns);
}

/* The run is over, now. */
void end_measures(Kernel *k) {
  i64 end_ns = k->clock.now;
  expire_before(k, end_ns + 1);
  if (!k->measures->quarter_is_over) close_quarter(k);
  for (int i = 0; i < k->nstreams; i++) end_stream(k, &k->streams[i], end_ns);
  for (int i = 0; i < k->nfunctions; i++) end_level(&k->measures->functions[i], end_ns);
  for (int i = 0; i < k->npools; i++) end_highest(&k->pools[i].wanted);
  for (int i = 0; i < k->nmappings; i++) end_mapping(k, i, end_ns);
  for (int i = 0; i < k->nothers; i++) end_other(k, i, end_ns);
}
