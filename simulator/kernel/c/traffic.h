/* What the files of the writing end offer each other. */
#ifndef TRAFFIC_H
#define TRAFFIC_H
#include "kernel.h"

double inverse(const Profile *, double expected, double error); /* rates.c: seconds */

i64 next_arrival(Arrivals *); /* arrivals.c: NEVER when there are no more */

u32 draw_key(const Keys *, u64 number);                       /* partition_keys.c */
i64 shard_of(const Keys *, u32 draw, i64 shards);
int lane_of(const Keys *, u32 draw, i64 shards, int nth_factor, i64 factor);

i64 size_of(const Producer *, u64 number); /* producer.c */
int look_ahead(Kernel *, Producer *, i64 end_ns);

/* write_limits.c: when the limits let a record in; 0 when it is dropped */
int write_record(Shard *, i64 produced_ns, i64 bytes, int any_large, int drop, i64 *let_in_ns, i64 *accepted_ns);

int make_log(Memory *, Log *, const Stream *); /* log.c */
int append(Kernel *, Stream *, Shard *);       /* room for one more row */
int append_to_lane(Memory *, LaneLog *, i64 place);

void strike_at_times(Stream *, i64 end_ns); /* poison.c */

int bring_in(Kernel *); /* stream.c: the records of the next window */

static inline u64 row(const Log *log, i64 place) { return (u64)place & log->mask; }

/* Whether a record has been passed over by a reader. */
static inline int is_gone(const Reader *r, const Log *log, i64 place) {
  return r->any_gone && r->available[row(log, place)] == GONE;
}

#endif
