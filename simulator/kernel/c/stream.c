/* What producers write to the shards of the streams, a window of time at a time [2, 3]. */
#include "draws.h"
#include "measuring.h"
#include "model.h"
#include "traffic.h"

#define LONGEST_NS (600LL * NS)
#define MOST_NEW_ROWS 1000 /* a window */

static void strike_at_random(const Stream *stream, const Producer *p, u64 number, const Log *log, i64 place) {
  for (int f = 0; f < stream->npoisoned; f++) *fails_after(log, f, place) = __builtin_inf();
  for (int i = 0; i < stream->nkinds; i++) {
    const PoisonKind *kind = &stream->kinds[i];
    double *after = fails_after(log, kind->function, place);
    if (unit(bits(p->poison[i], number)) < kind->probability && kind->fails_after < *after) *after = kind->fails_after;
  }
}

/* A record that has been let in is a row of the log. */
static void append(const Kernel *k, const Stream *stream, Log *log, const Offered *o) {
  i64 place = log->end++;
  *record_at(log, place) = (Record){o->produced_ns, o->accepted_ns, stream->produced + o->nth, log->bytes};
  log->bytes += o->bytes;
  if (k->measures && o->accepted_ns == o->produced_ns) return;
  if (log->of->let_in) *cell(log, log->of->let_in, place) = o->let_in_ns;
  if (!stream->changes) return;
  *cell(log, log->of->origin, place) = (i64)((u64)o->producer << 32 | o->draw);
  *cell(log, log->of->moved, place) = 0;
}

/* What else there may be of one that comes next: lanes, poison, and, if it is not measured here, a fact. */
static int describe(Kernel *k, Stream *stream, Shard *shard, const Offered *o) {
  const Producer *p = &k->producers[o->producer];
  u8 lanes[MOST_FACTORS];
  if (stream->nfilters) filter_record(stream, p, o, &shard->log, shard->log.end);
  if (stream->npoisoned) strike_at_random(stream, p, o->number, &shard->log, shard->log.end);
  for (int f = 0; f < stream->nfactors; f++) {
    lanes[f] = (u8)lane_of(stream, o->shard, &p->keys, o->draw, f);
    if (!o->dropped && !append_to_lane(&k->memory, &shard->lanes[f][lanes[f]], shard->log.end)) return 0;
  }
  return k->measures || state_written(k, stream, shard, o, lanes);
}

static LOOP int append_all(Kernel *k, Stream *stream, Shard *shard, const Offered *offered, i64 n) {
  int plain = k->measures && !stream->npoisoned && !stream->nfactors && !stream->nfilters;
  for (const Offered *o = offered; o < offered + n; o++) {
    if (!plain && !describe(k, stream, shard, o)) return 0;
    if (o->dropped) continue;
    append(k, stream, &shard->log, o);
    if (!stream->changes) shard->last_accepted = o->accepted_ns;
  }
  return 1;
}

/* Whether the shards of a stream change just when the run ends at the latest: a window begins then. */
int changes_at_end(const Kernel *k) {
  for (int i = 0; i < k->nstreams; i++)
    if (next_change_ns(&k->streams[i]) == k->latest_ns) return 1;
  return 0;
}

static int write_to(Kernel *k, Stream *stream, Shard *shard, Offered *offered, i64 n) {
  if (!n) return 1;
  if (!room_in_log(k, stream, shard, n)) return 0;
  write_limited(shard, k, stream->any_large, offered, n);
  if (k->measures) measure_offered(k, stream, shard, offered, n);
  return append_all(k, stream, shard, offered, n);
}

/* What shards have accepted in the window, where they change: it may be known, and counts for who changes them. */
static int accept_in_window(Kernel *k, Stream *stream) {
  Changes *c = stream->changes;
  i64 records = 0, bytes = 0;
  for (i64 j = stream->first_live; c && j < stream->nshards; j++) {
    Shard *shard = &stream->shards[j];
    i64 first = shard->due, end_ns = k->window_ends_ns + (k->window_ends_ns == k->latest_ns && !changes_at_end(k));
    if (first == shard->log.end) continue;
    if (record_at(&shard->log, shard->log.end - 1)->accepted < end_ns) shard->due = shard->log.end;
    while (shard->due < shard->log.end && record_at(&shard->log, shard->due)->accepted < end_ns) shard->due++;
    if (shard->due == first) continue;
    i64 more = bytes_between(&shard->log, first, shard->due);
    shard->last_accepted = record_at(&shard->log, shard->due - 1)->accepted;
    records += shard->due - first, bytes += more;
    if (c->kind == ON_DEMAND_MODE && k->window_began_ns >= 0) count_on_demand(&c->mode, j, shard->due - first, more);
  }
  return !c || !c->rule.there || count_for_rule(k, &c->rule, k->window_began_ns, records, bytes);
}

/* The records of the window. */
static int write_all(Kernel *k, Stream *stream) {
  i64 begin = 0;
  for (i64 j = stream->first_live; j < stream->nshards; j++) {
    i64 end = stream->ends[j];
    if (!write_to(k, stream, &stream->shards[j], stream->offered + begin, end - begin)) return 0;
    stream->ends[j] = 0;
    begin = end;
  }
  if (k->measures && !measure_arrivals(k, stream)) return 0;
  stream->produced += stream->noffered;
  return accept_in_window(k, stream);
}

/* How long a window may be: rows of measures are made before it begins. */
static i64 longest_window(const Kernel *k) {
  if (!k->measures || k->measures->interval_ns > LONGEST_NS / MOST_NEW_ROWS) return LONGEST_NS;
  return k->measures->interval_ns * MOST_NEW_ROWS;
}

static i64 window_end(Kernel *k) {
  i64 stops[3] = {0, k->duration_ns, k->latest_ns}, end_ns = k->latest_ns, longest_ns = longest_window(k);
  for (int i = 2; i >= 0; i--)
    if (k->window_began_ns < stops[i]) end_ns = stops[i];
  if (k->until_ns > k->window_began_ns && end_ns > k->until_ns) end_ns = k->until_ns;
  if (end_ns > k->window_began_ns + longest_ns) end_ns = k->window_began_ns + longest_ns;
  for (int i = 0; i < k->nstreams; i++) {
    const Stream *s = &k->streams[i];
    if (next_change_ns(s) < end_ns) end_ns = next_change_ns(s);
    if (s->changes && s->changes->rule.there && minute_ends_ns(k->window_began_ns) < end_ns)
      end_ns = minute_ends_ns(k->window_began_ns);
  }
  for (int i = 0; i < k->nproducers; i++) {
    Producer *p = &k->producers[i];
    if (!look_ahead(k, p, end_ns) && p->ahead[p->end - 1] < end_ns) end_ns = p->ahead[p->end - 1];
  }
  return end_ns > k->window_began_ns ? end_ns : k->window_began_ns + 1;
}

/* Whether a shard has a record that waits at its producer, and that some mapping will read. */
static int awaits_any(const Kernel *k, const Stream *stream, const Shard *shard) {
  const Log *log = &shard->log;
  if (due_in(stream, shard) == log->end) return 0;
  i64 accepted_ns = record_at(log, log->end - 1)->accepted;
  for (int i = 0; i < k->nmappings; i++)
    if (&k->streams[k->mappings[i].stream] == stream && !is_skipped(&k->mappings[i], accepted_ns)) return 1;
  return 0;
}

static int all_are_known(Kernel *k) {
  for (int i = 0; i < k->nproducers; i++)
    if (k->producers[i].first < k->producers[i].end && k->producers[i].ahead[k->producers[i].first] < NEVER) return 0;
  for (int i = 0; i < k->nstreams; i++)
    for (i64 j = k->streams[i].first_live; k->streams[i].changes && j < k->streams[i].nshards; j++)
      if (awaits_any(k, &k->streams[i], &k->streams[i].shards[j])) return 0;
  return k->window_began_ns >= k->duration_ns;
}

int bring_in(Kernel *k) {
  for (int i = 0; k->measures && i < k->nstreams; i++) forget_arrivals(k, &k->streams[i], k->window_began_ns);
  forget(k);
  for (int i = 0; i < k->nstreams; i++)
    if (!reshape(k, &k->streams[i])) return 0;
  k->window_ends_ns = window_end(k);
  if (k->memory.exhausted || (k->measures && !make_rows(k, k->window_ends_ns))) return 0;
  if (!offer(k)) return 0;
  for (int i = 0; i < k->nstreams; i++)
    if (!write_all(k, &k->streams[i])) return 0;
  for (int i = 0; i < k->nstreams; i++)
    if (k->streams[i].ntimes) strike_at_times(&k->streams[i], k->window_ends_ns);
  for (int i = 0; !k->measures && i < k->nstreams; i++)
    if (k->streams[i].changes && !state_accepted(k, &k->streams[i])) return 0;
  if (!tell_readers(k)) return 0;
  if (all_are_known(k) && !k->all_have_come) everything_has_come(k);
  return 1;
}
