/* What readers of a mapping share, what is left to do, and what is forgotten [1, 8]. */
#include "measuring.h"
#include "model.h"
#include "traffic.h"

/* Whether a record that is accepted at a time is before the starting position. */
int is_skipped(const Mapping *m, i64 accepted_ns) {
  return m->inclusive ? accepted_ns < m->position_ns : accepted_ns <= m->position_ns;
}

/* The place of the first of some records that is not before the starting position. */
i64 first_unskipped(const Log *log, i64 from, i64 end, i64 position_ns, int inclusive) {
  for (; from < end; from++) {
    i64 accepted_ns = record_at(log, from)->accepted;
    if (inclusive ? accepted_ns >= position_ns : accepted_ns > position_ns) break;
  }
  return from;
}

static void end_if_done(Kernel *k) {
  if (k->all_have_come && !k->left && !k->over) {
    k->over = 1;
    due(&k->clock, k->clock.now, order(END, 0, 0, 0));
  }
}

void end_records(Kernel *k, Reader *r, i64 records) {
  k->left -= records;
  end_if_done(k);
  ended_in_shard(k, r, records);
}

void everything_has_come(Kernel *k) {
  k->all_have_come = 1;
  for (int i = 0; i < k->nmappings; i++) {
    Mapping *m = &k->mappings[i];
    Stream *stream = &k->streams[m->stream];
    for (i64 j = 0; j < stream->nshards; j++) {
      i64 at_ns = stream->shards[j].last_accepted + stream->retention_ns;
      if (stream->shards[j].last_accepted > -NEVER)
        due(&k->clock, at_ns > k->clock.now ? at_ns : k->clock.now, order(EXPIRY, i, j, 0));
    }
  }
  end_if_done(k);
}

/* The retention takes what is left unread. */
void expire(Kernel *k, Reader *r) {
  if (k->mappings[r->mapping].push) expire_pushed(k, r);
  else pass_over(k, r, r->known);
}

/* Records before a place are skipped: before the starting position. */
static void skip(Kernel *k, Mapping *m, Reader *r, i64 before) {
  if (k->measures) measure_skipped(k, r, r->known, before);
  r->known = r->place = r->arriving = r->skipped = before;
  for (int n = 0; n < m->factor; n++) {
    Lane *lane = &r->lanes[n];
    i64 known = known_to_lane(k, r, lane);
    while (lane->seen < known && place_of(r, lane, lane->seen) < before) lane->seen++;
    lane->cursor = lane->watch.accepted = lane->watch.sent = lane->seen;
  }
}

/* A reader learns of the records that have come to its shard. */
static int extend(Kernel *k, Mapping *m, Reader *r, const Log *log, i64 end) {
  i64 first = first_unskipped(log, r->known, end, m->position_ns, m->inclusive);
  if (first > r->known) skip(k, m, r, first);
  fill(log, r->available, first, end, m->push ? UNSENT : NEVER); /* pages hold what is old */
  k->left += end - first;
  r->left += end - first;
  r->known = end;
  if (m->push && r->is_started && !send_from(k, r, first)) return 0;
  if (k->measures) measure_known(k, r);
  return 1;
}

/* Another reader learns of them; it skips what was there before it began. */
static void extend_other(Kernel *k, const OtherReader *o, Reader *r, const Log *log, i64 end) {
  i64 first = first_unskipped(log, r->known, end, o->starts_ns, 0);
  if (first > r->known) r->place = first;
  r->known = end;
  if (k->measures) measure_other_known(k, r);
}

static void tell_others(Kernel *k) {
  for (int i = 0; i < k->nothers; i++) {
    OtherReader *o = &k->others[i];
    Stream *stream = &k->streams[o->stream];
    for (i64 j = stream->first_live; j < stream->nshards; j++) {
      i64 end = due_in(stream, &stream->shards[j]);
      if (o->readers[j].known < end) extend_other(k, o, &o->readers[j], &stream->shards[j].log, end);
    }
  }
}

/* The run ends: a mapping learns of the records that wait at their producers still, where shards change. */
void know_all(Kernel *k, int mapping) {
  Mapping *m = &k->mappings[mapping];
  const Stream *stream = &k->streams[m->stream];
  for (i64 j = 0; stream->changes && j < stream->nshards; j++) {
    Reader *r = &m->readers[j];
    const Log *log = &stream->shards[j].log;
    i64 first = first_unskipped(log, r->known, log->end, m->position_ns, m->inclusive);
    if (first > r->known) skip(k, m, r, first);
    if (m->push) fill(log, r->available, first, log->end, UNSENT);
    r->known = log->end;
  }
}

int tell_readers(Kernel *k) {
  tell_others(k);
  for (int i = 0; i < k->nmappings; i++) {
    Mapping *m = &k->mappings[i];
    Stream *stream = &k->streams[m->stream];
    for (i64 j = stream->first_live; j < stream->nshards; j++) {
      Shard *shard = &stream->shards[j];
      i64 end = due_in(stream, shard);
      if (m->readers[j].known < end && !extend(k, m, &m->readers[j], &shard->log, end)) return 0;
      if (k->measures && end < shard->log.end) measure_known(k, &m->readers[j]);
    }
  }
  return 1;
}

static i64 min(i64 a, i64 b) { return a < b ? a : b; }

/* From a place on, or from the first record on that is not yet accepted: it is not done with, skipped or not. */
static i64 from_or_waiting(const Kernel *k, const Log *log, i64 place) {
  while (place > log->first && record_at(log, place - 1)->accepted > k->clock.now) place--;
  return place;
}

/* The place of the first record that a reader has not done with. */
static i64 needed(Kernel *k, const Mapping *m, const Reader *r) {
  i64 first = m->push ? r->arriving : r->nanswers ? r->answers[r->first_answer].first : r->place;
  first = from_or_waiting(k, &shard_read(k, r)->log, first);
  for (int n = 0; n < m->factor; n++) {
    const Lane *lane = &r->lanes[n];
    i64 known = known_to_lane(k, r, lane);
    if (lane->next != CUT && lane->part.low < known) first = min(first, place_of(r, lane, lane->part.low));
    if (lane->cursor < known) first = min(first, place_of(r, lane, lane->cursor));
  }
  return first;
}

/* Whether nothing of a shard will ever be needed any more. */
static int is_dead(const Kernel *k, const Stream *stream, i64 shard) {
  const Log *log = &stream->shards[shard].log;
  if (stream->spans[shard].closes_ns == NEVER || log->first < log->end) return 0;
  for (int i = 0; i < k->nmappings; i++)
    if (&k->streams[k->mappings[i].stream] == stream && !k->mappings[i].readers[shard].is_finished) return 0;
  for (int i = 0; i < k->nothers; i++)
    if (&k->streams[k->others[i].stream] == stream && !k->others[i].readers[shard].is_finished) return 0;
  return 1;
}

/* Forget the records that all have done with. */
void forget(Kernel *k) {
  for (int s = 0; s < k->nstreams; s++) {
    Stream *stream = &k->streams[s];
    while (stream->first_live < stream->nshards && is_dead(k, stream, stream->first_live)) stream->first_live++;
    for (i64 j = stream->first_live; j < stream->nshards; j++) {
      Shard *shard = &stream->shards[j];
      if (shard->log.first == shard->log.end) continue;
      i64 first = due_in(stream, shard);
      for (int i = 0; i < k->nmappings; i++)
        if (k->mappings[i].stream == s) first = min(first, needed(k, &k->mappings[i], &k->mappings[i].readers[j]));
      for (int i = 0; i < k->nothers; i++)
        if (k->others[i].stream == s) first = min(first, from_or_waiting(k, &shard->log, k->others[i].readers[j].place));
      if (k->measures && shard->held >= 0) first = min(first, shard->held);
      if (stream->ntimes) first = min(first, shard->struck);
      forget_before(k, stream, &shard->log, first);
      for (int f = 0; f < stream->nfactors; f++)
        for (i64 n = 0; n < stream->factors[f]; n++) {
          LaneLog *lane = &shard->lanes[f][n];
          while (lane->first < lane->end && lane->place[(u64)lane->first & lane->mask] < first) lane->first++;
        }
    }
  }
}
