/* How far a mapping is behind, as lag.py has it: the age, since production, of its oldest record that has not ended.
 *
 * The oldest of each lane is a leaf of a tree whose nodes are the less of their two children, so its root is the oldest
 * of all. While the root does not change, the lag grows; so it is highest when the oldest ends, or at a row's end. */
#include "measures.h"

/* The only memory that is taken at an event. */
static int room_for_an_episode(Kernel *k, MappingMeasures *mine) {
  if (mine->nepisodes < mine->episodes_room) return 1;
  i64 room = more_room(mine->episodes_room, 16, mine->nepisodes + 1);
  mine->episodes = longer(&k->memory, mine->episodes, mine->episodes_room, room, sizeof(Episode));
  if (!k->memory.exhausted) mine->episodes_room = room;
  return !k->memory.exhausted;
}

/* It was behind where the oldest record had waited for longer than the limit. Stretches that touch are one. */
static void was_behind(Kernel *k, MappingMeasures *mine, i64 of_ns, i64 begin_ns, i64 end_ns) {
  begin_ns = greatest(begin_ns, of_ns + mine->lag.limit_ns);
  if (begin_ns >= end_ns) return;
  Episode *last = mine->nepisodes ? &mine->episodes[mine->nepisodes - 1] : NULL;
  if (last && last->end_ns >= begin_ns) {
    last->end_ns = greatest(last->end_ns, end_ns);
    last->peak_ns = greatest(last->peak_ns, end_ns - of_ns);
  } else if (room_for_an_episode(k, mine)) {
    mine->episodes[mine->nepisodes++] =
        (Episode){.begin_ns = begin_ns, .end_ns = end_ns, .peak_ns = end_ns - of_ns, .first_loss_ns = NEVER};
  }
}

void behind_to(Kernel *k, int mapping, i64 time_ns) {
  MappingMeasures *mine = &k->measures->mappings[mapping];
  i64 oldest = mine->lag.oldest[1];
  if (oldest < time_ns) was_behind(k, mine, oldest, greatest(greatest(mine->lag.since_ns, oldest), 0), time_ns);
}

/* The oldest record was produced at `of`, and has been the oldest up to a time. */
static void has_reigned(Kernel *k, MappingMeasures *mine, i64 of_ns, i64 until_ns) {
  Lag *lag = &mine->lag;
  i64 interval_ns = k->measures->interval_ns;
  i64 begin_ns = greatest(greatest(lag->since_ns, of_ns), 0);
  was_behind(k, mine, of_ns, begin_ns, until_ns);
  for (int i = 0; i < 2; i++)
    if (begin_ns <= lag->asked_ns[i] && lag->asked_ns[i] < until_ns) mine->totals.lag_ns[i] = lag->asked_ns[i] - of_ns;
  while (begin_ns < until_ns) {
    i64 row = begin_ns / interval_ns + 1, end_ns = least(until_ns, row * interval_ns);
    MappingRow *in = mapping_row(mine, row);
    in->lag_peak_ns = greatest(in->lag_peak_ns, end_ns - of_ns);
    begin_ns = end_ns;
  }
}

/* The place in the lane's order of its first record that has not ended. */
i64 first_left(Kernel *k, const Reader *r, const Lane *lane) {
  i64 index = lane->part.low < lane->part.high ? lane->part.low : lane->cursor, known = known_to_lane(k, r, lane);
  while (index < known && has_expired(k, r, place_of(r, lane, index))) index++;
  return index;
}

int put_oldest(Lag *lag, i64 leaf, i64 born_ns) {
  i64 node = lag->leaves + leaf;
  lag->oldest[node] = born_ns;
  for (node /= 2; node; node /= 2) {
    i64 less = least(lag->oldest[2 * node], lag->oldest[2 * node + 1]);
    if (lag->oldest[node] == less) return 0;
    lag->oldest[node] = less;
  }
  return 1;
}

/* The first record of a lane that has not ended may be another one from now on. Up to the starting position it is the
 * first of all, known afterwards: until then shards that change may have others skipped. */
void note_oldest(Kernel *k, Reader *r, Lane *lane, i64 time_ns) {
  MappingMeasures *mine = &k->measures->mappings[r->mapping];
  Lag *lag = &mine->lag;
  const Log *log = &shard_read(k, r)->log;
  i64 index = first_left(k, r, lane), oldest = lag->oldest[1];
  i64 produced_ns = NEVER;
  if (index < known_to_lane(k, r, lane)) produced_ns = record_at(log, place_of(r, lane, index))->produced;
  if (!put_oldest(lag, r->shard * k->mappings[r->mapping].factor + lane->number, produced_ns)) return;
  if (time_ns <= k->mappings[r->mapping].position_ns) return;
  if (oldest < time_ns) has_reigned(k, mine, oldest, time_ns);
  lag->since_ns = time_ns;
}

/* A reader knows of more records: the first of them is the oldest of a lane that had none. */
void measure_known(Kernel *k, Reader *r) {
  const Mapping *m = &k->mappings[r->mapping];
  const Lag *lag = &k->measures->mappings[r->mapping].lag;
  for (int n = 0; n < m->factor; n++)
    if (lag->oldest[lag->leaves + r->shard * m->factor + n] == NEVER) note_oldest(k, r, &r->lanes[n], k->clock.now);
  expect_expiry(k, r);
}

/* The run ends; its very end still counts where the lag was asked for. */
void end_lag(Kernel *k, int mapping, i64 end_ns) {
  MappingMeasures *mine = &k->measures->mappings[mapping];
  i64 oldest = mine->totals.oldest_ns = mine->lag.oldest[1];
  if (oldest < end_ns) has_reigned(k, mine, oldest, end_ns);
  for (int i = 0; i < 2; i++)
    if (mine->lag.asked_ns[i] == end_ns && oldest <= end_ns) mine->totals.lag_ns[i] = end_ns - oldest;
}
