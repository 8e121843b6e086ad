/* What the rules tell the measures, where a run is measured (measures/). */
#ifndef MEASURING_H
#define MEASURING_H
#include "kernel.h"

/* measures/observer.c */
int make_measures(Kernel *);
void end_measures(Kernel *);

/* measures/grid.c, measures/stream.c: the writing end */
int room_for_measured_shards(Kernel *, const Stream *, i64 had, i64 room);
int measure_shard(Kernel *, const Stream *, i64 shard); /* it has opened */
void measure_moved(Kernel *, const Stream *, const i64 *parents, i64 n);
void measure_finished_shard(Kernel *, const Reader *);
int make_rows(Kernel *, i64 until_ns); /* room for the rows up to a time */
void measure_offered(Kernel *, Stream *, Shard *, const Offered *, i64 n); /* they are not in the log yet */
int measure_arrivals(Kernel *, Stream *);                                  /* those of the window */
void forget_arrivals(Kernel *, Stream *, i64 time_ns);

/* measures/lanes.c, measures/passes.c: what lanes do, and how records come to them */
void measure_doing(Kernel *, Reader *, Lane *, int what, i64 begin_ns);
void measure_cut(Kernel *, Reader *, Lane *);
void measure_poll(Kernel *, Reader *, int what, const Answer *);
void measure_arrival(Kernel *, Reader *, Lane *, i64 from, i64 records);
void measure_other_poll(Kernel *, Reader *, int what, const Answer *); /* measures/other_readers.c */
void measure_other_known(Kernel *, Reader *);
void measure_read_again(Kernel *, const Reader *, i64 bytes, int call);

/* measures/attempts.c */
void measure_throttle(Kernel *, const Reader *, Lane *, i64 again_ns, int lack);
void measure_admitted(Kernel *, const Reader *, Lane *);
i64 last_accepted(Kernel *, const Reader *, const Lane *);
void measure_finished(Kernel *, Reader *, Lane *, i64 done);

/* measures/times.c, measures/lag.c: how records end */
void measure_skipped(Kernel *, const Reader *, i64 from, i64 end);
void measure_loss(Kernel *, Reader *, Lane *, i64 low, i64 high, i64 records, int how, int failure);
void measure_before_filtering(Kernel *, Reader *);
void measure_filtered(Kernel *, const Reader *, i64 place);
void measure_all_filtered(Kernel *, Reader *, i64 records);
void measure_passed_over(Kernel *, Reader *, i64 first, i64 end);
void expect_expiry(Kernel *, Reader *);
void expire_before(Kernel *, i64 time_ns);
void look_at_lanes(Kernel *, i64 time_ns); /* measures/silent_lanes.c */

/* What happens at a time comes next. */
static inline void all_is_over_before(Kernel *k, i64 time_ns) {
  if (time_ns >= k->measures->looks_ns) look_at_lanes(k, time_ns);
  if (k->measures->expiries.n && k->measures->expiries.heap[0].time < time_ns) expire_before(k, time_ns);
}
void measure_known(Kernel *, Reader *); /* it knows of more records */
void note_oldest(Kernel *, Reader *, Lane *, i64 time_ns);

#endif
