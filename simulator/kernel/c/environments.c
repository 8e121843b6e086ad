/* Execution environments of a function [6]: the idle ones wait in order of their last use; the latest is used first. */
#include "model.h"

#define NEW_NS (NS / 100)
#define NEW_BURST_NS (10 * NS)

static i64 new_again(const Environments *e, i64 now_ns) {
  return (e->new_full_ns > now_ns ? e->new_full_ns : now_ns) + NEW_NS;
}

int any_environment(Environments *e, i64 now_ns) {
  while (e->first < e->end && now_ns - e->idle[(u64)e->first & e->mask].time > e->idle_timeout_ns) e->first++;
  return e->first < e->end || e->nprovisioned || e->unused_provisioned || new_again(e, now_ns) - NEW_BURST_NS <= now_ns;
}

int acquire(Environments *e, i64 now_ns) {
  int any = e->first < e->end;
  const Used *latest = any ? &e->idle[(u64)(e->end - 1) & e->mask] : NULL;
  const Used *provisioned = e->nprovisioned ? &e->provisioned[e->nprovisioned - 1] : NULL;
  if (any && !(provisioned && provisioned->use > latest->use)) {
    e->end--;
    return ON_DEMAND;
  }
  if (provisioned) {
    e->nprovisioned--;
    return PROVISIONED;
  }
  if (e->unused_provisioned) {
    e->unused_provisioned--;
    return PROVISIONED;
  }
  e->new_full_ns = new_again(e, now_ns);
  return COLD;
}

/* There is room for as many as may run at once. */
void release(Environments *e, int environment, i64 now_ns) {
  Used used = {now_ns, e->uses++};
  if (environment == PROVISIONED) e->provisioned[e->nprovisioned++] = used;
  else e->idle[(u64)e->end++ & e->mask] = used;
}

void lose_environment(Environments *e, int environment) {
  if (environment == PROVISIONED) e->unused_provisioned++;
}
