/* The work of a mapping's lanes: the time of attempts that processed records, as lane_work.py has it. */
#include "exact.h"
#include "measures.h"

LaneMeasures *of_lane(Kernel *k, const Reader *r, const Lane *lane) {
  return &k->measures->mappings[r->mapping].lanes[r->shard * k->mappings[r->mapping].factor + lane->number];
}

/* An attempt is over that has processed some of its records. */
void measure_work(Kernel *k, const Reader *r, const Lane *lane, i64 done) {
  MappingTotals *totals = &k->measures->mappings[r->mapping].totals;
  LaneMeasures *mine = of_lane(k, r, lane);
  i64 took_ns = lane->finished_ns - lane->begun_ns;
  mine->worked_ns += took_ns;
  mine->processed += done;
  totals->all_records += done;
  add_sum(&totals->all, product(1, took_ns));
  if (done != lane->records || done != k->mappings[r->mapping].batch_size) return;
  totals->full_records += done;
  add_sum(&totals->full, product(1, took_ns));
}
