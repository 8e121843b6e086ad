/* How records end that are not processed, as times.py has it. */
#include "exact.h"
#include "histogram.h"
#include "measures.h"

/* Records of a lane that were available end. */
void end_waiting(Kernel *k, Reader *r, Lane *lane, i64 time_ns, i64 records) {
  Watch *w = &lane->watch;
  move(k, r->mapping, why(&k->mappings[r->mapping], r->polled, w->doing, phase_of(k, r, w), AVAILABLE), NOTHING_WAITS, time_ns, records);
  w->records[AVAILABLE] -= records;
}

static void count_lost(MappingMeasures *mine, MappingRow *row, int how, i64 records) {
  if (how == DROPPED) row->dropped += records, mine->totals.dropped += records;
  else if (how == SENT_TO_DESTINATION) row->sent_to_destination += records, mine->totals.sent_to_destination += records;
  else row->expired += records, mine->totals.expired += records, mine->noticed += records;
}

static void live(MappingMeasures *mine, const Record *record, i64 ended_ns) {
  i64 lived_ns = ended_ns - record->produced, stayed_ns = ended_ns - record->accepted;
  add_sum(&mine->totals.lived, (Sum){lived_ns >> BITS, lived_ns & MASK});
  add_sum(&mine->totals.stayed, (Sum){stayed_ns >> BITS, stayed_ns & MASK});
}

/* A record is lost. */
static void lose(const Kernel *k, MappingMeasures *mine, const Record *record, i64 time_ns) {
  if (record->accepted >= k->measures->warmup_ns) {
    mine->totals.unserved++;
    mine->eighths.lost[eighth_at(k->measures, time_ns)]++;
  }
  live(mine, record, time_ns);
}

/* Records of a part of a batch, between two indices, end without having been processed. */
void measure_loss(Kernel *k, Reader *r, Lane *lane, i64 low, i64 high, i64 records, int how, int failure) {
  MappingMeasures *mine = &k->measures->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  i64 now_ns = k->clock.now;
  misses_a_unit(k, r, lane, 0);
  count_lost(mine, mapping_row(mine, row_at(&k->measures->grid, now_ns)), how, records);
  lost_in_episode(k, r->mapping, how, now_ns, records);
  lost_in_quarter(k, r->mapping, how, failure, now_ns, records);
  moved_in_quarter(k, lane, now_ns);
  for (i64 index = low; index < high; index++) {
    i64 place = place_of(r, lane, index);
    if (!is_gone(r, log, place)) lose(k, mine, record_at(log, place), now_ns);
  }
  follow(k, r, lane, now_ns);
  end_waiting(k, r, lane, now_ns, records);
  end_in_backlog(k, r->mapping, now_ns, records);
}

/* Records come, some of which do not pass: until now they were on their way. */
void measure_before_filtering(Kernel *k, Reader *r) {
  for (int n = 0; n < k->mappings[r->mapping].factor; n++) follow(k, r, &r->lanes[n], k->clock.now);
}

/* A record has come that does not pass the mapping's filter. */
void measure_filtered(Kernel *k, const Reader *r, i64 place) {
  MappingMeasures *mine = &k->measures->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  const Record *record = record_at(log, place);
  i64 now_ns = k->clock.now, lived_ns = now_ns - record->produced, stayed_ns = now_ns - record->accepted;
  Grid *grid = &k->measures->grid;
  add_sum(&mine->totals.filtered_lived, (Sum){lived_ns >> BITS, lived_ns & MASK});
  add_sum(&mine->totals.stayed, (Sum){stayed_ns >> BITS, stayed_ns & MASK});
  MappingRow *row = mapping_row(mine, row_at(grid, record->accepted));
  change_integral(&row->filtered_waiting, 1, grid->ends_ns - record->accepted);
  row = mapping_row(mine, row_at(grid, now_ns));
  change_integral(&row->filtered_waiting, -1, grid->ends_ns - now_ns);
}

/* So many have, of one arrival: they have ended. */
void measure_all_filtered(Kernel *k, Reader *r, i64 records) {
  MappingMeasures *mine = &k->measures->mappings[r->mapping];
  mapping_row(mine, row_at(&k->measures->grid, k->clock.now))->filtered += records;
  mine->totals.filtered += records;
  end_in_backlog(k, r->mapping, k->clock.now, records);
  for (int n = 0; n < k->mappings[r->mapping].factor; n++) note_oldest(k, r, &r->lanes[n], k->clock.now);
}

/* The lane that a record falls to. */
static Lane *lane_of_place(Kernel *k, Reader *r, i64 place) {
  if (!r->lane_logs) return &r->lanes[0];
  for (int n = 0;; n++) {
    const LaneLog *of = &r->lane_logs[n];
    i64 low = of->first, high = of->end;
    while (low < high) {
      i64 middle = (low + high) / 2;
      if (of->place[(u64)middle & of->mask] < place) low = middle + 1; else high = middle;
    }
    if (n + 1 == k->mappings[r->mapping].factor || (low < of->end && of->place[(u64)low & of->mask] == place))
      return &r->lanes[n];
  }
}

/* An unread record ends when its age reaches the retention. */
static void expire_one(Kernel *k, Reader *r, i64 place, i64 time_ns) {
  const Mapping *m = &k->mappings[r->mapping];
  MappingMeasures *mine = &k->measures->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  Lane *lane = lane_of_place(k, r, place);
  Watch *w = &lane->watch;
  follow(k, r, lane, time_ns);
  if (is_set_aside(m, log, place)) {
    expire_set_aside(k, r, lane, place, time_ns);
  } else {
    int class = !m->push && record_at(log, place)->accepted > r->polled_ns ? UNSEEN : SEEN;
    move(k, r->mapping, why(m, r->polled, w->doing, phase_of(k, r, w), class), NOTHING_WAITS, time_ns, 1);
    w->records[class]--;
    moved_in_quarter(k, lane, time_ns);
  }
  mine->totals.expired++;
  lose(k, mine, record_at(log, place), time_ns);
  lost_in_episode(k, r->mapping, EXPIRED, time_ns, 1);
  lost_in_quarter(k, r->mapping, EXPIRED, NONE, time_ns, 1);
  end_in_backlog(k, r->mapping, time_ns, 1);
  r->expired = place + 1;
  note_oldest(k, r, lane, time_ns);
}

/* The next unread record of a reader, from those that have expired on; the end of what it knows if there is none. */
static i64 next_unread(Kernel *k, Reader *r) {
  i64 place = greatest(r->expired, k->mappings[r->mapping].push ? r->arriving : r->place);
  while (place < r->known && !is_unread(k, r, place)) place++;
  return place;
}

static i64 expires_at(Kernel *k, const Reader *r, i64 place) {
  const Log *log = &shard_read(k, r)->log;
  return record_at(log, place)->accepted + k->streams[k->mappings[r->mapping].stream].retention_ns;
}

/* Have a reader looked at when its next unread record may expire. */
void expect_expiry(Kernel *k, Reader *r) {
  i64 place = r->expiry_is_due ? r->known : next_unread(k, r);
  if (place >= r->known) return;
  r->expired = place;
  r->expiry_is_due = 1;
  due(&k->measures->expiries, expires_at(k, r, place), order(EXPIRY, r->mapping, r->shard, 0));
}

/* Unread records end whose age reaches the retention before a time, whoever notices it and when. */
void expire_before(Kernel *k, i64 time_ns) {
  Clock *expiries = &k->measures->expiries;
  while (expiries->n && expiries->heap[0].time < time_ns) {
    Event event = next_event(expiries);
    if (number_of(event.order) >= k->nmappings) {
      expire_for_other(k, &k->others[number_of(event.order) - k->nmappings].readers[shard_of(event.order)], event.time);
      continue;
    }
    Reader *r = &k->mappings[number_of(event.order)].readers[shard_of(event.order)];
    i64 place = next_unread(k, r);
    if (place < r->known && expires_at(k, r, place) <= event.time) expire_one(k, r, place, expires_at(k, r, place));
    r->expiry_is_due = 0;
    expect_expiry(k, r);
  }
}

/* Unread records before a place are passed over: somebody has noticed that they have expired. */
void measure_passed_over(Kernel *k, Reader *r, i64 first, i64 end) {
  MappingMeasures *mine = &k->measures->mappings[r->mapping];
  mapping_row(mine, row_at(&k->measures->grid, k->clock.now))->expired += end - first;
  mine->noticed += end - first;
  for (i64 place = greatest(first, r->expired); place < end; place++)
    if (is_unread(k, r, place)) expire_one(k, r, place, expires_at(k, r, place));
}

/* The lanes' records that are left, between the first that has not ended and the last that the lane knows. */
static void count_left(Kernel *k, Reader *r, Lane *lane, i64 end_ns) {
  MappingMeasures *mine = &k->measures->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  for (i64 index = first_left(k, r, lane); index < known_to_lane(k, r, lane); index++) {
    i64 place = place_of(r, lane, index);
    const Record *record = record_at(log, place);
    if (has_expired(k, r, place)) continue;
    mine->totals.unprocessed++;
    if (record->accepted > end_ns || record->accepted >= k->measures->warmup_ns) {
      i64 age_ns = end_ns - record->produced;
      add_to_histogram(&mine->left, age_ns);
      mine->eighths.counts[eighth_at(k->measures, end_ns)][bucket_of(age_ns)]++;
    }
    if (record->accepted <= end_ns) {
      live(mine, record, end_ns);
      if (is_set_aside(&k->mappings[r->mapping], log, place)) leave_set_aside(k, r, lane, place, end_ns);
      continue;
    }
    i64 lived_ns = end_ns - record->produced;
    add_sum(&mine->totals.lived, (Sum){lived_ns >> BITS, lived_ns & MASK});
    wait_to_write(k, r->mapping, record->produced, least(*cell(log, log->of->let_in, place), end_ns), end_ns);
    if (log->of->moved) wait_for_closed(k, &k->streams[r->stream], r->mapping, *cell(log, log->of->moved, place));
  }
}

/* Skipped records that are not accepted when the run ends have waited until then. */
static void wait_skipped(Kernel *k, const Reader *r, const Log *log, i64 end_ns) {
  MappingMeasures *mine = &k->measures->mappings[r->mapping];
  for (i64 place = r->skipped - 1; place >= log->first && record_at(log, place)->accepted > end_ns; place--) {
    i64 late_ns = record_at(log, place)->accepted - end_ns;
    add_sum(&mine->totals.skipped_wait, (Sum){-(late_ns >> BITS), -(late_ns & MASK)});
  }
}

void measure_skipped(Kernel *k, const Reader *r, i64 from, i64 end) {
  MappingMeasures *mine = &k->measures->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  mine->totals.skipped += end - from;
  for (i64 place = from; place < end; place++) {
    i64 waited_ns = record_at(log, place)->accepted - record_at(log, place)->produced;
    if (waited_ns) add_sum(&mine->totals.skipped_wait, (Sum){waited_ns >> BITS, waited_ns & MASK});
  }
}

/* The run ends: what is left is unprocessed; what expired and nobody noticed is noticed now. */
void end_times(Kernel *k, int mapping, i64 end_ns) {
  const Mapping *m = &k->mappings[mapping];
  MappingMeasures *mine = &k->measures->mappings[mapping];
  for (i64 j = 0; j < k->streams[m->stream].nshards; j++) {
    Reader *r = &m->readers[j];
    for (int n = 0; n < m->factor; n++) count_left(k, r, &r->lanes[n], end_ns);
    wait_skipped(k, r, &k->streams[m->stream].shards[j].log, end_ns);
  }
  i64 unnoticed = mine->totals.expired - mine->noticed;
  mapping_row(mine, row_at(&k->measures->grid, end_ns))->expired += unnoticed;
}
