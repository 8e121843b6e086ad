/* The rules of docs/model.md in C: what simulator/traffic and simulator/model say, file by file.
 *
 * A run is a pure function of its plan (plan.c): no call leaves the kernel, and nothing transcendental is evaluated.
 * Times are nanoseconds from the start of the run. All memory is taken when a run is made or when records come in;
 * the loop over events takes none. Numbers in brackets are sections of docs/model.md. */
#ifndef KERNEL_H
#define KERNEL_H

#include <stddef.h>
#include <stdint.h>

typedef int64_t i64;
typedef uint64_t u64;
typedef int32_t i32;
typedef uint32_t u32;
typedef uint8_t u8;

/* A loop over records stays a function of its own: inlined into a large one it would be short of registers. */
#define LOOP __attribute__((noinline))

#define NS 1000000000LL /* in a second */
#define NEVER (1LL << 62)

enum status { RUNNING = 0, OVER = 1, REACHED = 2, ASKING = 3, BAD_PLAN = -1, NO_MEMORY = -2 };

/* memory.c */

typedef struct {
  void *free[48]; /* by power of two: blocks that were given back */
  u64 taken;      /* bytes */
  u64 most;       /* bytes that may be taken */
  int exhausted;  /* a block could not be had: the run must end */
} Memory;

void *take(Memory *, u64 bytes); /* zeroed */
void give_back(Memory *, void *, u64 bytes);

/* Blocks of one size that are not powers of two; `free`: a list of those that nobody has. What they hold is old. */
void *take_page(Memory *, void **free, u64 bytes);
void give_back_page(Memory *, void **free, void *page, u64 bytes);

/* A list of `had` things in a larger block, which has taken its place; without memory it is what it was. */
void *longer(Memory *, void *list, i64 had, i64 room, u64 size);

/* Room for what is needed: what there was, doubled as often as it takes; `least` where there was none. */
static inline i64 more_room(i64 room, i64 least, i64 needed) {
  if (!room) room = least;
  while (room < needed) room *= 2;
  return room;
}

/* draws.h, quantiles.h: see there */

enum kind_of_quantile { SAME = 0, BETWEEN = 1, AMONG = 2, TABULATED = 3 };

typedef struct {
  int kind;
  double low, high;    /* SAME: low; BETWEEN: both */
  const double *table; /* AMONG: the values; TABULATED: the nodes */
  i64 values;          /* AMONG: how many */
} Quantile;

/* rates.c, arrivals.c [2] */

enum kind_of_profile { NOTHING = 0, STEADY = 1, PIECES = 2, PERIODIC = 3, WAVE = 4 };
#define TERMS 6 /* of the polynomial of a wave's cell */

typedef struct {
  int kind;
  double rate;                         /* STEADY */
  const double *begins_s, *ends_s, *rates, *upto; /* PIECES, PERIODIC: those whose rate is not 0, see rates.py */
  double total;                                   /* of all of them; infinite if the last lasts */
  i64 pieces;
  double period, a_period;             /* PERIODIC, WAVE */
  double peak_at, cell_s;              /* WAVE */
  const double *begins, *cells, *terms; /* WAVE: cells + 1 sums in `cells`; terms by power, then cell */
  i64 ncells;
} Profile;

typedef struct {
  Profile profile;
  double origin; /* of the integral: at the start */
  i64 stop_ns;
  int poisson;
  u64 key;
  const double *exponential; /* the table of the unit exponential */
  i64 drawn;                 /* units so far */
  double last;               /* the last unit */
} Arrivals;

/* hashes.c [2] */

typedef struct {
  u64 high, low;
} Hash;

/* partition_keys.c [2, 6] */

enum kind_of_keys { UNIQUE = 0, ROUND_ROBIN = 1, UNIFORM = 2, WEIGHTED = 3 };

typedef struct {
  int kind;
  u64 key;
  i64 count;
  const u32 *kept;  /* WEIGHTED: the alias table */
  const u32 *alias;
  u32 *shard; /* of each key, but UNIQUE: the one that is open for it */
  u8 **lane;  /* by factor, of each key: its lane there */
  const Hash *hashes; /* of the keys, ascending, where shards change */
  const u32 *by_hash; /* the keys in this order */
} Keys;

/* producer.c [2] */

typedef struct {
  int stream, drop;
  Arrivals arrivals;
  Keys keys;
  Quantile size;
  u64 size_key;
  i64 largest;
  i64 produced;        /* records that have been taken */
  i64 *ahead;          /* production times of records that are not taken yet */
  i64 *in_order_ahead; /* the same before they were rounded: records of several producers are put in order by them */
  u32 *keys_ahead, *shards_ahead; /* and what is drawn of their keys, and the shards that they fall to */
  i64 first, end, room; /* of them */
  i64 due;              /* those before it are produced in the window */
  const u64 *poison;   /* keys of the draws, by kind of poison record of the stream */
  const u64 *filters;  /* keys of the draws, by filter of the stream */
  const u8 **passing;  /* by filter, of each key whether it passes; NULL: it is drawn */
} Producer;

/* write_limits.c [3] */

typedef struct {
  i64 full_ns;
  i64 ticks;
} Bucket;

/* offers.c: what producers offer to the shards of a stream in a window */

typedef struct {
  i64 produced_ns, let_in_ns, accepted_ns;
  u64 number; /* in its producer's order of production */
  u32 nth;    /* of the window, in its stream's order of production */
  u32 draw;   /* of its key */
  u32 shard, bytes;
  unsigned short producer, dropped;
} Offered;

#define MOST_FACTORS 9 /* from 2 to 10 */

/* log.c: the log of a shard, in pages of so many rows, column by column; a record is its place */

#define ROWS 128
#define CACHE_LINE 64 /* a page begins with one that is unused: else the same rows of all pages were in one another's way */

typedef struct {
  i64 produced, accepted, number; /* number: in its stream's order of production */
  i64 bytes_before;               /* of the records before it */
} Record;

/* Where a column begins in a page, in bytes; 0: there is none. */
typedef u32 Column;

/* The pages of the logs of a stream: one that is not needed any more is the next one that any shard gets. */
typedef struct {
  u32 bytes;     /* of a page */
  Column let_in; /* when the record limit let it in; of records that waited, where a run is measured or shards change */
  Column origin; /* where shards change: its producer, and what is drawn of its key */
  Column moved;  /* where shards change: the last of the stretches in which it waited for a shard that closed; 0: none */
  Column poison; /* by poisoned function of the stream, one after the other: `fails_after`, or infinite */
  Column passes; /* by filter of the stream: whether it lets the record pass; cells of a byte */
  void *free;    /* a list */
} Pages;

typedef struct {
  const Pages *of;
  i64 first, end; /* places that are kept */
  i64 bytes;      /* of all records so far */
  u8 **pages;     /* a ring */
  u64 mask;
  i64 first_page, end_page; /* those that are there */
} Log;

/* The records of a lane in order: an index in the lane has a place in the shard's log. */
typedef struct {
  i64 *place;
  u64 mask;
  i64 first, end;
} LaneLog;

typedef struct {
  Log log;
  Bucket records, bytes;
  i64 last_accepted; /* -NEVER: none */
  i64 struck;        /* the place up to which poison: at has looked */
  i64 calls_full_ns, opened_ns, read_bytes; /* read_limits.c [4] */
  LaneLog **lanes;   /* by factor, by lane */
  i64 due;           /* records before this place may be known: where shards change, those accepted in the window */
  i64 stated;        /* records before this place have been stated */
  i64 (*lane_begins)[10]; /* by factor, where shards change: the places of unique keys at which its lanes begin */
  i64 held, last_held; /* places: of the next record that waits at its producer, -1 without any; of the last one */
} Shard;

/* poison.c [7] */

typedef struct {
  int function;            /* among those that the stream may poison */
  double probability, fails_after;
} PoisonKind;

typedef struct {
  i64 at_ns;
  int function;
  double fails_after;
} PoisonTime;

/* facts.c: lists of rows of whole numbers */

typedef struct {
  i64 *words;
  i64 n, room; /* words */
} Facts;

/* shards.c [14]: what there is to say of a shard */

typedef struct {
  i64 parents[2], children[2]; /* -1: none */
  i64 opens_ns, closes_ns;     /* NEVER: it is open */
  i64 closed_by;               /* the request; -1: none */
  Hash first, last;
} Span;

/* requests.c, operations.c, resharding.c [14] */

enum asker { BY_FILE, BY_RULE, BY_ON_DEMAND };
enum wanted { SHARD_COUNT, A_SPLIT, A_MERGE };
enum refusal {
  NOT_REFUSED, AS_MANY, MORE_THAN_TWICE, LESS_THAN_HALF, TEN_IN_24_H, NOT_OPEN, NOT_SIDE_BY_SIDE, TOO_NARROW, AT_MAXIMUM
};

typedef struct {
  i64 at_ns, asker, wants, shards, other; /* shards: how many, or which one; other: to be merged with it */
  i64 part, bits;                         /* of a split: the lower child gets part / 2^bits of the range */
  i64 open_before, open_after, begun_ns, done_ns, refused; /* NEVER: not yet */
} Request;

typedef struct {
  i64 lower, upper; /* shards to be merged, or one to be split: upper -1; lower -1: there is no operation */
  Hash at;          /* where the upper child begins */
} Operation;
#define NO_OPERATION ((Operation){-1, -1, {0, 0}})

typedef struct {
  i64 same_ns; /* -1: it is drawn */
  Quantile drawn;
  u64 key;
} Lasting;

/* scaling.c [15] */

enum metric { BY_USE, BY_RECORDS, BY_BYTES };

typedef struct {
  int there;
  double bound, factor;
  i64 period_ns, points, of, by, cooldown_ns; /* by: so many more, or fewer, in place of the factor; 0: none */
  i64 period;                                 /* the last one that it looks at when it decides next */
} Direction;

typedef struct {
  int there, metric;
  i64 minimum, maximum, delay_ns;
  Direction up, down;
  i64 *records, *bytes; /* accepted, by minute */
  i64 minutes_room;
} Rule;

/* on_demand.c [15] */

typedef struct {
  i64 records, bytes; /* accepted in this minute */
  i64 splits_ns;      /* NEVER: it is not marked */
  i64 request, times; /* times: how often it has been marked */
} Mark;

typedef struct {
  double above; /* of a minute's limit, times 60 */
  Lasting delay;
  i64 maximum, minute_ns, marked; /* when this minute began; how many are marked */
  Mark *marks;                    /* by shard */
} OnDemand;

enum kind_of_changes { REQUESTS = 1, ON_DEMAND_MODE = 2 };

typedef struct {
  int kind;
  Request *requests; /* those of the file, and then others */
  i64 nrequests, requests_room, in_file, next_in_file;
  Lasting begin, each;
  i64 begun, done; /* requests and operations */
  i64 at_work, here; /* the request, and what is done of it */
  Operation operation; /* that is at work */
  i64 due_ns, free_ns, changed_ns; /* when it is done; since when no request is at work; when the last one was done */
  Rule rule;
  OnDemand mode;
} Changes;

/* shard_map.c [14]: where an open shard begins, in the order of hashes */

typedef struct {
  i64 begins, shard;
} OpenShard;

/* moved.c [14]: a stretch of time in which a record waited for the byte limit of a shard that closed */

typedef struct {
  i64 begin_ns, end_ns, before; /* the one before it; of one that is free, the next free one */
} ByteWait;

/* stream.c */

typedef struct {
  Pages pages;
  Facts written; /* a row for each record that producers offered: see state_written */
  Facts accepted, waiting, moved; /* where shards change: those accepted; those that wait; stretches of waiting */
  i64 nshards, shards_room;
  Shard *shards;
  Span *spans;      /* by shard */
  Changes *changes; /* NULL: its shards never change */
  i64 *open;        /* the open shards, in order of hash */
  i64 nopen;
  i64 first_live; /* shards before it are closed, finished for all, and nothing of them is kept */
  int is_reshaped, map_is_old; /* shards are not equal; see shard_map.c */
  OpenShard *places;           /* of the open ones, and an end */
  ByteWait *byte_waits;
  i64 nbyte_waits, byte_waits_room, free_wait;
  i64 *kept; /* by shard: the first place, for the host */
  i64 retention_ns, largest; /* largest: bytes of a record */
  int nfactors, any_large, any_drop;
  const i64 *factors; /* above 1 */
  int npoisoned;      /* functions */
  int nfilters;
  const double *filters; /* the part that each lets pass, where it is drawn [17] */
  int nkinds;
  PoisonKind *kinds;
  i64 ntimes;
  PoisonTime *times; /* ascending; those in the past are gone */
  i64 produced;       /* records before the window */
  Offered *offered;   /* the window's records, by shard */
  i64 *in_order;      /* and when they are produced, in that order; NEVER + place: it is not accepted at once */
  i64 noffered, offered_room;
  i64 *ends;          /* by shard: where its part of them ends */
  int nreaders; /* mappings that read it */
} Stream;

/* clock.c [10] */

enum what { FINISH = 3, POLL = 4, ANSWER = 5, LANE = 6, EXPIRY = 7, END = 8, SWITCH = 2 };

typedef struct {
  i64 time;
  u64 order;
} Event;

typedef struct {
  Event *heap;
  i64 n, room;
  i64 now;
} Clock;

/* measures/ [8] */

#include "measures/measured.h"

/* environments.c, function.c [6, 7] */

enum environment { ON_DEMAND = 0, PROVISIONED = 1, COLD = 2 };
enum failure { NONE = 0, POISON = 1, OUTAGE = 2, RANDOM_ERRORS = 3, TIMEOUTS = 4 };
enum lack { NOTHING_LACKS = 0, CONCURRENCY = 1, INVOCATION_RATE = 2, SCALING_RATE = 3 };
enum outcome { OK = 0, ERROR = 1, TIMEOUT = 2, PARTIAL = 3 };

typedef struct {
  i64 time;
  i64 use;
} Used;

typedef struct {
  i64 idle_timeout_ns, new_full_ns, uses, unused_provisioned;
  Used *idle; /* a ring */
  u64 mask;
  i64 first, end;
  Used *provisioned; /* a stack */
  i64 nprovisioned;
} Environments;

enum kind_of_failure { RANDOM = 0, IN_OUTAGE = 1, SLOW = 2 };

typedef struct {
  int kind;
  i64 from_ns, to_ns;
  double probability, fails_after, factor;
} FailureKind;

typedef struct {
  i64 units, taken;
  i64 ticks_a_ns; /* of the tokens' bucket; 0: no limit */
  Bucket tokens;
  Highest wanted; /* units in use, or missed by attempts that will ask again */
} Pool;

typedef struct {
  Pool *pool;
  Environments environments;
  i64 timeout_ns;
  Quantile per_batch, per_record, per_mib, cold_start;
  int nfailures;
  FailureKind *failures;
  int own;         /* it has a handler of its own, which the host calls */
  double measured; /* its attempts take the handler's own time, times this; 0: they do not */
} Function;

typedef struct {
  int environment, failure;
  i64 cold_ns, run_ns;
  int loses_environment;
} Run;

/* backoff.c [6] */

typedef struct {
  double initial_s, factor, maximum_s, jitter;
  u64 key;
} Backoff;

typedef struct {
  i64 waited, n; /* so often; the last time was the n-th in a row */
  double level_s;
} Waits;

/* lane.c, retries.c [6, 7] */

enum next { CUT = 0, BEGIN = 1, ASK = 2, AGAIN = 3, RETRY = 4, BUSY = 5 };

typedef struct {
  i64 low, high; /* indices in the lane's order of records */
  i64 cut_ns, throttled_ns;
} Part;

typedef struct {
  i32 reader;
  u8 number, next, awaits_answer, woken;
  i64 seen;      /* indices below have become available, or are gone */
  i64 cursor;    /* indices below have been taken by batches */
  i64 available; /* records between them */
  i64 idle_since_ns, looks_again_ns, turn_ns;
  Part part;     /* that is being tried; low == high: no batch */
  Part *later;   /* parts that wait for their turn, the last first */
  int nlater, full;
  i64 first_cut_ns, begun_ns, started_ns, finished_ns, throttled_ns;
  i64 tries, throttles, records, bytes, done; /* of the attempt; done: index */
  i64 first_number, nth;
  Waits retry_waits, throttle_waits;
  Run run;
  int outcome;
  Watch watch;
} Lane;

/* polling.c, push.c [4, 5] */

typedef struct {
  i64 comes_ns, first, end, bytes, left_behind, is_last;
} Answer;

typedef struct {
  i32 mapping, stream; /* mapping: or other reader, by its number */
  i64 shard;
  i64 left;    /* records that have come and not ended */
  i64 read_ns; /* when a child is read first, NEVER: not yet known; of a shard of the start: long ago */
  u8 is_started, is_done, is_read, is_finished; /* done: nothing more is polled or sent; read: to its end */
  Column available; /* in the shard's log: when; NEVER: not yet; GONE: never */
  Lane *lanes;
  LaneLog *lane_logs; /* by lane; NULL for a shard with one lane: its indices are the places */
  int any_gone;
  i64 place;      /* of the next record to be read */
  i64 known;      /* of the next record to be looked at when it comes */
  /* polling */
  i64 due_ns, planned_ns, polls, regular;
  i64 event_ns; /* when the event is due of the poller or the subscription; NEVER: none is */
  Answer *answers; /* a ring */
  u32 answers_room, first_answer, nanswers;
  /* push */
  i64 since_ns, until_ns; /* the open period */
  i32 period;             /* the next disabled one */
  i64 sent_ns, sent_ticks;
  i64 arriving; /* the next place to arrive */
  i64 end_arrives_ns; /* when the end of the shard does; NEVER: it is not sent yet */
  /* where a run is measured */
  Column busy_at, free_at; /* the lane's busy time at a record's acceptance, and free time when it became available */
  i64 expired;            /* unread records before this place have ended */
  i64 polled_ns;          /* when it polled last */
  i64 skipped;            /* records before this place are skipped */
  int polled, expiry_is_due;
} Reader;

#define GONE (-NEVER)
#define UNSENT PASSED_OVER(NEVER - 2) /* known, and not sent yet: its subscription has not opened */
#define PASSED_OVER(at_ns) (-1 - (at_ns)) /* it will be gone when its sending would begin, at at_ns; and back */

/* regular_poller.c [4] */

typedef struct {
  i64 interval_ns, limit;
  double jitter;
  u64 jitter_key;
  const i64 *first_ns; /* by shard of the start */
} Polls;

/* switch.c: what is disabled at times */

typedef struct {
  int enabled;
  i64 switches;        /* that have been */
  const i64 *disabled; /* begins and ends */
  i64 periods;
} Switch;

/* mapping.c [1] */

typedef struct {
  int push, function, stream, factor, nth_factor; /* nth_factor: among the stream's; -1 for 1 */
  int nth_filter;                                 /* among the stream's; -1: none */
  i64 batch_size, window_ns, overhead_ns, retry_attempts, record_age_ns;
  int bisect, partial, to_destination;
  int light; /* no batch comes near the limit of its payload */
  i64 position_ns;
  int inclusive;
  i64 starts_ns, discovery_ns;
  i64 passes_over_ns; /* shards that have closed by then are not read; -NEVER: all are */
  Switch power;
  /* polling */
  Polls polls;
  i64 latency_ns;
  double missed;
  int full_batch;
  u64 missed_key;
  /* push */
  i64 propagation_ns;
  i64 behind_ns; /* with a greater lag it is behind; only where a run is measured */
  Backoff retry, throttle;
  const u64 *keys; /* of the function's draws: per batch, per record, per MiB, cold start, failures */
  int poisoned;    /* the function's number among those that the stream may poison; -1: none */
  Reader *readers; /* by shard */
  Column available, busy_at, free_at; /* of its readers */
} Mapping;

/* other_reader.c [16] */

typedef struct {
  int stream;
  i64 starts_ns;
  Switch power;
  Polls polls;
  Reader *readers; /* by shard; they have no lanes */
} OtherReader;

/* retries.c: an attempt that waits for what the function's own handler makes of its batch; no time goes by */
typedef struct {
  Reader *reader;
  Lane *lane; /* NULL: none */
  i64 healthy, took_ns; /* so many records, the first ones, are done; the handler took so long */
  int timed_out, ends;  /* it was ended at the timeout; it has ended its process */
} Question;

/* facts.c: what a run states, as simulator/model/facts.py has it; each kind is a list of rows of whole numbers */

enum fact { ATTEMPT, THROTTLE, DOING, POLLED, READ_AGAIN, SENT, FINISHED, LOSS, PLACES, ASKED, KINDS };
enum doing {
  INVOKE_OVERHEAD, FOR_CONCURRENCY, FOR_INVOCATION_RATE, FOR_SCALING_RATE, IN_COLD_START, IN_FUNCTION, BY_POISON,
  BY_OUTAGE, BY_RANDOM_ERRORS, BY_TIMEOUTS, FOR_ANSWER, IDLE /* is never stated */
};
enum how { DROPPED, SENT_TO_DESTINATION, EXPIRED, FILTERED };

typedef struct {
  Memory memory;
  void *plan;
  i64 begin_ns, duration_ns, latest_ns, window_began_ns, window_ends_ns;
  int nstreams, nproducers, nfunctions, npools, nmappings, nothers;
  Stream *streams;
  Producer *producers;
  Function *functions;
  Pool *pools;
  Mapping *mappings;
  OtherReader *others; /* their numbers come after those of the mappings */
  Clock clock;
  i64 events; /* that may be due at once: room for them */
  Clock turns; /* of producers, by the times of their next records in the window */
  i64 left;
  int all_have_come, over;
  i64 until_ns; /* the host wants to hear of all before this time */
  int reached;  /* it has heard of it: what was written has been taken */
  Facts facts[KINDS];
  Measures *measures; /* of a whole run; else NULL, and facts are stated */
  int tells_attempts; /* in any case */
  Question asked;     /* what the host is asked, or has answered */
} Kernel;

#endif
