/* What the files of the measures offer each other, and the rules: see simulator/measures, whose names they have.
 *
 * The rules call these when something happens, in the order in which it happens; nothing here changes a run. All that
 * is added up is linear in time, so of what happens at one instant the order does not matter; of levels and ages, whose
 * peaks are wanted, only the sum of an instant is seen. */
#ifndef MEASURES_H
#define MEASURES_H
#include "../model.h"
#include "../measuring.h"
#include "../traffic.h"

#define A_MINUTE_NS (60 * NS)

static inline i64 least(i64 a, i64 b) { return a < b ? a : b; }
static inline i64 greatest(i64 a, i64 b) { return a > b ? a : b; }

/* grid.c: rows of time; row 0 is what is before t = 0 */
void look_up_row(Grid *, i64 time_ns);
static inline i64 row_at(Grid *grid, i64 time_ns) {
  if (time_ns < grid->begins_ns || time_ns >= grid->ends_ns) look_up_row(grid, time_ns);
  return grid->row;
}

static inline MappingRow *mapping_row(const MappingMeasures *mine, i64 row) {
  return &mine->rows[row / ROWS_A_PIECE][row % ROWS_A_PIECE];
}

/* level.c */
void make_level(Level *, i64 interval_ns);
void change_level(Level *, i64 time_ns, i64 by);
void end_level(Level *, i64 end_ns);
static inline void end_highest(Highest *highest) {
  highest->totals.peak = greatest(highest->totals.peak, highest->totals.now);
}
static inline void change_highest(Highest *highest, i64 time_ns, i64 by) { /* of what is before t = 0 nothing counts */
  if (time_ns > highest->changed_ns && time_ns > 0) end_highest(highest);
  highest->changed_ns = time_ns;
  highest->totals.now += by;
}

/* eighths.c */
void make_eighths(Measures *, i64 duration_ns);
i64 eighth_at(const Measures *, i64 time_ns); /* what comes before the first or after the last belongs to it */
void turn_to_eighth(const Kernel *, MappingMeasures *, i64 time_ns);
void end_eighths(MappingMeasures *); /* all that is to be processed has been */

/* histogram.c, row_percentiles.c */
void add_to_histogram(Histogram *, i64 value_ns);
int make_row_percentiles(Memory *, RowPercentiles *);
void turn_to_row(RowPercentiles *, const MappingMeasures *, int which, Grid *, i64 time_ns);
void end_row_percentiles(RowPercentiles *, const MappingMeasures *, int which, Grid *, i64 end_ns);
static inline void widen_row(RowCounts *open, int low, int high) {
  if (low < open->low) open->low = low;
  if (high > open->high) open->high = high;
}

static inline void count_in_row(RowPercentiles *p, int bucket) {
  p->open.counts[bucket]++;
  widen_row(&p->open, bucket, bucket);
}

/* stream.c, by_shard.c: the writing end */
int make_stream_measures(Kernel *, Stream *);
int longer_stream(Kernel *, const Stream *, i64 had, i64 room);
void accept_before(Kernel *, Stream *, i64 time_ns); /* what is accepted before a time is counted */
void turn_to_second(ShardMeasures *, i64 produced_ns);
void count_call(Kernel *, const Reader *); /* one is wanted, now */
void count_load(StreamMeasures *, i64 accepted_ns, i64 shard, i64 records);
void end_load(StreamMeasures *, i64 end_ns);
void end_stream(Kernel *, Stream *, i64 end_ns);

/* backlog.c */
void backlog_to(Kernel *, int mapping, i64 time_ns);
i64 next_boundary(const Kernel *, const Stream *, i64 time_ns);
void end_in_backlog(Kernel *, int mapping, i64 time_ns, i64 records);
void end_backlog(Kernel *, int mapping, i64 end_ns);

/* lag.c */
int make_lag(Kernel *, Lag *, i64 lanes, i64 limit_ns);
int longer_lag(Kernel *, Lag *, i64 lanes);
int put_oldest(Lag *, i64 leaf, i64 born_ns); /* whether the oldest of all is another one */
i64 first_left(Kernel *, const Reader *, const Lane *);
void behind_to(Kernel *, int mapping, i64 time_ns); /* it is known when it was behind, up to a time */
void end_lag(Kernel *, int mapping, i64 end_ns);

/* lanes.c, passes.c */
int phase_of(const Kernel *, const Reader *, const Watch *);
void follow(Kernel *, Reader *, Lane *, i64 time_ns);
void pass_accepted(Kernel *, Reader *, Lane *, i64 until_ns);
void pass_sent(Kernel *, Reader *, Lane *, i64 until_ns);
void end_lanes(Kernel *, int mapping, i64 end_ns);

/* waiting.c */
int why(const Mapping *, int polled, int doing, int phase, int class);
void move(Kernel *, int mapping, int before, int after, i64 time_ns, i64 records);
void move_several(Kernel *, int mapping, int before, int after, Sum left, i64 records);
void wait_to_write(Kernel *, int mapping, i64 produced_ns, i64 let_in_ns, i64 accepted_ns);
void wait_for_closed(Kernel *, const Stream *, int mapping, i64 number);

/* times.c */
void end_waiting(Kernel *, Reader *, Lane *, i64 time_ns, i64 records);
void end_times(Kernel *, int mapping, i64 end_ns);

/* parts.c, attempts.c */
void measure_processed(Kernel *, Reader *, Lane *);
i64 last_accepted(Kernel *, const Reader *, const Lane *);
void misses_a_unit(Kernel *, const Reader *, Lane *, int misses);

/* episodes.c */
void finished_in_episode(Kernel *, const Reader *, const Lane *, i64 done);
void lost_in_episode(Kernel *, int mapping, int how, i64 time_ns, i64 records);
void end_episodes(Kernel *, int mapping, i64 end_ns);

/* last_quarter.c */
i64 quarter_begins_ns(const Kernel *);
void lost_in_quarter(Kernel *, int mapping, int how, int failure, i64 time_ns, i64 records);
void moved_in_quarter(const Kernel *, Lane *, i64 time_ns);
void close_quarter(Kernel *);

/* lane_work.c */
LaneMeasures *of_lane(Kernel *, const Reader *, const Lane *);
void measure_work(Kernel *, const Reader *, const Lane *, i64 done);

/* set_aside.c: records that do not pass the mapping's filter */
void begin_to_set_aside(const Kernel *, const Reader *, const Lane *);
void note_edge(Kernel *, const Reader *, const Lane *, i64 time_ns, int is_poll);
void expire_set_aside(Kernel *, Reader *, Lane *, i64 place, i64 time_ns);
void leave_set_aside(Kernel *, Reader *, Lane *, i64 place, i64 end_ns); /* it is left when the run ends */
void end_set_aside(Kernel *, const Reader *, const Lane *);
static inline int is_set_aside(const Mapping *m, const Log *log, i64 place) {
  return m->nth_filter >= 0 && !*passes_by(log, m->nth_filter, place);
}

/* other_readers.c */
int make_other_measures(Kernel *, int other);
int longer_other(Kernel *, int other, i64 had, i64 room);
void expire_for_other(Kernel *, Reader *, i64 time_ns);
void expect_expiry_for_other(Kernel *, Reader *);
void end_other(Kernel *, int other, i64 end_ns);

/* silent_lanes.c, ages.c */
i64 first_that_passes(Kernel *, const Reader *, const Lane *); /* of those that are left */
void take_age(Kernel *, int mapping, i64 time_ns, i64 age_ns);

/* How many records, from an index on and up to another one, are neighbours in a page. */
static inline i64 neighbours(const Reader *r, i64 index, i64 end) {
  return r->lane_logs ? 1 : rows_in_page(index, end);
}

/* Whether nothing that happened so far has returned or sent a record, and it is not one that will be sent. */
static inline int is_unread(Kernel *k, const Reader *r, i64 place) {
  if (!k->mappings[r->mapping].push || place >= r->known) return place >= r->place;
  i64 available = *cell(&shard_read(k, r)->log, r->available, place);
  return available < 0 && available != GONE;
}

/* Whether a record has ended unread, or will be skipped. (Of those that have not been read nothing else is known.) */
static inline int has_expired(Kernel *k, const Reader *r, i64 place) {
  const Log *log = &shard_read(k, r)->log;
  if (place >= r->known) return is_skipped(&k->mappings[r->mapping], record_at(log, place)->accepted);
  if (is_unread(k, r, place)) return place < r->expired;
  return is_gone(r, log, place);
}

#endif
