/* The HTTP/2 push of enhanced fan-out: one subscription per mapping and shard [5]. */
#include "model.h"
#include "traffic.h"

#define TICKS_A_NS 4096
#define TICKS_A_BYTE 1953125LL

static i64 max(i64 a, i64 b) { return a > b ? a : b; }

/* The next period in which it is open. */
static void open_next(const Mapping *m, Reader *r) {
  for (; r->period < m->power.periods; r->period++) {
    i64 begin = m->power.disabled[2 * r->period], end = m->power.disabled[2 * r->period + 1], since = r->since_ns;
    if (begin > since && r->until_ns != begin) {
      r->until_ns = begin;
      return;
    }
    r->since_ns = max(since, end);
  }
  r->until_ns = NEVER;
}

/* e = max(accepted, sent, S) + bytes / (2 MiB/s), exact in ticks; when it is available, or GONE. */
static void send(Kernel *k, Reader *r, i64 place) {
  const Mapping *m = &k->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  i64 accepted_ns = record_at(log, place)->accepted, cost = bytes_of(log, place) * TICKS_A_BYTE;
  for (;;) {
    i64 begins_ns = max(max(accepted_ns, r->sent_ns), r->since_ns);
    i64 begins_ticks = begins_ns == r->sent_ns ? r->sent_ticks : 0;
    i64 ticks = begins_ticks + cost, gone_ns = accepted_ns + k->streams[m->stream].retention_ns;
    i64 begins_half_up = begins_ns + (begins_ticks >= TICKS_A_NS / 2);
    int gone = begins_ns > gone_ns || (begins_ns == gone_ns && begins_ticks);
    if (gone && begins_half_up < r->until_ns) {
      *cell(log, r->available, place) = PASSED_OVER(begins_half_up);
      return;
    }
    i64 available_ns = begins_ns + ((ticks + TICKS_A_NS / 2) >> 12) + m->propagation_ns;
    if (available_ns >= r->until_ns) {
      open_next(m, r);
      continue;
    }
    r->sent_ns = begins_ns + (ticks >> 12);
    r->sent_ticks = ticks & (TICKS_A_NS - 1);
    *cell(log, r->available, place) = available_ns;
    state_sent(k, r, place, begins_ns + ((ticks + TICKS_A_NS / 2) >> 12), available_ns);
    return;
  }
}

/* Send the end of a shard, like a record of 0 bytes accepted at its closing; it is never gone. */
static void send_end(Kernel *k, Reader *r) {
  const Mapping *m = &k->mappings[r->mapping];
  i64 closes_ns = k->streams[r->stream].spans[r->shard].closes_ns;
  r->is_done = 1;
  for (;;) {
    i64 leaves_ns = max(max(closes_ns, r->sent_ns), r->since_ns);
    i64 ticks = leaves_ns == r->sent_ns ? r->sent_ticks : 0;
    r->end_arrives_ns = leaves_ns + (ticks >= TICKS_A_NS / 2) + m->propagation_ns;
    if (r->end_arrives_ns < r->until_ns) return;
    open_next(m, r);
  }
}

int send_from(Kernel *k, Reader *r, i64 first) {
  const Log *log = &shard_read(k, r)->log;
  if (!k->measures && !room_for(k, &k->facts[SENT], 5 * (r->known - first))) return 0;
  for (i64 place = first; !r->is_done && place < r->known; place++)
    if (*cell(log, r->available, place) != GONE) send(k, r, place);
  next_arrival_of(k, r);
  return 1;
}

/* Its shard closes: of what it has accepted all is known. */
void end_subscription(Kernel *k, Reader *r) {
  if (!r->is_started || r->is_done) return;
  send_end(k, r);
  next_arrival_of(k, r);
}

/* Open at a time; if the mapping is disabled then, at the end of that. */
void start_pushing(Kernel *k, Reader *r, i64 opens_ns) {
  r->since_ns = opens_ns;
  r->until_ns = r->sent_ns = -NEVER;
  r->event_ns = r->end_arrives_ns = NEVER;
  open_next(&k->mappings[r->mapping], r);
  if (!send_from(k, r, r->arriving)) return; /* without memory the run ends */
  if (k->streams[r->stream].spans[r->shard].closes_ns != NEVER) end_subscription(k, r);
}

static int is_passed_over(i64 available) { return available < 0 && available != GONE; }

/* When the next record arrives, or is passed over. */
static i64 arrives(const Log *log, const Reader *r) {
  i64 at = *cell(log, r->available, r->arriving);
  return is_passed_over(at) ? PASSED_OVER(at) : at == GONE ? -NEVER : at;
}

/* Records that are passed over now, from the next one on, up to a place. */
static void pass_over_to(Kernel *k, Reader *r, i64 first, i64 end) {
  const Log *log = &shard_read(k, r)->log;
  state_expired(k, r, first, end);
  r->any_gone = 1;
  fill(log, r->available, first, end, GONE);
  end_records(k, r, end - first);
}

void next_arrival_of(Kernel *k, Reader *r) {
  const Log *log = &shard_read(k, r)->log;
  i64 next_ns = r->arriving < r->known ? arrives(log, r) : r->end_arrives_ns;
  if (r->event_ns != NEVER || next_ns == NEVER) return;
  r->event_ns = max(k->clock.now, next_ns);
  due(&k->clock, r->event_ns, order(ANSWER, r->mapping, r->shard, 0));
}

/* What arrives now, or is passed over now. */
void pushed(Kernel *k, Reader *r) {
  const Log *log = &shard_read(k, r)->log;
  i64 from = r->arriving;
  r->event_ns = NEVER;
  while (r->arriving < r->known && arrives(log, r) <= k->clock.now) {
    i64 first = r->arriving++;
    if (!is_passed_over(*cell(log, r->available, first))) continue;
    while (r->arriving < r->known && *cell(log, r->available, r->arriving) == *cell(log, r->available, first)) r->arriving++;
    pass_over_to(k, r, first, r->arriving);
  }
  arrived(k, r, from, r->arriving);
  if (r->arriving == r->known && r->end_arrives_ns <= k->clock.now) {
    r->end_arrives_ns = NEVER;
    read_to_end(k, r);
  }
  next_arrival_of(k, r);
}

/* The retention takes what would have been passed over. */
void expire_pushed(Kernel *k, Reader *r) {
  const Log *log = &shard_read(k, r)->log;
  for (i64 first = r->arriving, end; first < r->known; first = end) {
    int gone = is_passed_over(*cell(log, r->available, first));
    for (end = first + 1; end < r->known && is_passed_over(*cell(log, r->available, end)) == gone;) end++;
    if (gone) pass_over_to(k, r, first, end);
  }
}
