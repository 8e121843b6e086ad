/* Attempts of a mapping and what AWS bills of them: attempts_finished of mapping.py, billed.py. */
#include "exact.h"
#include "histogram.h"
#include "measures.h"

#define MS_NS 1000000

static void bill(MappingMeasures *mine, const Lane *lane, i64 done) {
  i64 ms = greatest(1, (lane->finished_ns - lane->started_ns + MS_NS - 1) / MS_NS), left = lane->records - done;
  int provisioned = lane->run.environment == PROVISIONED;
  Wasted *wasted = &mine->wasted[lane->records];
  *(provisioned ? &mine->totals.billed_provisioned_ms : &mine->totals.billed_on_demand_ms) += ms;
  wasted->records += left;
  add_sum(provisioned ? &wasted->provisioned : &wasted->on_demand, product(left, ms));
}

static void count(MappingMeasures *mine, MappingRow *row, const Lane *lane, i64 done) {
  row->attempts++;
  row->errors += lane->outcome == ERROR || lane->outcome == TIMEOUT;
  row->done_again += lane->records - done;
  mine->totals.attempts++;
  mine->totals.errors += lane->outcome == ERROR || lane->outcome == TIMEOUT;
  mine->totals.timeouts += lane->outcome == TIMEOUT;
  mine->totals.partial += lane->outcome == PARTIAL;
  mine->totals.cold_starts += lane->run.environment == COLD;
}

/* Iterator ages: of the batch's last record. */
static void measure_age(Kernel *k, const Reader *r, const Lane *lane) {
  Measures *all = k->measures;
  MappingMeasures *mine = &all->mappings[r->mapping];
  i64 accepted_ns = last_accepted(k, r, lane), age_ns = lane->finished_ns - accepted_ns;
  ReaderMeasures *of_shard = &mine->readers[r->shard];
  take_age(k, r->mapping, lane->finished_ns, age_ns);
  of_shard->age_peak_ns = greatest(of_shard->age_peak_ns, age_ns);
  if (accepted_ns < all->warmup_ns) return;
  add_to_histogram(&mine->age, age_ns);
  add_to_histogram(&mine->age_at_send, lane->started_ns - accepted_ns);
}

/* When the last record of the part that is tried was accepted. */
i64 last_accepted(Kernel *k, const Reader *r, const Lane *lane) {
  const Log *log = &shard_read(k, r)->log;
  i64 index = lane->part.high - 1;
  while (is_gone(r, log, place_of(r, lane, index))) index--;
  return record_at(log, place_of(r, lane, index))->accepted;
}

static void change_wanted(Kernel *k, const Reader *r, i64 by) {
  if (by) change_highest(&k->functions[k->mappings[r->mapping].function].pool->wanted, k->clock.now, by);
}

/* An attempt asks for a unit, or is given up: what it missed until now is over. */
void misses_a_unit(Kernel *k, const Reader *r, Lane *lane, int misses) {
  change_wanted(k, r, misses - lane->watch.misses);
  lane->watch.misses = (u8)misses;
}

void measure_admitted(Kernel *k, const Reader *r, Lane *lane) {
  change_wanted(k, r, 1 - lane->watch.misses);
  lane->watch.misses = 0;
  change_level(&k->measures->functions[k->mappings[r->mapping].function], k->clock.now, 1);
}

void measure_throttle(Kernel *k, const Reader *r, Lane *lane, i64 again_ns, int lack) {
  misses_a_unit(k, r, lane, lack == CONCURRENCY);
  MappingMeasures *mine = &k->measures->mappings[r->mapping];
  lane->part.throttled_ns += again_ns - lane->begun_ns;
  mine->totals.throttles++;
  mapping_row(mine, row_at(&k->measures->grid, k->clock.now))->throttles++;
}

/* An attempt is over; it has done so many of its records, the first ones. */
void measure_finished(Kernel *k, Reader *r, Lane *lane, i64 done) {
  MappingMeasures *mine = &k->measures->mappings[r->mapping];
  MappingRow *row = mapping_row(mine, row_at(&k->measures->grid, k->clock.now));
  follow(k, r, lane, k->clock.now);
  change_level(&k->measures->functions[k->mappings[r->mapping].function], k->clock.now, -1);
  change_wanted(k, r, -1);
  count(mine, row, lane, done);
  bill(mine, lane, done);
  measure_age(k, r, lane);
  finished_in_episode(k, r, lane, done);
  lane->watch.heard = lane->finished_ns / A_MINUTE_NS;
  measure_processed(k, r, lane);
  if (!done) return;
  measure_work(k, r, lane, done);
  moved_in_quarter(k, lane, k->clock.now);
  end_in_backlog(k, r->mapping, k->clock.now, done);
}
