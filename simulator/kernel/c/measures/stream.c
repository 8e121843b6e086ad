/* What is measured of one stream, as stream.py has it: what was produced, accepted, throttled and dropped. */
#include "measures.h"

#define PUT_UNIT_BYTES (25 << 10)
#define KIB (1 << 10)

int make_stream_measures(Kernel *k, Stream *stream) {
  StreamMeasures *mine = &k->measures->streams[stream - k->streams];
  mine->nshards = stream->nshards;
  mine->totals.load_interval_ns = k->measures->load_interval_ns;
  mine->load_grid.interval_ns = k->measures->load_interval_ns;
  mine->produced.interval_ns = mine->accepted.interval_ns = k->measures->interval_ns;
  look_up_row(&mine->produced, -1);
  look_up_row(&mine->accepted, -1);
  make_level(&mine->unwritten, k->measures->interval_ns);
  mine->shards = take(&k->memory, (u64)mine->nshards * sizeof(ShardMeasures));
  mine->load = take(&k->memory, (u64)(2 * LOAD_ROWS + 1) * (u64)mine->nshards * sizeof(i64));
  mine->arrivals.waiting.heap = take(&k->memory, (u64)(mine->nshards + 1) * sizeof(Event));
  mine->arrivals.waiting.room = mine->nshards + 1;
  mine->arrivals.boundary_ns = -NEVER;
  for (i64 j = 0; !k->memory.exhausted && j < mine->nshards; j++) {
    mine->shards[j].second_ends_ns = -NEVER;
    stream->shards[j].held = stream->shards[j].last_held = -1;
    stream->shards[j].log.let_in = take(&k->memory, (stream->shards[j].log.mask + 1) * sizeof(i64));
  }
  return !k->memory.exhausted;
}

/* Records of a shard: those that are offered, and those of them that are accepted. */
typedef struct {
  i64 offered, offered_bytes, accepted, bytes, put_units, kib, last_ns;
} Tally;

static void tally(Tally *of, i64 accepted_ns, i64 bytes) {
  of->accepted++;
  of->bytes += bytes;
  of->put_units += (bytes + PUT_UNIT_BYTES - 1) / PUT_UNIT_BYTES;
  of->kib += (bytes + KIB - 1) / KIB;
  of->last_ns = accepted_ns;
}

/* They are accepted in one row of the series, and in one of the load. */
static void count_accepted(StreamMeasures *mine, StreamRow *row, i64 shard, const Tally *of) {
  row->accepted += of->accepted;
  row->accepted_bytes += of->bytes;
  mine->shards[shard].records += of->accepted;
  mine->shards[shard].bytes += of->bytes;
  mine->totals.put_units += of->put_units;
  mine->totals.kib += of->kib;
  if (of->last_ns >= 0) count_load(mine, of->last_ns, shard, of->accepted);
}

static int room_for_times(Kernel *k, AcceptedRecords *all, i64 more) {
  if (all->ntimes + more <= all->times_room) return 1;
  i64 room = more_room(all->times_room, 1024, all->ntimes + more);
  all->times = longer(&k->memory, all->times, all->times_room, room, sizeof(i64));
  if (!k->memory.exhausted) all->times_room = room;
  return !k->memory.exhausted;
}

static int room_for_one_held(Kernel *k, AcceptedRecords *all) {
  if (all->nheld < all->held_room) return 1;
  i64 room = more_room(all->held_room, 64, all->nheld + 1);
  all->held = longer(&k->memory, all->held, all->held_room, room, sizeof(Held));
  if (!k->memory.exhausted) all->held_room = room;
  return !k->memory.exhausted;
}

/* Until when all that is offered to a shard counts in the same rows, and in the same second. */
static i64 counted_until(StreamMeasures *mine, ShardMeasures *shard, i64 produced_ns) {
  i64 load_ns = mine->totals.load_interval_ns, until_ns;
  turn_to_second(shard, produced_ns);
  row_at(&mine->produced, produced_ns);
  until_ns = least(shard->second_ends_ns, mine->produced.ends_ns);
  return produced_ns < 0 ? until_ns : least(until_ns, (produced_ns / load_ns + 1) * load_ns);
}

static void count_offered(StreamMeasures *mine, StreamRow *row, i64 shard, const Tally *of) {
  i64 throttled = of->offered - of->accepted;
  row->produced += of->offered;
  row->throttled += throttled;
  mine->shards[shard].offered += of->offered;
  mine->shards[shard].offered_bytes += of->offered_bytes;
  mine->shards[shard].throttled += throttled;
  mine->totals.produced += of->offered;
  mine->totals.throttled += throttled;
  if (of->accepted) count_accepted(mine, row, shard, of);
}

/* Some of them are not accepted at once. */
static void note_held(StreamMeasures *mine, const Stream *stream, Shard *shard, const Offered *offered, i64 n) {
  i64 place = shard->log.end;
  for (const Offered *o = offered; o < offered + n; place += !o->dropped, o++) {
    if (o->accepted_ns == o->produced_ns) continue;
    stream->in_order[o->nth] = NEVER + (o - stream->offered);
    mine->totals.dropped += o->dropped;
    if (o->dropped) continue;
    shard->last_held = place;
    if (shard->held < 0) shard->held = place;
  }
}

/* Records were offered to a shard, in order of production; those that are not dropped come to its log next. */
LOOP void measure_offered(Kernel *k, Stream *stream, Shard *shard, const Offered *offered, i64 n) {
  StreamMeasures *mine = &k->measures->streams[stream - k->streams];
  i64 number = shard - stream->shards, throttled = mine->shards[number].throttled;
  for (i64 i = 0; i < n;) {
    i64 until_ns = counted_until(mine, &mine->shards[number], offered[i].produced_ns);
    StreamRow *row = &mine->rows[mine->produced.row];
    Tally of = {0};
    for (; i < n && offered[i].produced_ns < until_ns; i++) {
      of.offered++;
      of.offered_bytes += offered[i].bytes;
      if (offered[i].accepted_ns == offered[i].produced_ns) tally(&of, offered[i].accepted_ns, offered[i].bytes);
    }
    count_offered(mine, row, number, &of);
  }
  if (mine->shards[number].throttled > throttled) note_held(mine, stream, shard, offered, n);
}

/* The window's records in order of production: those that are accepted at once, and those that wait. */
LOOP int measure_arrivals(Kernel *k, Stream *stream) {
  StreamMeasures *mine = &k->measures->streams[stream - k->streams];
  AcceptedRecords *all = &mine->arrivals;
  if (!room_for_times(k, all, stream->noffered)) return 0;
  for (i64 i = 0; i < stream->noffered; i++) {
    if (stream->in_order[i] < NEVER) {
      all->times[all->ntimes++] = stream->in_order[i];
      continue;
    }
    const Offered *o = &stream->offered[stream->in_order[i] - NEVER];
    if (o->dropped) continue;
    if (!room_for_one_held(k, all)) return 0;
    all->held[all->nheld++] = (Held){o->produced_ns, o->shard};
  }
  return 1;
}

/* A record has been produced that has to wait. Those of a shard are accepted in this order: the first one is due. */
static void begin_to_wait(StreamMeasures *mine, const Stream *stream, Held held) {
  const Shard *shard = &stream->shards[held.shard];
  change_level(&mine->unwritten, held.produced_ns, 1);
  if (mine->shards[held.shard].waiting++) return;
  due(&mine->arrivals.waiting, shard->log.rows[row(&shard->log, shard->held)].accepted, (u64)held.shard);
}

/* Arrivals before a time have been counted, and somebody wants to know how many there are. */
static void at_boundary(Kernel *k, Stream *stream, i64 time_ns) {
  for (int i = 0; i < k->nmappings; i++)
    if (&k->streams[k->mappings[i].stream] == stream) backlog_to(k, i, time_ns);
  k->measures->streams[stream - k->streams].arrivals.boundary_ns = next_boundary(k, stream, time_ns);
}

static void next_held(Shard *shard) {
  const Log *log = &shard->log;
  i64 place = shard->held + 1;
  while (place <= shard->last_held && log->rows[row(log, place)].accepted == log->rows[row(log, place)].produced) place++;
  shard->held = place <= shard->last_held ? place : -1;
}

/* The first of the records that wait is accepted. */
static void accept_held(Kernel *k, Stream *stream, StreamMeasures *mine) {
  Event first = next_event(&mine->arrivals.waiting);
  Shard *shard = &stream->shards[first.order];
  u64 at = row(&shard->log, shard->held);
  i64 produced_ns = shard->log.rows[at].produced, let_in_ns = shard->log.let_in[at];
  if (first.time >= mine->arrivals.boundary_ns) at_boundary(k, stream, first.time);
  mine->arrivals.count++;
  change_level(&mine->unwritten, first.time, -1);
  Tally one = {0};
  tally(&one, first.time, bytes_of(&shard->log, shard->held));
  count_accepted(mine, &mine->rows[row_at(&mine->accepted, first.time)], (i64)first.order, &one);
  for (int i = 0; i < k->nmappings; i++)
    if (&k->streams[k->mappings[i].stream] == stream && first.time >= k->measures->mappings[i].backlog.from_ns &&
        !is_set_aside(&k->mappings[i], &shard->log, shard->held))
      wait_to_write(k, i, produced_ns, let_in_ns, first.time);
  next_held(shard);
  if (--mine->shards[first.order].waiting)
    due(&mine->arrivals.waiting, shard->log.rows[row(&shard->log, shard->held)].accepted, first.order);
}

/* Those that need not wait are accepted, before a time. */
static void accept_at_once(Kernel *k, Stream *stream, AcceptedRecords *all, i64 time_ns) {
  while (all->next_time < all->ntimes && all->times[all->next_time] < time_ns) {
    i64 next = all->next_time, end = all->ntimes, until_ns = least(time_ns, all->boundary_ns);
    while (next < end && all->times[next] < until_ns) next++;
    all->count += next - all->next_time;
    all->next_time = next;
    if (next < end && all->times[next] < time_ns) at_boundary(k, stream, all->times[next]);
  }
}

void accept_before(Kernel *k, Stream *stream, i64 time_ns) {
  StreamMeasures *mine = &k->measures->streams[stream - k->streams];
  AcceptedRecords *all = &mine->arrivals;
  for (;;) {
    i64 produced_ns = all->next_held < all->nheld ? all->held[all->next_held].produced_ns : NEVER;
    i64 accepted_ns = all->waiting.n ? all->waiting.heap[0].time : NEVER;
    accept_at_once(k, stream, all, least(time_ns, least(produced_ns, accepted_ns)));
    if (least(produced_ns, accepted_ns) >= time_ns) return;
    if (produced_ns <= accepted_ns) begin_to_wait(mine, stream, all->held[all->next_held++]);
    else accept_held(k, stream, mine);
  }
}

/* A window of the traffic is over: what came in it has been accepted, or waits. */
void forget_arrivals(Kernel *k, Stream *stream, i64 time_ns) {
  AcceptedRecords *all = &k->measures->streams[stream - k->streams].arrivals;
  accept_before(k, stream, time_ns);
  if (all->next_time == all->ntimes) all->next_time = all->ntimes = 0;
  if (all->next_held == all->nheld) all->next_held = all->nheld = 0;
}

static void at_very_end(StreamRow *rows, i64 end_ns, i64 interval_ns) {
  i64 last = end_ns / interval_ns;
  if (end_ns % interval_ns) return;
  rows[last].accepted += rows[last + 1].accepted;
  rows[last].accepted_bytes += rows[last + 1].accepted_bytes;
}

void end_stream(Kernel *k, Stream *stream, i64 end_ns) {
  StreamMeasures *mine = &k->measures->streams[stream - k->streams];
  accept_before(k, stream, end_ns + 1);
  end_level(&mine->unwritten, end_ns);
  end_load(mine, end_ns);
  at_very_end(mine->rows, end_ns, k->measures->interval_ns);
}
