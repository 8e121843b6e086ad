/* How the records of a lane pass from class to class, as passes.py has it: accepted, seen by a poll, called for,
 * available. Records are looked at once each, when it is asked what came of them. */
#include "exact.h"
#include "measures.h"

/* The same where some do not pass the mapping's filter: those are set aside. */
static void pass_some_accepted(Kernel *k, Reader *r, Lane *lane, i64 until_ns) {
  Watch *w = &lane->watch;
  const Mapping *m = &k->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  i64 busy = w->doing < FOR_ANSWER, busy_ns = w->busy_ns - busy * w->since_ns;
  int class = m->push ? SEEN : UNSEEN, cause = why(m, r->polled, w->doing, phase_of(k, r, w), class);
  for (i64 end = known_to_lane(k, r, lane); w->accepted < end; w->accepted++) {
    i64 place = place_of(r, lane, w->accepted), accepted_ns = record_at(log, place)->accepted;
    if (accepted_ns > until_ns) break;
    if (is_set_aside(m, log, place)) continue;
    *cell(log, r->busy_at, place) = busy_ns + busy * accepted_ns;
    move(k, r->mapping, NOTHING_WAITS, cause, accepted_ns, 1);
    w->records[class]++;
    of_lane(k, r, lane)->accepted++;
  }
}

/* Records of the lane are accepted up to a time, through which the lane does one thing. */
LOOP void pass_accepted(Kernel *k, Reader *r, Lane *lane, i64 until_ns) {
  Watch *w = &lane->watch;
  const Mapping *m = &k->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  Grid *grid = &k->measures->grid, *usual = &k->measures->usual;
  if (m->nth_filter >= 0) {
    pass_some_accepted(k, r, lane, until_ns);
    return;
  }
  i64 end = known_to_lane(k, r, lane), index = w->accepted;
  i64 busy = w->doing < FOR_ANSWER, busy_ns = w->busy_ns - busy * w->since_ns;
  int class = m->push ? SEEN : UNSEEN;
  while (index < end) {
    i64 accepted_ns = record_at(log, place_of(r, lane, index))->accepted;
    if (accepted_ns > until_ns) break;
    row_at(grid, accepted_ns);
    row_at(usual, accepted_ns);
    i64 first = index, last_ns = least(until_ns, least(grid->ends_ns, usual->ends_ns) - 1);
    Sum left = {0, 0};
    for (i64 n = 0, i = 0; i == n && index < end; index += i) {
      i64 place = place_of(r, lane, index), *busy_at = cell(log, r->busy_at, place);
      const Record *record = record_at(log, place);
      n = neighbours(r, index, end);
      for (i = 0; i < n && (accepted_ns = record[i].accepted) <= last_ns; i++) {
        busy_at[i] = busy_ns + busy * accepted_ns;
        add_value(&left, grid->ends_ns - accepted_ns);
      }
    }
    move_several(k, r->mapping, NOTHING_WAITS, why(m, r->polled, w->doing, phase_of(k, r, w), class), left, index - first);
    w->records[class] += index - first;
    of_lane(k, r, lane)->accepted += index - first;
  }
  w->accepted = index;
}

/* Records leave by push up to a time; those that are passed over never do. */
void pass_sent(Kernel *k, Reader *r, Lane *lane, i64 until_ns) {
  Watch *w = &lane->watch;
  const Mapping *m = &k->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  ReaderMeasures *reads = &k->measures->mappings[r->mapping].readers[r->shard];
  for (; w->sent < w->accepted; w->sent++) {
    i64 place = place_of(r, lane, w->sent), available = *cell(log, r->available, place);
    if (available == UNSENT) break;
    if (available < 0) continue;
    i64 leaves_ns = available - m->propagation_ns;
    if (leaves_ns > until_ns) break;
    reads->bytes += bytes_of(log, place);
    if (is_set_aside(m, log, place)) continue;
    w->records[SEEN]--, w->records[CALLED_FOR]++;
    int phase = phase_of(k, r, w);
    move(k, r->mapping, why(m, r->polled, w->doing, phase, SEEN), why(m, r->polled, w->doing, phase, CALLED_FOR), leaves_ns, 1);
  }
}

/* How many records of an answer are the lane's. */
static i64 called_for(const Kernel *k, const Reader *r, Lane *lane, const Answer *answer) {
  Watch *w = &lane->watch;
  const Mapping *m = &k->mappings[r->mapping];
  const Log *log = &shard_read((Kernel *)k, r)->log;
  if (!r->lane_logs && m->nth_filter < 0) return answer->end - answer->first;
  i64 known = known_to_lane(k, r, lane), n = 0;
  for (; w->sent < known && place_of(r, lane, w->sent) < answer->end; w->sent++)
    n += place_of(r, lane, w->sent) >= answer->first && !is_set_aside(m, log, place_of(r, lane, w->sent));
  return n;
}

/* A poll has seen what is accepted by now, and is answered with some of it. */
void measure_poll(Kernel *k, Reader *r, int what, const Answer *answer) {
  const Mapping *m = &k->mappings[r->mapping];
  ReaderMeasures *reads = &k->measures->mappings[r->mapping].readers[r->shard];
  i64 now_ns = k->clock.now;
  int before = r->polled;
  r->polled_ns = now_ns;
  int refused = what == NO_CALL || what == NO_BYTES, skipped = what != CALLED && !refused;
  reads->calls += what == CALLED, reads->refused += refused, reads->skipped += skipped;
  if (!skipped) count_call(k, r);
  reads->bytes += answer->bytes;
  for (int n = 0; n < m->factor; n++) {
    Lane *lane = &r->lanes[n];
    Watch *w = &lane->watch;
    r->polled = before;
    follow(k, r, lane, now_ns);
    r->polled = what;
    int phase = phase_of(k, r, w), unseen = why(m, before, w->doing, phase, UNSEEN);
    int seen = why(m, before, w->doing, phase, SEEN), left = why(m, what, w->doing, phase, SEEN);
    move(k, r->mapping, seen, left, now_ns, w->records[SEEN]);
    move(k, r->mapping, unseen, left, now_ns, w->records[UNSEEN]);
    i64 called = called_for(k, r, lane, answer);
    move(k, r->mapping, left, why(m, what, w->doing, phase, CALLED_FOR), now_ns, called);
    if (w->aside) note_edge(k, r, lane, now_ns, 1);
    w->records[SEEN] += w->records[UNSEEN] - called;
    w->records[UNSEEN] = 0;
    w->records[CALLED_FOR] += called;
  }
}

/* Records of a lane, from an index on, have become available, or are gone. */
LOOP void measure_arrival(Kernel *k, Reader *r, Lane *lane, i64 from, i64 records) {
  const Mapping *m = &k->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  Watch *w = &lane->watch;
  follow(k, r, lane, k->clock.now);
  for (i64 index = from, n; index < lane->seen; index += n) {
    i64 place = place_of(r, lane, index);
    n = neighbours(r, index, lane->seen);
    fill(log, r->free_at, place, place + n, w->free_ns);
  }
  int phase = phase_of(k, r, w);
  move(k, r->mapping, why(m, r->polled, w->doing, phase, CALLED_FOR), why(m, r->polled, w->doing, phase, AVAILABLE), k->clock.now, records);
  w->records[CALLED_FOR] -= records;
  w->records[AVAILABLE] += records;
}

void measure_read_again(Kernel *k, const Reader *r, i64 bytes, int call) {
  ReaderMeasures *reads = &k->measures->mappings[r->mapping].readers[r->shard];
  reads->calls += call;
  if (call) count_call(k, r);
  reads->bytes += bytes;
}
