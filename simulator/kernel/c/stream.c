/* What producers write to the shards of the streams, a window of time at a time [2, 3]. */
#include "draws.h"
#include "measuring.h"
#include "model.h"
#include "traffic.h"

#define LONGEST_NS (600LL * NS)
#define MOST_NEW_ROWS 1000 /* a window */

static void strike_at_random(Kernel *k, Stream *stream, Producer *p, u64 number, Log *log, u64 at) {
  for (int f = 0; f < stream->npoisoned; f++) log->poison[f][at] = __builtin_inf();
  for (int i = 0; i < stream->nkinds; i++) {
    PoisonKind *kind = &stream->kinds[i];
    double *after = &log->poison[kind->function][at];
    if (unit(bits(p->poison[i], number)) < kind->probability && kind->fails_after < *after) *after = kind->fails_after;
  }
  (void)k;
}

static int write_one(Kernel *k, Producer *p) {
  Stream *stream = &k->streams[p->stream];
  i64 produced_ns = p->ahead[p->first], shard_number = p->shards_ahead[p->first];
  u32 draw = p->keys_ahead[p->first];
  p->first++;
  u64 number = (u64)p->produced++;
  i64 in_stream = stream->produced++, bytes = size_of(p, number), let_in_ns, accepted_ns;
  Shard *shard = &stream->shards[shard_number];
  int in = write_record(shard, produced_ns, bytes, stream->any_large, p->drop, &let_in_ns, &accepted_ns);
  if (!append(k, stream, shard)) return 0;
  Log *log = &shard->log;
  u64 at = row(log, log->end - 1);
  u8 lanes[10];
  for (int f = 0; f < stream->nfactors; f++)
    lanes[f] = (u8)lane_of(&p->keys, draw, stream->nshards, f, stream->factors[f]);
  if (stream->npoisoned) strike_at_random(k, stream, p, number, log, at);
  if (!k->measures &&
      !state_written(k, stream, shard_number, in_stream, let_in_ns, !in, lanes, log, at, produced_ns, accepted_ns, bytes))
    return 0;
  if (k->measures && !measure_produced(k, stream, shard, produced_ns, accepted_ns, bytes, !in)) return 0;
  if (!in) {
    log->end--; /* it is lost */
    return 1;
  }
  if (k->measures && accepted_ns > produced_ns) log->let_in[at] = let_in_ns;
  log->rows[at].produced = produced_ns;
  log->rows[at].accepted = accepted_ns;
  log->rows[at].number = in_stream;
  log->rows[at].bytes = (u32)bytes;
  for (int f = 0; f < stream->nfactors; f++)
    if (!append_to_lane(&k->memory, &shard->lanes[f][lanes[f]], log->end - 1)) return 0;
  shard->last_accepted = accepted_ns;
  return 1;
}

/* When the producer's next record in the window is produced; NEVER if it has no more. */
static i64 next_in_window(const Kernel *k, const Producer *p) {
  return p->first < p->end && p->ahead[p->first] < k->window_ends_ns ? p->ahead[p->first] : NEVER;
}

static void take_turn(Kernel *k, u64 number) {
  i64 time_ns = next_in_window(k, &k->producers[number]);
  if (time_ns < NEVER) due(&k->turns, time_ns, number);
}

/* The records of the window, in order of production; at one instant in order of their producers. */
static int write_all(Kernel *k) {
  for (int i = 0; i < k->nproducers; i++) take_turn(k, (u64)i);
  while (k->turns.n) {
    u64 number = next_event(&k->turns).order;
    Producer *p = &k->producers[number];
    i64 until_ns = k->turns.n ? k->turns.heap[0].time : k->window_ends_ns;
    do {
      if (!write_one(k, p)) return 0;
    } while (next_in_window(k, p) < until_ns);
    take_turn(k, number);
  }
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
  if (!write_all(k)) return 0;
  for (int i = 0; i < k->nstreams; i++)
    if (k->streams[i].ntimes) strike_at_times(&k->streams[i], k->window_ends_ns);
  if (!tell_readers(k)) return 0;
  if (all_are_known(k) && !k->all_have_come) everything_has_come(k);
  return 1;
}
