/* A position in a shard's log, and what a GetRecords call returns from there on [4]. */
#include "model.h"
#include "traffic.h"

#define ANSWER_BYTES (10LL << 20)

/* Records before a place that were not read have expired; they are in no count of another reader's. */
void pass_over(Kernel *k, Reader *r, i64 gone) {
  const Log *log = &shard_read(k, r)->log;
  if (gone <= r->place) return;
  if (is_other(k, r)) {
    r->place = gone;
    return;
  }
  state_expired(k, r, r->place, gone);
  i64 n = gone - r->place;
  r->any_gone = 1;
  fill(log, r->available, r->place, gone, GONE);
  r->place = gone;
  end_records(k, r, n);
}

/* No records: from the place of the next ones on, or the log's end as it is now (the place may lie ahead at first). */
Answer no_records(Kernel *k, const Reader *r) {
  const Log *log = &shard_read(k, r)->log;
  i64 here = r->place;
  while (here > log->first && record_at(log, here - 1)->accepted > k->clock.now) here--;
  return (Answer){.comes_ns = k->clock.now, .first = here, .end = here};
}

/* The first place from one on whose record is accepted later. */
static i64 accepted_by(const Log *log, i64 low, i64 now_ns) {
  i64 high = log->end;
  while (low < high) {
    i64 middle = (low + high) / 2;
    if (record_at(log, middle)->accepted <= now_ns) low = middle + 1; else high = middle;
  }
  return low;
}

/* What a call returns that is made now, and answered at once. */
Answer get_records(Kernel *k, Reader *r, i64 limit) {
  Shard *shard = shard_read(k, r);
  const Log *log = &shard->log;
  Answer nothing = no_records(k, r);
  int is_closed = k->streams[r->stream].spans[r->shard].closes_ns <= k->clock.now;
  if (nothing.first < r->place || r->place == log->end || record_at(log, r->place)->accepted > k->clock.now) {
    nothing.is_last = is_closed;
    return nothing;
  }
  i64 now_ns = k->clock.now, oldest_ns = now_ns - k->streams[r->stream].retention_ns, gone = r->place;
  while (gone < log->end && record_at(log, gone)->accepted < oldest_ns) gone++;
  pass_over(k, r, gone);
  i64 first = r->place, accepted = accepted_by(log, first, now_ns);
  r->place = accepted - first < limit ? accepted : first + limit;
  while (bytes_between(log, first, r->place) > ANSWER_BYTES) r->place--;
  i64 bytes = bytes_between(log, first, r->place);
  read_bytes(shard, now_ns, bytes);
  return (Answer){now_ns, first, r->place, bytes, r->place < accepted, is_closed && r->place == accepted};
}
