/* What is measured of another reader: its calls, what it reads, and how far it is behind, as other_readers.py has it: the
 * age, since its acceptance, of the oldest record that it has not read. */
#include "measures.h"

static OtherMeasures *measures_of(Kernel *k, const Reader *r) { return &k->measures->others[r->mapping - k->nmappings]; }

int make_other_measures(Kernel *k, int other) {
  OtherMeasures *mine = &k->measures->others[other];
  i64 shards = k->streams[k->others[other].stream].nshards;
  mine->reads = take(&k->memory, (u64)shards * sizeof(OtherReads));
  return mine->reads && make_lag(k, &mine->lag, shards, NEVER);
}

/* Room for more shards. */
int longer_other(Kernel *k, int other, i64 had, i64 room) {
  OtherMeasures *mine = &k->measures->others[other];
  mine->reads = longer(&k->memory, mine->reads, had, room, sizeof(OtherReads));
  return !k->memory.exhausted && longer_lag(k, &mine->lag, room);
}

/* The place of the first record that it has not read, and that has not expired. */
static i64 first_unread(const Reader *r) { return greatest(r->place, r->expired); }

/* When it was accepted; NEVER without one. */
static i64 oldest_of(Kernel *k, const Reader *r) {
  const Log *log = &shard_read(k, r)->log;
  return first_unread(r) < r->known ? record_at(log, first_unread(r))->accepted : NEVER;
}

/* The oldest record was accepted at `of`, and has been the oldest up to a time. */
static void has_reigned(const Kernel *k, OtherMeasures *mine, i64 of_ns, i64 until_ns) {
  i64 interval_ns = k->measures->interval_ns;
  for (i64 begin_ns = greatest(greatest(mine->lag.since_ns, of_ns), 0); begin_ns < until_ns;) {
    i64 row = begin_ns / interval_ns + 1, end_ns = least(until_ns, row * interval_ns);
    mine->rows[row].lag_peak_ns = greatest(mine->rows[row].lag_peak_ns, end_ns - of_ns);
    begin_ns = end_ns;
  }
}

static void note(Kernel *k, const Reader *r, i64 time_ns) {
  OtherMeasures *mine = measures_of(k, r);
  i64 oldest = mine->lag.oldest[1];
  if (!put_oldest(&mine->lag, r->shard, oldest_of(k, r))) return;
  has_reigned(k, mine, oldest, time_ns);
  mine->lag.since_ns = time_ns;
}

/* It knows of more records. */
void measure_other_known(Kernel *k, Reader *r) {
  note(k, r, k->clock.now);
  expect_expiry_for_other(k, r);
}

void measure_other_poll(Kernel *k, Reader *r, int what, const Answer *answer) {
  OtherMeasures *mine = measures_of(k, r);
  OtherRow *row = &mine->rows[row_at(&k->measures->grid, k->clock.now)];
  OtherReads *reads = &mine->reads[r->shard];
  int refused = what == NO_CALL || what == NO_BYTES, skipped = what != CALLED && !refused;
  row->calls += what == CALLED, reads->calls += what == CALLED;
  row->refused += refused, reads->refused += refused;
  row->skipped += skipped, reads->skipped += skipped;
  row->records += answer->end - answer->first;
  row->bytes += answer->bytes, reads->bytes += answer->bytes;
  if (!skipped) count_call(k, r);
  note(k, r, k->clock.now);
}

static i64 expires_at(Kernel *k, const Reader *r) { return oldest_of(k, r) + k->streams[r->stream].retention_ns; }

/* Have it looked at when its next unread record may expire. */
void expect_expiry_for_other(Kernel *k, Reader *r) {
  if (r->expiry_is_due || first_unread(r) >= r->known) return;
  r->expiry_is_due = 1;
  due(&k->measures->expiries, expires_at(k, r), order(EXPIRY, r->mapping, r->shard, 0));
}

void expire_for_other(Kernel *k, Reader *r, i64 time_ns) {
  if (first_unread(r) < r->known && expires_at(k, r) <= time_ns) {
    r->expired = first_unread(r) + 1;
    note(k, r, time_ns);
  }
  r->expiry_is_due = 0;
  expect_expiry_for_other(k, r);
}

/* The run ends; its very end belongs to the last row. */
void end_other(Kernel *k, int other, i64 end_ns) {
  OtherMeasures *mine = &k->measures->others[other];
  has_reigned(k, mine, mine->lag.oldest[1], end_ns);
  if (end_ns % k->measures->interval_ns) return;
  OtherRow *last = &mine->rows[end_ns / k->measures->interval_ns], *row = last + 1;
  last->calls += row->calls, last->refused += row->refused, last->skipped += row->skipped;
  last->records += row->records, last->bytes += row->bytes;
}
