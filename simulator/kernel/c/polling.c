/* Polling: one poller per mapping and shard, which calls GetRecords [4]. */
#include "draws.h"
#include "measuring.h"
#include "model.h"
#include "traffic.h"

static u64 turn(int what, const Reader *r) { return order(what, r->mapping, r->shard, 0); }

static int result(Kernel *k, const Mapping *m, Reader *r) {
  u64 number = (u64)r->polls++;
  if (!m->power.enabled) return DISABLED;
  i64 held = 0;
  for (int n = 0; n < m->factor; n++) held += r->lanes[n].available;
  if (held >= m->polls.limit) return HELD;
  if (m->missed != 0 && unit(bits(inner(m->missed_key, (u64)r->shard), number)) < m->missed) return MISSED;
  return admit_call(shard_read(k, r), k->clock.now);
}

static void await(Kernel *k, const Mapping *m, Reader *r, Answer *answer) {
  answer->comes_ns += m->latency_ns;
  for (int n = 0; !r->nanswers && n < m->factor; n++)
    if (r->lanes[n].awaits_answer) state_doing(k, r, &r->lanes[n], FOR_ANSWER, k->clock.now, answer->comes_ns);
  r->answers[(r->first_answer + r->nanswers++) % r->answers_room] = *answer;
  due(&k->clock, answer->comes_ns, turn(ANSWER, r));
}

/* A poll: it makes a call, unless it is skipped or refused; then no lane need wait for it. */
static void poll(Kernel *k, Mapping *m, Reader *r) {
  int what = result(k, m, r);
  Answer answer = what == CALLED ? get_records(k, r, m->polls.limit) : no_records(k, r);
  if (what == CALLED) await(k, m, r, &answer);
  for (int n = 0; what != CALLED && !r->nanswers && n < m->factor; n++) let_go(k, r, &r->lanes[n]);
  state_poll(k, r, what, &answer);
}

static int anybody_waits(const Mapping *m, const Reader *r) {
  for (int n = 0; n < m->factor; n++)
    if (r->lanes[n].awaits_answer) return 1;
  return 0;
}

/* The poller's turn: a regular poll that is due now, or the extra one that a lane has asked for. */
void poll_turn(Kernel *k, Reader *r) {
  Mapping *m = &k->mappings[r->mapping];
  if (r->event_ns == k->clock.now) r->event_ns = NEVER;
  if (r->is_done) return;
  if (r->planned_ns == k->clock.now) {
    go_on_polling(&m->polls, r);
    poll(k, m, r);
  } else if (!r->nanswers && anybody_waits(m, r)) {
    plan_poll(&m->polls, r, k->clock.now + m->polls.interval_ns);
    poll(k, m, r);
  }
  see_to_polls(k, r);
}

void ask(Kernel *k, Reader *r, Lane *lane) {
  Mapping *m = &k->mappings[r->mapping];
  if (m->push || !m->full_batch || r->is_done) return;
  lane->awaits_answer = 1;
  if (r->nanswers) state_doing(k, r, lane, FOR_ANSWER, k->clock.now, r->answers[r->first_answer].comes_ns);
  else due(&k->clock, k->clock.now, turn(POLL, r));
}

LOOP void answered(Kernel *k, Reader *r) {
  const Mapping *m = &k->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  Answer answer = r->answers[r->first_answer];
  r->first_answer = (r->first_answer + 1) % r->answers_room;
  r->nanswers--;
  fill(log, r->available, answer.first, answer.end, k->clock.now);
  arrived(k, r, answer.first, answer.end);
  r->is_done |= (u8)answer.is_last;
  for (int n = 0; n < m->factor; n++) let_go(k, r, &r->lanes[n]);
  if (answer.is_last) read_to_end(k, r);
}

void read_again(Kernel *k, Reader *r, i64 bytes) {
  Mapping *m = &k->mappings[r->mapping];
  if (m->push) return;
  Shard *shard = shard_read(k, r);
  int call = take_call(shard, k->clock.now);
  read_bytes(shard, k->clock.now, bytes);
  state_read_again(k, r, bytes, call);
}
