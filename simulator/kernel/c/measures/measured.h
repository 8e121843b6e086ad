/* What is measured of a run. The structs of the first part are handed out as they are: words of eight bytes each, read
 * by simulator/kernel/blocks.py, which names their fields in the same order (docs/kernel.md). */
#ifndef MEASURED_H
#define MEASURED_H

#define NO_PEAK (-1) /* of a row that has none */
#define LOAD_ROWS 120
#define ROWS_A_PIECE 256 /* of a mapping: they are large, and a run may have a hundred thousand */
#define PARTS 9
#define CAUSES 25
#define EIGHTHS 8
#define BUCKETS (50 * 256 + 1) /* of a histogram: eight bits of mantissa from 2^10 to 2^60 ns */

enum part { WRITE_WAIT, PARENT_WAIT, PICKUP, QUEUEING, BATCHING, THROTTLED, RETRYING, COLD_STARTING, PROCESSING };
enum cause {
  WRITE_RECORDS, WRITE_BYTES, STARTING, IS_DISABLED, PARENTS, READ_CALLS, READ_BYTES, IS_HELD, ANSWER_LIMIT,
  POLL_INTERVAL, READ_LATENCY, PUSH_BYTES, PROPAGATION, BATCHING_WINDOW, DOING_CAUSES, BY_PROCESSING = 19,
  BY_FUNCTION = 20, NOTHING_WAITS = CAUSES
};

typedef struct {
  i64 high, low; /* high * 2^30 + low */
} Sum;

/* The integral of a number over a row: what the changes in it add up to by its end, and their sum. */
typedef struct {
  Sum integral;
  i64 changes;
} Cell;

typedef struct {
  i64 peak;
  Cell cell;
} LevelRow;

typedef struct {
  i64 produced, accepted, accepted_bytes, throttled;
} StreamRow;

typedef struct {
  i64 produced, dropped, throttled, put_units, kib;
  i64 load_interval_ns, load_rows, load_stride; /* stride: rows have room for so many shards */
  i64 dropped_by_eighth[EIGHTHS];
} StreamTotals;

typedef struct {
  i64 offered, offered_bytes, records, bytes, throttled, busiest_records, busiest_bytes;
  i64 second_ends_ns, records_before, bytes_before; /* of the second that goes on; offered before it */
  i64 busiest_calls, calls, calls_second_ends_ns;   /* of all who poll it: calls in the second that goes on */
  i64 waiting; /* records that wait at their producers */
} ShardMeasures;

typedef struct {
  i64 now, peak;
} LevelTotals;

typedef struct {
  i64 attempts, errors, throttles, processed, done_again, dropped, sent_to_destination, expired, filtered;
  i64 age_peak_ns, latency_peak_ns, backlog_peak, backlog_changes, lag_peak_ns;
  double latency_ns[2], age_ns[2]; /* the percentiles 50 and 99; not a number: none */
  Sum parts[PARTS];
  Cell waiting[CAUSES];
  Cell filtered_waiting; /* of accepted records that came to be filtered: they wait for no cause */
} MappingRow;

/* A row of the usual interval. */
typedef struct {
  i64 age_peak_ns;
} UsualRow;

typedef struct {
  i64 attempts, errors, timeouts, partial, throttles, cold_starts;
  i64 processed, skipped, dropped, sent_to_destination, expired, filtered, unprocessed; /* how records ended */
  i64 backlog, backlog_peak, last_end_ns; /* -1: none has ended */
  i64 lag_ns[2];                          /* at the times asked for */
  i64 oldest_ns;                          /* when the oldest record that is left was produced; NEVER: none is left */
  i64 waiting_lanes, stuck_lanes, lost, lost_as[3]; /* see last_quarter.py; lost_as: by enum how */
  i64 nfailures, failures[4], by_failure[5]; /* causes of failure in order of the first loss; records, by enum failure */
  i64 unserved;                              /* records lost, without the warm-up's */
  i64 warm_records, billed_on_demand_ms, billed_provisioned_ms;
  i64 full_records, all_records; /* see lane_work.py */
  Sum full, all;
  Sum parts[PARTS];  /* of warm records */
  Sum lived, stayed; /* by all records: from production to end, from acceptance to end */
  Sum skipped_wait;  /* at their producers, by those that are skipped */
  Sum filtered_lived; /* from production to end, by those that are filtered: `lived` is by the others */
} MappingTotals;

typedef struct {
  i64 processed, age_peak_ns, calls, refused, skipped, bytes, finished_ns; /* NEVER: it is not finished */
} ReaderMeasures;

/* Of another reader: by row of time, and by shard. */
typedef struct {
  i64 calls, refused, skipped, records, bytes, lag_peak_ns;
} OtherRow;

typedef struct {
  i64 calls, refused, skipped, bytes;
} OtherReads;

/* Of a lane: how long it had a batch in hand, and was in attempts that processed records; records not skipped. */
typedef struct {
  i64 busy_ns, worked_ns, accepted, processed;
} LaneMeasures;

/* By size of the batch: records that attempts did not process; the same, each times its attempt's billed time. */
typedef struct {
  i64 records;
  Sum on_demand, provisioned;
} Wasted;

typedef struct {
  i64 n, least_ns, greatest_ns;
  Sum sum;
  i64 counts[BUCKETS];
} Histogram;

/* By eighth of the traffic after the warm-up, of the records that ended in it: lost ones, latencies, ages of those left. */
typedef struct {
  i64 lost[EIGHTHS], counts[EIGHTHS][BUCKETS];
} Eighths;

/* A stretch of time in which a mapping was behind, and what happened in it: see episodes.py. */
typedef struct {
  i64 begin_ns, end_ns, peak_ns, delayed, done_again, lost, sent_to_destination, first_loss_ns; /* NEVER: no loss */
} Episode;

/* From here on: what is only needed while a run goes on. */

/* A number in time of which only the greatest value is wanted, fed like a level. */
typedef struct {
  LevelTotals totals;
  i64 changed_ns; /* last */
} Highest;

typedef struct {
  i64 interval_ns, begins_ns, ends_ns, row; /* the row that was looked up last */
} Grid;

/* A number in time, 0 at first, fed in order of time: see level.py. */
typedef struct {
  LevelTotals totals;
  Grid grid;
  i64 changed_ns; /* last */
  i64 row_peak;
  LevelRow *rows;
} Level;

typedef struct {
  i64 row, n, low, high; /* the buckets that are not empty; row -1: none */
  i64 *counts;
} RowCounts;

/* The histogram of the row that goes on, and the one before it while it may still turn out to be the last of the run:
 * the very end of a run belongs to its last row. */
typedef struct {
  RowCounts before, open;
  i64 *all; /* of all rows that are closed; NULL: not wanted */
} RowPercentiles;

/* Records that wait at their producers, and those of a window that need not: see accept_before. */
typedef struct {
  i64 produced_ns;
  i64 shard;
} Held;

typedef struct {
  i64 *times; /* of records that are accepted when they are produced, ascending */
  i64 ntimes, next_time, times_room;
  Held *held; /* the others, in order of production */
  i64 nheld, next_held, held_room;
  Clock waiting;   /* shards, by their next acceptance of a record that has waited */
  i64 count;       /* records accepted so far */
  i64 boundary_ns; /* the next time at which somebody wants to know the count */
} AcceptedRecords;

typedef struct {
  StreamTotals totals;
  Grid produced, accepted, load_grid;
  StreamRow *rows;
  ShardMeasures *shards;
  Level unwritten;
  i64 *load; /* by row and shard: 2 * LOAD_ROWS rows, and one for what comes at the very end of them */
  AcceptedRecords arrivals;
} StreamMeasures;

typedef struct {
  i64 counted, from_ns; /* of the stream's arrivals; those before `from_ns` are skipped */
  int counts;           /* they are not skipped any more */
  Grid grid;
  i64 changed_ns, row_peak;
} Backlog;

typedef struct {
  i64 leaves, since_ns, limit_ns;
  i64 *oldest; /* a tree of the lanes' oldest records: a node is the less of its children */
  i64 asked_ns[2];
} Lag;

enum class { UNSEEN, SEEN, CALLED_FOR, AVAILABLE, CLASSES };
enum phase { BEFORE_START, ENABLED, PHASE_DISABLED, BEHIND_PARENTS };

typedef struct {
  i64 ends_ns;
  int phase;
} Phase;

/* What a lane does from a time on, or that its shard is polled then; see set_aside.c. */
typedef struct {
  i64 time_ns;
  u8 doing, phase, polled, is_poll;
  i64 more[CLASSES]; /* of the records that have returned: so many more have lived through it than through the one before */
} Edge;

typedef struct {
  Edge *edges; /* a ring */
  u64 mask;
  i64 first, end;
  Edge before;        /* what it does before the first of them */
  i64 over[CLASSES];  /* records that have lived through the one before the first */
  i64 later[CLASSES]; /* so many more are to live through the next one that comes */
} SetAside;

/* What a lane does, and how many of its records wait in which class: see lanes.py, passes.py. */
typedef struct {
  i64 since_ns;          /* it has been followed up to here */
  i64 busy_ns, free_ns;  /* so long was it busy; idle while the mapping was not disabled */
  i64 then_ns;           /* when it does `then`; NEVER: nothing is known */
  i64 accepted, sent;    /* indices below have been accepted; have left by push, or never will */
  i64 records[CLASSES];
  i64 busy_at_cut_ns, free_at_cut_ns; /* of its batch */
  i64 heard; /* the number of the minute in which an attempt ended last; -1: none has */
  u32 phase; /* its number in the mapping's phases */
  SetAside *aside; /* only where the mapping has a filter */
  u8 doing, then, waits, moves; /* waits: its shard for the end of its parents; moves: a record ended in the last quarter of the traffic */
  u8 misses; /* a unit of concurrency: it was refused for want of one, and has not asked again */
} Watch;

/* What has happened at one instant, see Episode. */
typedef struct {
  i64 at_ns, delayed, done_again, lost, sent_to_destination;
} AtInstant;

typedef struct {
  MappingTotals totals;
  MappingRow **rows; /* in pieces */
  UsualRow *usual;
  ReaderMeasures *readers;
  Wasted *wasted;
  LaneMeasures *lanes;
  Cell *usual_waiting; /* by usual row and cause; NULL: the usual rows are the rows */
  i64 noticed;   /* expired records, by now */
  Histogram latency, age, age_at_send, left, cold; /* cold: latencies of records accepted before the end of the warm-up */
  Eighths eighths;
  i64 eighth;           /* that goes on */
  i64 earlier[BUCKETS]; /* latencies of the eighths that are over */
  RowPercentiles latency_rows, age_rows;
  Backlog backlog;
  Lag lag;
  Phase *phases;
  Episode *episodes;
  i64 nepisodes, episodes_room;
  AtInstant instant;
} MappingMeasures;

typedef struct {
  OtherRow *rows;
  OtherReads *reads; /* by shard */
  Lag lag;
} OtherMeasures;

typedef struct {
  i64 interval_ns, usual_ns, warmup_ns, load_interval_ns;
  i64 eighth_ends_ns[EIGHTHS]; /* NEVER: that of the last */
  Grid grid, usual; /* of what happens now */
  i64 rows, usual_rows; /* there is room for so many */
  i64 pieces;           /* of rows, that each mapping has */
  i64 minute_ns;        /* the end of the minute that goes on */
  i64 looks_ns;         /* the next time at which lanes are looked at: see look_at_lanes */
  int quarter_is_over;
  Clock expiries;       /* of readers: when the next unread record may end */
  StreamMeasures *streams;
  Level *functions;
  MappingMeasures *mappings;
  OtherMeasures *others;
} Measures;

#endif
