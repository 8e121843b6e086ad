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

/* What a record that is accepted is billed for, and loads its shard with. */
static void count_load_of(StreamMeasures *mine, i64 accepted_ns, i64 shard, i64 bytes) {
  mine->totals.put_units += (bytes + PUT_UNIT_BYTES - 1) / PUT_UNIT_BYTES;
  mine->totals.kib += (bytes + KIB - 1) / KIB;
  if (accepted_ns >= 0) count_load(mine, accepted_ns, shard);
}

static int room_for_a_time(Kernel *k, AcceptedRecords *all) {
  if (all->ntimes < all->times_room) return 1;
  i64 room = all->times_room ? 2 * all->times_room : 1024;
  i64 *times = take(&k->memory, (u64)room * sizeof(i64));
  if (!times) return 0;
  if (all->times) __builtin_memcpy(times, all->times, (u64)all->ntimes * sizeof(i64));
  give_back(&k->memory, all->times, (u64)all->times_room * sizeof(i64));
  all->times = times, all->times_room = room;
  return 1;
}

static int room_for_one_held(Kernel *k, AcceptedRecords *all) {
  if (all->nheld < all->held_room) return 1;
  i64 room = all->held_room ? 2 * all->held_room : 64;
  Held *held = take(&k->memory, (u64)room * sizeof(Held));
  if (!held) return 0;
  if (all->held) __builtin_memcpy(held, all->held, (u64)all->nheld * sizeof(Held));
  give_back(&k->memory, all->held, (u64)all->held_room * sizeof(Held));
  all->held = held, all->held_room = room;
  return 1;
}

/* A record is accepted that had to wait. */
static void count_accepted(StreamMeasures *mine, i64 accepted_ns, i64 shard, i64 bytes) {
  StreamRow *row = &mine->rows[row_at(&mine->accepted, accepted_ns)];
  row->accepted++;
  row->accepted_bytes += bytes;
  mine->shards[shard].records++;
  mine->shards[shard].bytes += bytes;
  count_load_of(mine, accepted_ns, shard, bytes);
}

/* A record is not accepted when it is offered, as the others are: what was offered is added to these when the run ends. */
static void count_throttled(StreamRow *row, ShardMeasures *shard, i64 bytes) {
  row->throttled++;
  row->accepted--;
  row->accepted_bytes -= bytes;
  shard->throttled++;
  shard->records--;
  shard->bytes -= bytes;
}

/* A record was offered to a shard, in order of production; if it was not dropped, it is the last of the log. */
int measure_produced(Kernel *k, Stream *stream, Shard *shard, i64 produced_ns, i64 accepted_ns, i64 bytes, int dropped) {
  StreamMeasures *mine = &k->measures->streams[stream - k->streams];
  i64 number = shard - stream->shards;
  StreamRow *row = &mine->rows[row_at(&mine->produced, produced_ns)];
  ShardMeasures *of_shard = &mine->shards[number];
  row->produced++;
  row->accepted_bytes += bytes;
  offer(of_shard, produced_ns, bytes);
  if (!dropped && accepted_ns == produced_ns) {
    count_load_of(mine, accepted_ns, number, bytes);
    if (!stream->nreaders) return 1;
    if (!room_for_a_time(k, &mine->arrivals)) return 0;
    mine->arrivals.times[mine->arrivals.ntimes++] = accepted_ns;
    return 1;
  }
  count_throttled(row, of_shard, bytes);
  mine->totals.throttled++;
  mine->totals.dropped += dropped;
  if (dropped) return 1;
  if (!room_for_one_held(k, &mine->arrivals)) return 0;
  mine->arrivals.held[mine->arrivals.nheld++] = (Held){produced_ns, number};
  shard->last_held = shard->log.end - 1;
  if (shard->held < 0) shard->held = shard->last_held;
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
  count_accepted(mine, first.time, (i64)first.order, shard->log.rows[at].bytes);
  for (int i = 0; i < k->nmappings; i++)
    if (&k->streams[k->mappings[i].stream] == stream && first.time >= k->measures->mappings[i].backlog.from_ns)
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

/* See count_throttled. */
static void add_offered(const Kernel *k, StreamMeasures *mine) {
  for (i64 row = 0; row < k->measures->rows; row++) {
    mine->rows[row].accepted += mine->rows[row].produced;
    mine->totals.produced += mine->rows[row].produced;
  }
  for (i64 j = 0; j < mine->nshards; j++) {
    mine->shards[j].records += mine->shards[j].offered;
    mine->shards[j].bytes += mine->shards[j].offered_bytes;
  }
}

void end_stream(Kernel *k, Stream *stream, i64 end_ns) {
  StreamMeasures *mine = &k->measures->streams[stream - k->streams];
  accept_before(k, stream, end_ns + 1);
  add_offered(k, mine);
  end_level(&mine->unwritten, end_ns);
  end_load(mine, end_ns);
  at_very_end(mine->rows, end_ns, k->measures->interval_ns);
}
