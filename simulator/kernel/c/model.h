/* What the files of the reading end offer each other. */
#ifndef MODEL_H
#define MODEL_H
#include "kernel.h"

/* clock.c */
static inline u64 order(int what, i64 mapping, i64 shard, i64 lane) {
  return (((u64)what << 20 | (u64)mapping) << 32 | (u64)shard) << 4 | (u64)lane;
}
static inline int what_of(u64 order) { return (int)(order >> 56); }
static inline int number_of(u64 order) { return (int)(order >> 36 & 0xFFFFF); }
static inline i64 shard_of(u64 order) { return (i64)(order >> 4 & 0xFFFFFFFF); }
void due(Clock *, i64 time_ns, u64 order);
Event next_event(Clock *);

/* read_limits.c */
int admit_call(Shard *, i64 now_ns); /* enum poll_result: CALLED, NO_CALL or NO_BYTES */
int take_call(Shard *, i64 now_ns);
void read_bytes(Shard *, i64 now_ns, i64 bytes);
enum poll_result { CALLED, MISSED, HELD, DISABLED, NO_CALL, NO_BYTES };

/* environments.c */
int any_environment(Environments *, i64 now_ns);
int acquire(Environments *, i64 now_ns);
void release(Environments *, int environment, i64 now_ns);
void lose_environment(Environments *, int environment);

/* invocation_rate.c */
int any_token(const Pool *, i64 now_ns);
void take_token(Pool *, i64 now_ns);

/* function.c */
int lacks(Function *, i64 now_ns);
void admit(Function *, const Mapping *, Lane *, i64 now_ns, double poison_after, const Question *answer);
void give_back_unit(Function *, const Run *, i64 now_ns);

/* backoff.c: the n-th wait in a row, the lane's wait number `waited` */
i64 wait_ns(const Backoff *, const Reader *, const Lane *, Waits *, i64 n);

/* lane.c */
#define PAYLOAD_LIMIT (6LL << 20)
static inline i64 payload_of(i64 bytes) { return 532 + 4 * ((bytes + 2) / 3); }
static inline i64 place_of(const Reader *r, const Lane *lane, i64 index) {
  return r->lane_logs ? r->lane_logs[lane->number].place[(u64)index & r->lane_logs[lane->number].mask] : index;
}
i64 known_to_lane(const Kernel *, const Reader *, const Lane *); /* index behind the last record of its shard */
void wake(Kernel *, Reader *, Lane *);
void let_go(Kernel *, Reader *, Lane *);
void arrived(Kernel *, Reader *, i64 first, i64 end); /* records between two places have become available, or are gone */
void look(Kernel *, Reader *, Lane *);     /* the lane's turn */

/* retries.c */
void begin_batch(Kernel *, Reader *, Lane *);
void go_on(Kernel *, Reader *, Lane *); /* the lane's turn, with a batch */
void finished(Kernel *, Reader *, Lane *);
void take_answer(Kernel *); /* the host has answered: the attempt goes on */

/* switch.c */
void begin_switching(Kernel *, Switch *, int number);
void switch_now(Kernel *, Switch *, int number);

/* regular_poller.c */
void plan_poll(const Polls *, Reader *, i64 due_ns); /* the next one is due at a time; it is made a little later */
void go_on_polling(const Polls *, Reader *);         /* a poll is made, or skipped: the next one */
void see_to_polls(Kernel *, Reader *);

/* other_reader.c */
void read_for_other(Kernel *, Reader *);

/* shard_iterator.c, polling.c */
void poll_turn(Kernel *, Reader *);
void answered(Kernel *, Reader *);
void ask(Kernel *, Reader *, Lane *);
void read_again(Kernel *, Reader *, i64 bytes);
Answer no_records(Kernel *, const Reader *);
Answer get_records(Kernel *, Reader *, i64 limit);
void pass_over(Kernel *, Reader *, i64 gone);
void start_polling(Kernel *, const Polls *, Reader *, i64 first_ns);

/* sending.c, push.c */
void start_pushing(Kernel *, Reader *, i64 opens_ns);
void end_subscription(Kernel *, Reader *); /* its shard closes */
int send_from(Kernel *, Reader *, i64 first); /* all that it knows, from a place on */
void pushed(Kernel *, Reader *);
void expire_pushed(Kernel *, Reader *);
void next_arrival_of(Kernel *, Reader *);

/* lineage.c */
void start_reading(Kernel *, Reader *, i64 at_ns);
void read_to_end(Kernel *, Reader *);
void ended_in_shard(Kernel *, Reader *, i64 records);
void begin_to_read(Kernel *, int number);
int meet_shard(Kernel *, Stream *, i64 number);

/* readers.c */
i64 most_answers(const Mapping *);
int make_reader(Kernel *, int number, i64 shard);
int room_for_events(Kernel *);

/* mapping.c, left.c */
int is_skipped(const Mapping *, i64 accepted_ns);
i64 first_unskipped(const Log *, i64 from, i64 end, i64 position_ns, int inclusive);
void end_records(Kernel *, Reader *, i64 records);
void everything_has_come(Kernel *);
void expire(Kernel *, Reader *);
int tell_readers(Kernel *);
void know_all(Kernel *, int mapping);
void forget(Kernel *);

/* facts.c */
int make_facts(Kernel *);
void clear_facts(Kernel *);
int room_for_an_event(const Kernel *);
int room_for(Kernel *, Facts *, i64 words);
int state_written(Kernel *, Stream *, const Shard *, const Offered *, const u8 *lanes);
int state_accepted(Kernel *, Stream *);
int state_waiting(Kernel *);
int state_moved(Kernel *, Stream *, const i64 *words);
void state_finished(Kernel *, const Reader *);
void state(Kernel *, int kind, const i64 *words, int n);
void state_attempt(Kernel *, const Reader *, Lane *, i64 done);
void state_asked(Kernel *, const Reader *, const Lane *);
void state_throttle(Kernel *, const Reader *, Lane *, i64 n, i64 again_ns, int lack);
void state_doing(Kernel *, Reader *, Lane *, int what, i64 begin_ns, i64 end_ns);
void state_poll(Kernel *, Reader *, int what, const Answer *);
void state_read_again(Kernel *, const Reader *, i64 bytes, int call);
void state_sent(Kernel *, const Reader *, i64 place, i64 leaves_ns, i64 available_ns);
void state_loss(Kernel *, Reader *, Lane *, i64 low, i64 high, i64 n, int how, int failure);
void state_expired(Kernel *, Reader *, i64 first, i64 end);
void state_filtered(Kernel *, Reader *, i64 place);                    /* a record does not pass */
void state_all_filtered(Kernel *, Reader *, i64 places, i64 records); /* all of an arrival, listed from there on */

/* stream.c */
int changes_at_end(const Kernel *);

/* simulation.c */
int start(Kernel *);
int advance(Kernel *);

static inline Shard *shard_read(Kernel *k, const Reader *r) {
  return &k->streams[r->stream].shards[r->shard];
}
static inline int is_other(const Kernel *k, const Reader *r) { return r->mapping >= k->nmappings; }
static inline Switch *switch_of(Kernel *k, int number) {
  return number < k->nmappings ? &k->mappings[number].power : &k->others[number - k->nmappings].power;
}

#endif
