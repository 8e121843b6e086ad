/* A batch until each of its records has ended [6, 7]. A lane's `next` says what it does in its next turn. */
#include "draws.h"
#include "measuring.h"
#include "model.h"
#include "traffic.h"

static void in_turn(Kernel *k, Reader *r, Lane *lane, int next, i64 time_ns) {
  lane->next = (u8)next;
  lane->turn_ns = time_ns;
  due(&k->clock, time_ns, order(LANE, r->mapping, r->shard, lane->number));
}

/* Records between two indices that are in the batch. */
static i64 count(const Reader *r, const Lane *lane, const Log *log, i64 low, i64 high) {
  if (!r->any_gone) return high - low;
  i64 n = 0;
  for (i64 index = low; index < high; index++) n += !is_gone(r, log, place_of(r, lane, index));
  return n;
}

/* Records that are too old leave the part, oldest first. */
static void leave(Kernel *k, Reader *r, Lane *lane, Mapping *m, const Log *log) {
  i64 retention_ns = k->streams[m->stream].retention_ns, left = 0;
  i64 age_ns = m->record_age_ns < retention_ns ? m->record_age_ns : retention_ns, low = lane->part.low;
  for (; lane->part.low < lane->part.high; lane->part.low++) {
    i64 place = place_of(r, lane, lane->part.low);
    if (is_gone(r, log, place)) continue;
    if (record_at(log, place)->accepted >= k->clock.now - age_ns) break;
    left++;
  }
  if (!left) return;
  int how = retention_ns < m->record_age_ns ? EXPIRED : m->to_destination ? SENT_TO_DESTINATION : DROPPED;
  state_loss(k, r, lane, low, lane->part.low, left, how, NONE);
  if (k->measures && lane->part.low < lane->part.high) note_oldest(k, r, lane, k->clock.now);
  end_records(k, r, left);
}

/* What the part weighs where nothing is in its way: its records are neighbours, and none is poison. */
static double weigh_neighbours(Lane *lane, const Log *log) {
  lane->records = lane->part.high - lane->part.low;
  lane->bytes = bytes_between(log, lane->part.low, lane->part.high);
  return __builtin_inf();
}

/* What the part weighs; the first poison record, and the part of the duration after which one makes the attempt fail. */
static double weigh(Reader *r, Lane *lane, const Mapping *m, const Log *log, i64 *poison) {
  double after = __builtin_inf();
  *poison = -1;
  if (!r->lane_logs && !r->any_gone && m->poisoned < 0) return weigh_neighbours(lane, log);
  lane->records = lane->bytes = 0;
  for (i64 index = lane->part.low; index < lane->part.high; index++) {
    i64 place = place_of(r, lane, index);
    if (is_gone(r, log, place)) continue;
    lane->records++;
    lane->bytes += bytes_of(log, place);
    if (m->poisoned < 0) continue;
    double each = *fails_after(log, m->poisoned, place);
    if (*poison < 0 && each < __builtin_inf()) *poison = index;
    if (each < after) after = each;
  }
  return after;
}

static int by_failure(int failure) { return BY_POISON + failure - POISON; }

/* An attempt is admitted; `poison`: the index of the first record that makes it fail. */
static void run(Kernel *k, Reader *r, Lane *lane, Mapping *m, double poison_after, i64 poison, const Question *answer) {
  const Log *log = &shard_read(k, r)->log;
  lane->started_ns = k->clock.now;
  admit(&k->functions[m->function], m, lane, k->clock.now, poison_after, answer);
  lane->outcome = lane->run.failure == TIMEOUTS ? TIMEOUT : lane->run.failure ? ERROR : OK;
  lane->done = lane->outcome == OK ? lane->part.high : lane->part.low;
  if (lane->run.failure == POISON && m->partial && count(r, lane, log, lane->part.low, poison)) {
    lane->outcome = PARTIAL;
    lane->done = poison;
  }
  i64 ready_ns = k->clock.now + lane->run.cold_ns;
  lane->finished_ns = ready_ns + lane->run.run_ns;
  int works = lane->outcome == OK || lane->outcome == PARTIAL || lane->finished_ns > k->latest_ns;
  state_doing(k, r, lane, IN_COLD_START, k->clock.now, ready_ns);
  state_doing(k, r, lane, works ? IN_FUNCTION : by_failure(lane->run.failure), ready_ns, lane->finished_ns);
  state_attempt(k, r, lane, count(r, lane, log, lane->part.low, lane->done));
  lane->next = BUSY;
  due(&k->clock, lane->finished_ns, order(FINISH, r->mapping, r->shard, lane->number));
}

static void attempt(Kernel *k, Reader *r, Lane *lane, Mapping *m) {
  const Log *log = &shard_read(k, r)->log;
  i64 poison, number = record_at(log, place_of(r, lane, lane->part.low))->number;
  double poison_after = weigh(r, lane, m, log, &poison);
  lane->nth = number == lane->first_number ? lane->nth + 1 : 0;
  lane->first_number = number;
  if (k->functions[m->function].own) {
    lane->next = BUSY;
    k->asked = (Question){r, lane, 0, 0, 0, 0};
    state_asked(k, r, lane);
  } else {
    run(k, r, lane, m, poison_after, poison, NULL);
  }
}

void take_answer(Kernel *k) {
  Question answer = k->asked;
  Reader *r = answer.reader;
  Lane *lane = answer.lane;
  k->asked = (Question){NULL, NULL, 0, 0, 0, 0};
  const Log *log = &shard_read(k, r)->log;
  i64 poison = lane->part.low;
  for (i64 n = 0; n < answer.healthy && poison < lane->part.high; poison++) n += !is_gone(r, log, place_of(r, lane, poison));
  int fails = answer.healthy < lane->records && !answer.timed_out;
  run(k, r, lane, &k->mappings[r->mapping], fails ? 1.0 : __builtin_inf(), poison, &answer);
}

static void batch_over(Kernel *k, Reader *r, Lane *lane, const Mapping *m) {
  lane->part.low = lane->part.high;
  lane->next = CUT;
  lane->idle_since_ns = k->clock.now;
  if (k->measures) measure_doing(k, r, lane, IDLE, k->clock.now);
  if (lane->full && lane->available < m->batch_size) ask(k, r, lane);
  wake(k, r, lane);
}

/* The part is over: the next one begins in the lane's turn. */
static void part_over(Kernel *k, Reader *r, Lane *lane, const Mapping *m) {
  if (lane->nlater) {
    lane->part = lane->later[--lane->nlater];
    lane->tries = lane->throttles = 0;
    in_turn(k, r, lane, BEGIN, k->clock.now);
  } else {
    batch_over(k, r, lane, m);
  }
  if (k->measures) note_oldest(k, r, lane, k->clock.now);
}

static void throttled(Kernel *k, Reader *r, Lane *lane, Mapping *m, int lack) {
  i64 now_ns = k->clock.now, again_ns = now_ns + wait_ns(&m->throttle, r, lane, &lane->throttle_waits, ++lane->throttles);
  i64 n = count(r, lane, &shard_read(k, r)->log, lane->part.low, lane->part.high);
  state_throttle(k, r, lane, n, again_ns, lack);
  state_doing(k, r, lane, FOR_CONCURRENCY + lack - CONCURRENCY, now_ns, again_ns);
  in_turn(k, r, lane, AGAIN, again_ns);
}

static void ask_to_run(Kernel *k, Reader *r, Lane *lane, Mapping *m) {
  leave(k, r, lane, m, &shard_read(k, r)->log);
  if (lane->part.low == lane->part.high) {
    part_over(k, r, lane, m);
    return;
  }
  int lack = lacks(&k->functions[m->function], k->clock.now);
  if (lack) {
    throttled(k, r, lane, m, lack);
    return;
  }
  lane->throttles = 0;
  lane->tries++;
  attempt(k, r, lane, m);
}

static void begin(Kernel *k, Reader *r, Lane *lane, Mapping *m) {
  lane->begun_ns = k->clock.now;
  if (!m->overhead_ns) {
    ask_to_run(k, r, lane, m);
    return;
  }
  state_doing(k, r, lane, INVOKE_OVERHEAD, k->clock.now, k->clock.now + m->overhead_ns);
  in_turn(k, r, lane, ASK, k->clock.now + m->overhead_ns);
}

void begin_batch(Kernel *k, Reader *r, Lane *lane) {
  lane->first_cut_ns = k->clock.now;
  if (k->measures) measure_cut(k, r, lane);
  lane->tries = lane->throttles = 0;
  begin(k, r, lane, &k->mappings[r->mapping]);
}

void go_on(Kernel *k, Reader *r, Lane *lane) {
  Mapping *m = &k->mappings[r->mapping];
  if (lane->next == RETRY) read_again(k, r, lane->bytes);
  if (lane->next == ASK) ask_to_run(k, r, lane, m);
  else begin(k, r, lane, m);
}

/* After an error: the four rules of section 7. */
static void failed(Kernel *k, Reader *r, Lane *lane, Mapping *m) {
  const Log *log = &shard_read(k, r)->log;
  i64 low = lane->part.low, high = lane->part.high;
  if (lane->outcome == PARTIAL) {
    lane->later[lane->nlater++] = (Part){lane->done, high, k->clock.now, lane->part.throttled_ns};
    part_over(k, r, lane, m);
  } else if (m->bisect && lane->records > 1) {
    i64 half = lane->records / 2, middle = low;
    for (i64 n = 0; n < half; middle++) n += !is_gone(r, log, place_of(r, lane, middle));
    lane->later[lane->nlater++] = (Part){middle, high, k->clock.now, lane->part.throttled_ns};
    lane->later[lane->nlater++] = (Part){low, middle, k->clock.now, lane->part.throttled_ns};
    part_over(k, r, lane, m);
  } else if (m->retry_attempts >= 0 && m->retry_attempts < lane->tries) {
    state_loss(k, r, lane, low, high, lane->records, m->to_destination ? SENT_TO_DESTINATION : DROPPED, lane->run.failure);
    end_records(k, r, lane->records);
    part_over(k, r, lane, m);
  } else {
    i64 again_ns = k->clock.now + wait_ns(&m->retry, r, lane, &lane->retry_waits, lane->tries);
    state_doing(k, r, lane, by_failure(lane->run.failure), k->clock.now, again_ns);
    in_turn(k, r, lane, RETRY, again_ns);
  }
}

void finished(Kernel *k, Reader *r, Lane *lane) {
  Mapping *m = &k->mappings[r->mapping];
  i64 done = count(r, lane, &shard_read(k, r)->log, lane->part.low, lane->done);
  give_back_unit(&k->functions[m->function], &lane->run, k->clock.now);
  if (k->measures) measure_finished(k, r, lane, done);
  end_records(k, r, done);
  if (lane->outcome == OK) part_over(k, r, lane, m);
  else failed(k, r, lane, m);
}
