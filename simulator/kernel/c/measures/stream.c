/* What is measured of one stream, as stream.py has it: what was produced, accepted, throttled and dropped. */
#include "measures.h"

#define PUT_UNIT_BYTES (25 << 10)
#define KIB (1 << 10)

int make_stream_measures(Kernel *k, Stream *stream) {
  StreamMeasures *mine = &k->measures->streams[stream - k->streams];
  i64 shards = mine->totals.load_stride = stream->shards_room;
  mine->totals.load_interval_ns = k->measures->load_interval_ns;
  mine->load_grid.interval_ns = k->measures->load_interval_ns;
  mine->produced.interval_ns = mine->accepted.interval_ns = k->measures->interval_ns;
  look_up_row(&mine->produced, -1);
  look_up_row(&mine->accepted, -1);
  make_level(&mine->unwritten, k->measures->interval_ns);
  mine->shards = take(&k->memory, (u64)shards * sizeof(ShardMeasures));
  mine->load = take(&k->memory, (u64)(2 * LOAD_ROWS + 1) * (u64)shards * sizeof(i64));
  mine->arrivals.waiting.heap = take(&k->memory, (u64)(shards + 1) * sizeof(Event));
  mine->arrivals.waiting.room = shards + 1;
  mine->arrivals.boundary_ns = -NEVER;
  for (i64 j = 0; !k->memory.exhausted && j < stream->nshards; j++) mine->shards[j].second_ends_ns = mine->shards[j].calls_second_ends_ns = -NEVER;
  return !k->memory.exhausted;
}

/* Room for more shards. */
int longer_stream(Kernel *k, const Stream *stream, i64 had, i64 room) {
  StreamMeasures *mine = &k->measures->streams[stream - k->streams];
  i64 *load = take(&k->memory, (u64)(2 * LOAD_ROWS + 1) * (u64)room * sizeof(i64));
  mine->shards = longer(&k->memory, mine->shards, had, room, sizeof(ShardMeasures));
  mine->arrivals.waiting.heap = longer(&k->memory, mine->arrivals.waiting.heap, had + 1, room + 1, sizeof(Event));
  if (k->memory.exhausted) return 0;
  for (i64 i = 0; i < 2 * LOAD_ROWS + 1; i++)
    __builtin_memcpy(load + i * room, mine->load + i * had, (u64)had * sizeof(i64));
  give_back(&k->memory, mine->load, (u64)(2 * LOAD_ROWS + 1) * (u64)had * sizeof(i64));
  mine->load = load;
  mine->totals.load_stride = room;
  mine->arrivals.waiting.room = room + 1;
  return 1;
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
static void note_held(Kernel *k, StreamMeasures *mine, const Stream *stream, Shard *shard, const Offered *offered, i64 n) {
  i64 place = shard->log.end;
  for (const Offered *o = offered; o < offered + n; place += !o->dropped, o++) {
    if (o->accepted_ns == o->produced_ns) continue;
    stream->in_order[o->nth] = NEVER + (o - stream->offered);
    if (o->dropped) {
      mine->totals.dropped++;
      mine->totals.dropped_by_eighth[eighth_at(k->measures, o->produced_ns)]++;
      continue;
    }
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
  if (mine->shards[number].throttled > throttled) note_held(k, mine, stream, shard, offered, n);
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
  due(&mine->arrivals.waiting, record_at(&shard->log, shard->held)->accepted, (u64)held.shard);
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
  while (place <= shard->last_held && record_at(log, place)->accepted == record_at(log, place)->produced) place++;
  shard->held = place <= shard->last_held ? place : -1;
}

/* The stretches in which a record waited for shards that closed are not needed any more. */
static void forget_waits(Stream *stream, i64 *number) {
  while (*number) {
    ByteWait *wait = &stream->byte_waits[*number];
    i64 before = wait->before;
    wait->before = stream->free_wait, stream->free_wait = *number;
    *number = before;
  }
}

/* No record waits for a shard any more that has closed. */
static void nothing_waits_for(StreamMeasures *mine, i64 shard) {
  Clock *waiting = &mine->arrivals.waiting;
  i64 n = waiting->n;
  mine->shards[shard].waiting = waiting->n = 0;
  for (i64 i = 0; i < n; i++)
    if (waiting->heap[i].order != (u64)shard) due(waiting, waiting->heap[i].time, waiting->heap[i].order);
}

/* Records wait for the children of shards that have closed, now, and not for these. */
void measure_moved(Kernel *k, const Stream *stream, const i64 *parents, i64 n) {
  StreamMeasures *mine = &k->measures->streams[stream - k->streams];
  const i64 *children = stream->spans[parents[0]].children;
  for (i64 p = 0; p < n; p++) nothing_waits_for(mine, parents[p]);
  for (int c = 0; c < 2 && children[c] >= 0; c++) {
    Shard *child = &stream->shards[children[c]];
    if (!child->log.end) continue;
    child->held = 0, child->last_held = child->log.end - 1;
    mine->shards[children[c]].waiting = child->log.end;
    due(&mine->arrivals.waiting, record_at(&child->log, 0)->accepted, (u64)children[c]);
  }
  for (int i = 0; i < k->nmappings; i++) {
    const Mapping *m = &k->mappings[i];
    if (&k->streams[m->stream] != stream) continue;
    for (i64 p = 0; p < n; p++)
      for (int lane = 0; lane < m->factor; lane++)
        note_oldest(k, &m->readers[parents[p]], &m->readers[parents[p]].lanes[lane], k->clock.now);
    for (int c = 0; c < 2 && children[c] >= 0; c++) measure_known(k, &m->readers[children[c]]);
  }
}

/* The first of the records that wait is accepted. */
static void accept_held(Kernel *k, Stream *stream, StreamMeasures *mine) {
  Event first = next_event(&mine->arrivals.waiting);
  Shard *shard = &stream->shards[first.order];
  const Log *log = &shard->log;
  i64 produced_ns = record_at(log, shard->held)->produced, let_in_ns = *cell(log, log->of->let_in, shard->held);
  i64 *moved = cell(log, log->of->moved, shard->held);
  if (first.time >= mine->arrivals.boundary_ns) at_boundary(k, stream, first.time);
  mine->arrivals.count++;
  change_level(&mine->unwritten, first.time, -1);
  Tally one = {0};
  tally(&one, first.time, bytes_of(&shard->log, shard->held));
  count_accepted(mine, &mine->rows[row_at(&mine->accepted, first.time)], (i64)first.order, &one);
  for (int i = 0; i < k->nmappings; i++)
    if (&k->streams[k->mappings[i].stream] == stream && first.time >= k->measures->mappings[i].backlog.from_ns &&
        !is_set_aside(&k->mappings[i], &shard->log, shard->held)) {
      wait_to_write(k, i, produced_ns, let_in_ns, first.time);
      if (stream->changes) wait_for_closed(k, stream, i, *moved);
    }
  if (stream->changes) forget_waits(stream, moved);
  next_held(shard);
  if (--mine->shards[first.order].waiting)
    due(&mine->arrivals.waiting, record_at(&shard->log, shard->held)->accepted, first.order);
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
