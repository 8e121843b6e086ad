/* What the files of the writing end offer each other. */
#ifndef TRAFFIC_H
#define TRAFFIC_H
#include "kernel.h"

void inverse_all(const Profile *, double origin, double *values, i64 n); /* rates.c */

#define DRAWN_AT_ONCE 64
/* arrivals.c: the next times, NEVER from where there are no more; and numbers in the order of the times not rounded */
void next_arrivals(Arrivals *, i64 *times_ns, i64 *in_order, i64 n);

void draw_keys(const Keys *, u64 number, u32 *draws, i64 n); /* partition_keys.c */
void find_shards(const Keys *, Stream *, const u32 *draws, u32 *shards, i64 n);
int lane_of(const Stream *, i64 shard, const Keys *, u32 draw, int nth_factor);

int hash_before(Hash, Hash); /* hashes.c */
Hash hash_plus(Hash, Hash);
Hash hash_minus(Hash, Hash);
Hash part_of_range(Hash first, Hash last, u64 number, i64 bits);
Hash lane_of_range(Hash first, Hash last, u32 lane, u32 lanes);
Hash boundary(u32 k, u32 m);
i64 place_of_hash(Hash);

i64 open_place(const Stream *, i64 shard); /* shard_map.c */
void find_open_shards(Stream *, const u32 *draws, u32 *shards, i64 n);
void replace_in_map(Kernel *, Stream *, i64 place, i64 parents, i64 children);
int is_above(const Stream *, i64 shard, const Keys *, u32 draw);

Operation split_of(const Stream *, i64 shard, u64 number, i64 bits); /* operations.c */
Operation merge_of(i64 lower, i64 upper);
Operation next_uniform(const Stream *, i64 shards, i64 *here);

i64 add_request(Kernel *, Changes *, Request); /* requests.c */
int why_refused(const Stream *, const Request *, i64 now_ns);
Operation next_operation(const Stream *, const Request *, i64 *here);

i64 lasts_ns(const Lasting *, u64 key, u64 number); /* resharding.c */
i64 next_resharding_ns(const Changes *);
int reshard(Kernel *, Stream *, i64 now_ns);

i64 rule_decides_ns(const Rule *); /* scaling.c */
i64 minute_ends_ns(i64 time_ns);
int count_for_rule(Kernel *, Rule *, i64 time_ns, i64 records, i64 bytes);
i64 rule_asks(Rule *, i64 now_ns, i64 open, i64 changed_ns);

i64 next_on_demand_ns(const Stream *); /* on_demand.c */
void count_on_demand(OnDemand *, i64 shard, i64 records, i64 bytes);
int change_on_demand(Kernel *, Stream *, i64 now_ns);

int make_shard(Kernel *, Stream *, i64 number, Span); /* shards.c */
int carry_out(Kernel *, Stream *, const Operation *, i64 request, i64 now_ns);
i64 next_change_ns(const Stream *);
int reshape(Kernel *, Stream *);

int move_waiting(Kernel *, Stream *, const i64 *parents, i64 n, i64 now_ns); /* moved.c */

i64 size_of(const Producer *, u64 number); /* producer.c */
int look_ahead(Kernel *, Producer *, i64 end_ns);

int offer(Kernel *); /* offers.c: what all producers offer in the window */

/* write_limits.c: when the limits let records in, and which are dropped */
void write_limited(Shard *, const Kernel *, int any_large, Offered *, i64 n);
void write_waiting(Shard *, int any_large, i64 since_ns, i64 bytes, i64 *let_in_ns, i64 *accepted_ns);

Column add_column(Pages *, u64 bytes); /* log.c */
void lay_out_pages(const Kernel *, Stream *);
int room_in_log(Kernel *, Stream *, Shard *, i64 more);
void forget_before(Kernel *, Stream *, Log *, i64 first);
void fill(const Log *, Column, i64 first, i64 end, i64 value); /* the cells of neighbours */
int append_to_lane(Memory *, LaneLog *, i64 place);

void strike_at_times(Stream *, i64 end_ns); /* poison.c */

void filter_record(const Stream *, const Producer *, const Offered *, const Log *, i64 place); /* filters.c */

int bring_in(Kernel *); /* stream.c: the records of the next window */

/* What a log keeps of the record at a place. */
static inline u8 *page_of(const Log *log, i64 place) { return log->pages[(u64)place / ROWS & log->mask]; }
static inline Record *record_at(const Log *log, i64 place) {
  return (Record *)(page_of(log, place) + CACHE_LINE) + place % ROWS;
}
static inline i64 *cell(const Log *log, Column column, i64 place) {
  return (i64 *)(page_of(log, place) + column) + place % ROWS;
}
static inline i64 rows_in_page(i64 place, i64 end) { /* from a place on, up to another one */
  i64 n = ROWS - place % ROWS;
  return n < end - place ? n : end - place;
}
static inline double *fails_after(const Log *log, int function, i64 place) {
  return (double *)(page_of(log, place) + log->of->poison) + function * ROWS + place % ROWS;
}
static inline u8 *passes_by(const Log *log, int filter, i64 place) {
  return page_of(log, place) + log->of->passes + filter * ROWS + place % ROWS;
}

/* The place behind the records of a shard that may be known. */
static inline i64 due_in(const Stream *stream, const Shard *shard) { return stream->changes ? shard->due : shard->log.end; }

/* The bytes of the records between two places. */
static inline i64 bytes_between(const Log *log, i64 first, i64 end) {
  if (first == end) return 0;
  return (end == log->end ? log->bytes : record_at(log, end)->bytes_before) - record_at(log, first)->bytes_before;
}

static inline i64 bytes_of(const Log *log, i64 place) { return bytes_between(log, place, place + 1); }

/* Whether a record has been passed over by a reader. */
static inline int is_gone(const Reader *r, const Log *log, i64 place) {
  return r->any_gone && *cell(log, r->available, place) == GONE;
}

#endif
