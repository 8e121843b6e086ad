/* A batch until each of its records has ended [6, 7]. A lane's `next` says what it does in its next turn. */
#include "draws.h"
#include "model.h"
#include "traffic.h"

static void in_turn(Kernel *k, Reader *r, Lane *lane, int next, i64 time_ns) {
  lane->next = (u8)next;
  lane->turn_ns = time_ns;
  due(&k->clock, time_ns, order(LANE, r->mapping, r->shard, lane->number));
}

static int is_gone(const Reader *r, const Log *log, i64 place) {
  return r->any_gone && r->available[row(log, place)] == GONE;
}

static void lose(Kernel *k, Mapping *m, i64 records, int to_destination, int expired) {
  if (expired) m->expired += records;
  else if (to_destination) m->sent += records;
  else m->dropped += records;
  end_records(k, records);
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
  i64 age_ns = m->record_age_ns < retention_ns ? m->record_age_ns : retention_ns;
  for (; lane->part.low < lane->part.high; lane->part.low++) {
    i64 place = place_of(r, lane, lane->part.low);
    if (is_gone(r, log, place)) continue;
    if (log->accepted[row(log, place)] >= k->clock.now - age_ns) break;
    left++;
  }
  if (left) lose(k, m, left, m->to_destination, retention_ns < m->record_age_ns);
}

/* What the part weighs; the first poison record, and the part of the duration after which one makes the attempt fail. */
static double weigh(Reader *r, Lane *lane, const Mapping *m, const Log *log, i64 *poison) {
  double after = __builtin_inf();
  lane->records = lane->bytes = 0;
  *poison = -1;
  for (i64 index = lane->part.low; index < lane->part.high; index++) {
    i64 place = place_of(r, lane, index);
    if (is_gone(r, log, place)) continue;
    lane->records++;
    lane->bytes += log->bytes[row(log, place)];
    if (m->poisoned < 0) continue;
    double each = log->poison[m->poisoned][row(log, place)];
    if (*poison < 0 && each < __builtin_inf()) *poison = index;
    if (each < after) after = each;
  }
  return after;
}

static void attempt(Kernel *k, Reader *r, Lane *lane, Mapping *m) {
  const Log *log = &shard_read(k, r)->log;
  i64 poison, number = log->number[row(log, place_of(r, lane, lane->part.low))];
  double poison_after = weigh(r, lane, m, log, &poison);
  lane->nth = number == lane->first_number ? lane->nth + 1 : 0;
  lane->first_number = number;
  lane->started_ns = k->clock.now;
  admit(&k->functions[m->function], m, lane, k->clock.now, poison_after);
  lane->outcome = lane->run.failure == TIMEOUTS ? TIMEOUT : lane->run.failure ? ERROR : OK;
  lane->done = lane->outcome == OK ? lane->part.high : lane->part.low;
  if (lane->run.failure == POISON && m->partial && count(r, lane, log, lane->part.low, poison)) {
    lane->outcome = PARTIAL;
    lane->done = poison;
  }
  lane->finished_ns = k->clock.now + lane->run.cold_ns + lane->run.run_ns;
  lane->next = BUSY;
  due(&k->clock, lane->finished_ns, order(FINISH, r->mapping, r->shard, lane->number));
}

static void batch_over(Kernel *k, Reader *r, Lane *lane, const Mapping *m) {
  lane->part.low = lane->part.high;
  lane->next = CUT;
  lane->idle_since_ns = k->clock.now;
  if (lane->full && lane->available < m->batch_size) ask(k, r, lane);
  wake(k, r, lane);
}

/* The part is over: the next one begins in the lane's turn. */
static void part_over(Kernel *k, Reader *r, Lane *lane, const Mapping *m) {
  if (!lane->nlater) {
    batch_over(k, r, lane, m);
    return;
  }
  lane->part = lane->later[--lane->nlater];
  lane->tries = lane->throttles = 0;
  in_turn(k, r, lane, BEGIN, k->clock.now);
}

static void ask_to_run(Kernel *k, Reader *r, Lane *lane, Mapping *m) {
  leave(k, r, lane, m, &shard_read(k, r)->log);
  if (lane->part.low == lane->part.high) {
    part_over(k, r, lane, m);
    return;
  }
  if (lacks(&k->functions[m->function], k->clock.now)) {
    m->throttles++;
    i64 wait = wait_ns(&m->throttle, r, lane, ++lane->throttles, lane->throttle_waits++);
    in_turn(k, r, lane, AGAIN, k->clock.now + wait);
    return;
  }
  lane->throttles = 0;
  lane->tries++;
  attempt(k, r, lane, m);
}

static void begin(Kernel *k, Reader *r, Lane *lane, Mapping *m) {
  lane->begun_ns = k->clock.now;
  if (m->overhead_ns) in_turn(k, r, lane, ASK, k->clock.now + m->overhead_ns);
  else ask_to_run(k, r, lane, m);
}

void begin_batch(Kernel *k, Reader *r, Lane *lane) {
  lane->first_cut_ns = k->clock.now;
  lane->tries = lane->throttles = 0;
  begin(k, r, lane, &k->mappings[r->mapping]);
}

void go_on(Kernel *k, Reader *r, Lane *lane) {
  Mapping *m = &k->mappings[r->mapping];
  if (lane->next == RETRY) read_again(k, r, lane->bytes);
  if (lane->next == ASK) ask_to_run(k, r, lane, m);
  else begin(k, r, lane, m);
}

static void state_row(Kernel *k, const Reader *r, const Lane *lane) {
  const Log *log = &shard_read(k, r)->log;
  i64 first = lane->part.low, last = lane->part.high - 1;
  while (is_gone(r, log, place_of(r, lane, first))) first++;
  while (is_gone(r, log, place_of(r, lane, last))) last--;
  k->rows[k->nrows++] = (Row){
      r->mapping, r->shard, lane->number, place_of(r, lane, first), lane->records, lane->bytes, lane->tries,
      lane->part.cut_ns, lane->started_ns, lane->finished_ns, lane->run.environment == COLD, lane->outcome,
      log->accepted[row(log, place_of(r, lane, last))]};
}

/* After an error: the four rules of section 7. */
static void failed(Kernel *k, Reader *r, Lane *lane, Mapping *m) {
  const Log *log = &shard_read(k, r)->log;
  i64 low = lane->part.low, high = lane->part.high;
  if (lane->outcome == PARTIAL) {
    lane->later[lane->nlater++] = (Part){lane->done, high, k->clock.now};
    part_over(k, r, lane, m);
  } else if (m->bisect && lane->records > 1) {
    i64 half = lane->records / 2, middle = low;
    for (i64 n = 0; n < half; middle++) n += !is_gone(r, log, place_of(r, lane, middle));
    lane->later[lane->nlater++] = (Part){middle, high, k->clock.now};
    lane->later[lane->nlater++] = (Part){low, middle, k->clock.now};
    part_over(k, r, lane, m);
  } else if (m->retry_attempts >= 0 && m->retry_attempts < lane->tries) {
    lose(k, m, lane->records, m->to_destination, 0);
    part_over(k, r, lane, m);
  } else {
    i64 wait = wait_ns(&m->retry, r, lane, lane->tries, lane->retry_waits++);
    in_turn(k, r, lane, RETRY, k->clock.now + wait);
  }
}

void finished(Kernel *k, Reader *r, Lane *lane) {
  Mapping *m = &k->mappings[r->mapping];
  give_back_unit(&k->functions[m->function], &lane->run, k->clock.now);
  state_row(k, r, lane);
  i64 done = count(r, lane, &shard_read(k, r)->log, lane->part.low, lane->done);
  m->processed += done;
  end_records(k, done);
  if (lane->outcome == OK) part_over(k, r, lane, m);
  else failed(k, r, lane, m);
}
