/* Who polls one shard regularly: a mapping's poller, or another reader's [4]. */
#include "draws.h"
#include "model.h"

void plan_poll(const Polls *polls, Reader *r, i64 due_ns) {
  double late = 0;
  if (polls->jitter != 0) late = polls->jitter * unit(bits(inner(polls->jitter_key, (u64)r->shard), (u64)r->regular));
  r->due_ns = due_ns;
  r->planned_ns = due_ns + half_up((double)polls->interval_ns * late);
}

void go_on_polling(const Polls *polls, Reader *r) {
  r->regular++;
  plan_poll(polls, r, r->due_ns + polls->interval_ns);
}

/* The poller has one event; if the poll has been put off meanwhile, it looks again then. */
void see_to_polls(Kernel *k, Reader *r) {
  if (r->event_ns != NEVER) return;
  r->event_ns = r->planned_ns;
  due(&k->clock, r->planned_ns, order(POLL, r->mapping, r->shard, 0));
}

void start_polling(Kernel *k, const Polls *polls, Reader *r, i64 first_ns) {
  r->event_ns = NEVER;
  plan_poll(polls, r, first_ns);
  see_to_polls(k, r);
}
