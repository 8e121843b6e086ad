/* What happened while a mapping was behind, as episodes.py has it, by stretch of being behind (lag.c).
 *
 * What happened at an instant is told to the stretch that it lies in, begin and end included, when it is over: only then
 * is it known whether there is one. */
#include "measures.h"

static void add(Episode *episode, const AtInstant *now) {
  episode->delayed += now->delayed;
  episode->done_again += now->done_again;
  episode->lost += now->lost;
  episode->sent_to_destination += now->sent_to_destination;
  if (now->lost || now->sent_to_destination) episode->first_loss_ns = least(episode->first_loss_ns, now->at_ns);
}

/* An instant is over; it has become a later time. */
static void close_instant(Kernel *k, int mapping, i64 time_ns) {
  MappingMeasures *mine = &k->measures->mappings[mapping];
  i64 at_ns = mine->instant.at_ns;
  behind_to(k, mapping, time_ns);
  i64 i = mine->nepisodes;
  while (i && mine->episodes[i - 1].begin_ns > at_ns) i--;
  if (i && at_ns <= mine->episodes[i - 1].end_ns) add(&mine->episodes[i - 1], &mine->instant);
}

static AtInstant *at_instant(Kernel *k, int mapping, i64 time_ns) {
  AtInstant *now = &k->measures->mappings[mapping].instant;
  if (now->at_ns == time_ns) return now;
  close_instant(k, mapping, time_ns);
  *now = (AtInstant){.at_ns = time_ns};
  return now;
}

/* How many of the records that an attempt has processed took longer than what counts as behind: the first ones. */
static i64 count_delayed(Kernel *k, const Reader *r, const Lane *lane) {
  const Log *log = &shard_read(k, r)->log;
  i64 n = 0, limit_ns = k->measures->mappings[r->mapping].lag.limit_ns;
  for (i64 index = lane->part.low; index < lane->done; index++) {
    i64 place = place_of(r, lane, index);
    if (is_gone(r, log, place)) continue;
    if (k->clock.now - record_at(log, place)->produced <= limit_ns) break;
    n++;
  }
  return n;
}

/* An attempt is over. */
void finished_in_episode(Kernel *k, const Reader *r, const Lane *lane, i64 done) {
  AtInstant *now = at_instant(k, r->mapping, k->clock.now);
  now->done_again += lane->records - done;
  now->delayed += count_delayed(k, r, lane);
}

/* Records are lost, or sent to the destination. */
void lost_in_episode(Kernel *k, int mapping, int how, i64 time_ns, i64 records) {
  AtInstant *now = at_instant(k, mapping, time_ns);
  *(how == SENT_TO_DESTINATION ? &now->sent_to_destination : &now->lost) += records;
}

/* The run ends. */
void end_episodes(Kernel *k, int mapping, i64 end_ns) { close_instant(k, mapping, end_ns); }
