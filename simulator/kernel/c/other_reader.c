/* Other readers: who else calls GetRecords [16]. What one reads is done with at once. */
#include "model.h"

static void poll(Kernel *k, const OtherReader *o, Reader *r) {
  int what = o->power.enabled ? admit_call(shard_read(k, r), k->clock.now) : DISABLED;
  Answer answer = what == CALLED ? get_records(k, r, o->polls.limit) : no_records(k, r);
  state_poll(k, r, what, &answer);
  if (!answer.is_last) return;
  r->is_done = 1;
  due(&k->clock, k->clock.now, order(ANSWER, r->mapping, r->shard, 0)); /* then it is read to its end */
}

/* The turn of a poller: its poll is due. */
void read_for_other(Kernel *k, Reader *r) {
  const OtherReader *o = &k->others[r->mapping - k->nmappings];
  r->event_ns = NEVER;
  if (r->is_done) return;
  go_on_polling(&o->polls, r);
  poll(k, o, r);
  see_to_polls(k, r);
}
