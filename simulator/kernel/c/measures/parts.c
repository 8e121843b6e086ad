/* Latency, where it comes from, and the records that attempts have processed: parts.py, and records_processed of
 * mapping.py. The records of an attempt are looked at once. */
#include "exact.h"
#include "histogram.h"
#include "measures.h"

/* What records of one attempt add up to: production, acceptance, busy time at acceptance, free time when available. */
typedef struct {
  i64 records;
  Sum produced, accepted, busy, free;
} Added;

/* Those between two indices; their latencies are counted. The first has the longest: it was produced first. */
static LOOP Added add_up(Reader *r, const Lane *lane, const Log *log, i64 low, i64 high, i64 finished_ns, RowPercentiles *p,
                    i64 *cold) {
  Added all = {0};
  int longest = -1, bucket = BUCKETS;
  for (i64 index = low, n; index < high; index += n) {
    i64 place = place_of(r, lane, index);
    const Record *record = record_at(log, place);
    const i64 *busy = cell(log, r->busy_at, place), *free = cell(log, r->free_at, place);
    n = neighbours(r, index, high);
    for (i64 i = 0; i < n; i++) {
      if (is_gone(r, log, place + i)) continue;
      bucket = bucket_of(finished_ns - record[i].produced);
      if (longest < 0) longest = bucket;
      p->open.counts[bucket]++;
      if (cold) cold[bucket]++;
      all.records++;
      add_value(&all.produced, record[i].produced);
      add_value(&all.accepted, record[i].accepted);
      add_value(&all.busy, busy[i]);
      add_value(&all.free, free[i]);
    }
  }
  p->open.n += all.records;
  widen_row(&p->open, bucket, longest);
  return all;
}

/* The parts of the latencies of some records of the attempt that has finished. */
static void parts_of(const Lane *lane, const Added *all, Sum parent_wait, Sum *parts) {
  const Watch *w = &lane->watch;
  i64 n = all->records, throttled_ns = lane->part.throttled_ns;
  parts[PARENT_WAIT] = parent_wait;
  parts[WRITE_WAIT] = difference(all->accepted, all->produced);
  parts[QUEUEING] = difference(product(n, w->busy_at_cut_ns), all->busy);
  parts[BATCHING] = difference(product(n, w->free_at_cut_ns), all->free);
  Sum waited = difference(product(n, lane->first_cut_ns), all->accepted);
  parts[PICKUP] = difference(difference(difference(waited, parts[QUEUEING]), parts[BATCHING]), parent_wait);
  parts[THROTTLED] = product(n, throttled_ns);
  parts[RETRYING] = product(n, lane->begun_ns - lane->first_cut_ns - throttled_ns);
  parts[COLD_STARTING] = product(n, lane->run.cold_ns);
  parts[PROCESSING] = product(n, lane->finished_ns - lane->begun_ns - lane->run.cold_ns);
}

static void note_latencies(Histogram *latency, i64 least_ns, i64 greatest_ns, i64 finished_ns, const Added *all) {
  latency->n += all->records;
  latency->least_ns = least(latency->least_ns, least_ns);
  latency->greatest_ns = greatest(latency->greatest_ns, greatest_ns);
  add_sum(&latency->sum, difference(product(all->records, finished_ns), all->produced));
}

static i64 latency_of(const Reader *r, const Lane *lane, const Log *log, i64 index, int step) {
  while (is_gone(r, log, place_of(r, lane, index))) index += step;
  return lane->finished_ns - record_at(log, place_of(r, lane, index))->produced;
}

/* The first index whose record was accepted after the warm-up. */
static i64 first_warm(const Kernel *k, const Reader *r, const Lane *lane, const Log *log, i64 low, i64 high) {
  while (low < high && record_at(log, place_of(r, lane, low))->accepted < k->measures->warmup_ns) low++;
  return low;
}

static i64 add_parts(const Lane *lane, MappingMeasures *mine, MappingRow *row, const Added *all, Sum parent_wait, int warm) {
  Sum parts[PARTS];
  parts_of(lane, all, parent_wait, parts);
  for (int part = 0; part < PARTS; part++) {
    add_sum(&row->parts[part], parts[part]);
    if (warm) add_sum(&mine->totals.parts[part], parts[part]);
  }
  Sum ended = product(all->records, lane->finished_ns);
  add_sum(&mine->totals.lived, difference(ended, all->produced));
  add_sum(&mine->totals.stayed, difference(ended, all->accepted));
  if (warm) mine->totals.warm_records += all->records;
  return all->records;
}

/* How long records waited until their shard was read first, after its parents. */
static Sum waited_for_parents(const Reader *r, const Lane *lane, const Log *log, i64 low, i64 high) {
  Sum waited = {0};
  for (i64 index = low; index < high; index++) {
    const Record *record = record_at(log, place_of(r, lane, index));
    if (record->accepted >= r->read_ns) break;
    if (!is_gone(r, log, place_of(r, lane, index))) add_value(&waited, r->read_ns - record->accepted);
  }
  return waited;
}

/* The attempt of a lane has finished, and has processed its first records: those before `done`. */
void measure_processed(Kernel *k, Reader *r, Lane *lane) {
  Measures *all = k->measures;
  MappingMeasures *mine = &all->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  i64 low = lane->part.low, high = lane->done, warm = first_warm(k, r, lane, log, low, high), now_ns = k->clock.now;
  if (low == high) return;
  if (now_ns >= all->eighth_ends_ns[mine->eighth]) turn_to_eighth(k, mine, now_ns);
  turn_to_row(&mine->latency_rows, mine, 1, &all->grid, now_ns);
  MappingRow *row = mapping_row(mine, row_at(&all->grid, now_ns));
  Added cold_ones = add_up(r, lane, log, low, warm, now_ns, &mine->latency_rows, mine->cold.counts);
  Added warm_ones = add_up(r, lane, log, warm, high, now_ns, &mine->latency_rows, NULL);
  i64 n = cold_ones.records ? add_parts(lane, mine, row, &cold_ones, waited_for_parents(r, lane, log, low, warm), 0) : 0;
  if (warm_ones.records) {
    n += add_parts(lane, mine, row, &warm_ones, waited_for_parents(r, lane, log, warm, high), 1);
    i64 longest_ns = latency_of(r, lane, log, warm, 1), shortest_ns = latency_of(r, lane, log, high - 1, -1);
    note_latencies(&mine->latency, shortest_ns, longest_ns, now_ns, &warm_ones);
  }
  row->processed += n;
  mine->totals.processed += n;
  mine->readers[r->shard].processed += n;
  i64 longest_ns = latency_of(r, lane, log, low, 1); /* a shard accepts in order of production */
  row->latency_peak_ns = greatest(row->latency_peak_ns, longest_ns);
  end_waiting(k, r, lane, now_ns, n);
  move(k, r->mapping, BY_FUNCTION, BY_PROCESSING, lane->started_ns + lane->run.cold_ns, n);
  move(k, r->mapping, BY_PROCESSING, BY_FUNCTION, now_ns, n);
}
