/* What the files of the writing end offer each other. */
#ifndef TRAFFIC_H
#define TRAFFIC_H
#include "kernel.h"

void inverse_all(const Profile *, double origin, double *values, i64 n); /* rates.c */

#define DRAWN_AT_ONCE 64
/* arrivals.c: the next times, NEVER from where there are no more; and numbers in the order of the times not rounded */
void next_arrivals(Arrivals *, i64 *times_ns, i64 *in_order, i64 n);

void draw_keys(const Keys *, u64 number, u32 *draws, i64 n); /* partition_keys.c */
void find_shards(const Keys *, const u32 *draws, u32 *shards, i64 n, i64 nshards);
int lane_of(const Keys *, u32 draw, i64 shards, int nth_factor, i64 factor);

i64 size_of(const Producer *, u64 number); /* producer.c */
int look_ahead(Kernel *, Producer *, i64 end_ns);

int offer(Kernel *); /* offers.c: what all producers offer in the window */

/* write_limits.c: when the limits let records in, and which are dropped */
void write_limited(Shard *, const Kernel *, int any_large, Offered *, i64 n);

int make_log(Memory *, Log *, const Stream *); /* log.c */
int room_in_log(Kernel *, Stream *, Shard *, i64 more);
int append_to_lane(Memory *, LaneLog *, i64 place);

void strike_at_times(Stream *, i64 end_ns); /* poison.c */

void filter_record(const Stream *, const Producer *, const Offered *, const Log *, u64 at); /* filters.c */

int bring_in(Kernel *); /* stream.c: the records of the next window */

static inline u64 row(const Log *log, i64 place) { return (u64)place & log->mask; }

/* The bytes of the records between two places. */
static inline i64 bytes_between(const Log *log, i64 first, i64 end) {
  if (first == end) return 0;
  return (end == log->end ? log->bytes : log->rows[row(log, end)].bytes_before) - log->rows[row(log, first)].bytes_before;
}

static inline i64 bytes_of(const Log *log, i64 place) { return bytes_between(log, place, place + 1); }

/* Whether a record has been passed over by a reader. */
static inline int is_gone(const Reader *r, const Log *log, i64 place) {
  return r->any_gone && r->available[row(log, place)] == GONE;
}

#endif
