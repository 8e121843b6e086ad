/* What producers write to the shards of the streams, a window of time at a time [2, 3]. */
#include "draws.h"
#include "measuring.h"
#include "model.h"
#include "traffic.h"

#define LONGEST_NS (600LL * NS)
#define MOST_NEW_ROWS 1000 /* a window */

static void strike_at_random(const Stream *stream, const Producer *p, u64 number, Log *log, u64 at) {
  for (int f = 0; f < stream->npoisoned; f++) log->poison[f][at] = __builtin_inf();
  for (int i = 0; i < stream->nkinds; i++) {
    const PoisonKind *kind = &stream->kinds[i];
    double *after = &log->poison[kind->function][at];
    if (unit(bits(p->poison[i], number)) < kind->probability && kind->fails_after < *after) *after = kind->fails_after;
  }
}

/* A record that has been let in is a row of the log. */
static void append(Kernel *k, const Stream *stream, Log *log, const Offered *o) {
  u64 at = row(log, log->end++);
  log->rows[at] = (Record){o->produced_ns, o->accepted_ns, stream->produced + o->nth, log->bytes};
  log->bytes += o->bytes;
  if (k->measures && o->accepted_ns > o->produced_ns) log->let_in[at] = o->let_in_ns;
}

/* What else there may be of one that comes next: lanes, poison, and, if it is not measured here, a fact. */
static int describe(Kernel *k, Stream *stream, Shard *shard, const Offered *o) {
  const Producer *p = &k->producers[o->producer];
  u8 lanes[MOST_FACTORS];
  if (stream->nfilters) filter_record(stream, p, o, &shard->log, row(&shard->log, shard->log.end));
  if (stream->npoisoned) strike_at_random(stream, p, o->number, &shard->log, row(&shard->log, shard->log.end));
  for (int f = 0; f < stream->nfactors; f++) {
    lanes[f] = (u8)lane_of(&p->keys, o->draw, stream->nshards, f, stream->factors[f]);
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
    shard->last_accepted = o->accepted_ns;
  }
  return 1;
}

static int write_to(Kernel *k, Stream *stream, Shard *shard, Offered *offered, i64 n) {
  if (!n) return 1;
  if (!room_in_log(k, stream, shard, n)) return 0;
  write_limited(shard, k, stream->any_large, offered, n);
  if (k->measures) measure_offered(k, stream, shard, offered, n);
  return append_all(k, stream, shard, offered, n);
}

/* The records of the window. */
static int write_all(Kernel *k, Stream *stream) {
  i64 begin = 0;
  for (i64 j = 0; j < stream->nshards; j++) {
    i64 end = stream->ends[j];
    if (!write_to(k, stream, &stream->shards[j], stream->offered + begin, end - begin)) return 0;
    stream->ends[j] = 0;
    begin = end;
  }
  if (k->measures && !measure_arrivals(k, stream)) return 0;
  stream->produced += stream->noffered;
  return 1;
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
  for (int i = 0; i < k->nproducers; i++) {
    Producer *p = &k->producers[i];
    if (!look_ahead(k, p, end_ns) && p->ahead[p->end - 1] < end_ns) end_ns = p->ahead[p->end - 1];
  }
  return end_ns > k->window_began_ns ? end_ns : k->window_began_ns + 1;
}

static int all_are_known(Kernel *k) {
  for (int i = 0; i < k->nproducers; i++)
    if (k->producers[i].first < k->producers[i].end && k->producers[i].ahead[k->producers[i].first] < NEVER) return 0;
  return k->window_began_ns >= k->duration_ns;
}

int bring_in(Kernel *k) {
  for (int i = 0; k->measures && i < k->nstreams; i++) forget_arrivals(k, &k->streams[i], k->window_began_ns);
  forget(k);
  k->window_ends_ns = window_end(k);
  if (k->memory.exhausted || (k->measures && !make_rows(k, k->window_ends_ns))) return 0;
  if (!offer(k)) return 0;
  for (int i = 0; i < k->nstreams; i++)
    if (!write_all(k, &k->streams[i])) return 0;
  for (int i = 0; i < k->nstreams; i++)
    if (k->streams[i].ntimes) strike_at_times(&k->streams[i], k->window_ends_ns);
  if (!tell_readers(k)) return 0;
  if (all_are_known(k) && !k->all_have_come) everything_has_come(k);
  return 1;
}
