/* Which shards of its stream a mapping, or another reader, may read, and since when: a child after its parents [14]. */
#include "measuring.h"
#include "model.h"
#include "traffic.h"

static Reader *readers_of(Kernel *k, int number) {
  return number < k->nmappings ? k->mappings[number].readers : k->others[number - k->nmappings].readers;
}

/* Begin to read a shard at a time. */
void start_reading(Kernel *k, Reader *r, i64 at_ns) {
  r->is_started = 1;
  if (is_other(k, r)) start_polling(k, &k->others[r->mapping - k->nmappings].polls, r, at_ns);
  else if (k->mappings[r->mapping].push) start_pushing(k, r, at_ns);
  else start_polling(k, &k->mappings[r->mapping].polls, r, at_ns);
}

/* Whether all parents of a shard are finished. */
static int may_start(const Span *child, const Reader *readers) {
  for (int p = 0; p < 2; p++)
    if (child->parents[p] >= 0 && !readers[child->parents[p]].is_finished) return 0;
  return 1;
}

/* A shard is closed, read to its end, and each of its records has ended: then its children are read, in their time. */
static void finish_shard(Kernel *k, Reader *r) {
  if (r->left || r->is_finished) return;
  const Stream *s = &k->streams[r->stream];
  Reader *readers = readers_of(k, r->mapping);
  i64 discovery_ns = is_other(k, r) ? 0 : k->mappings[r->mapping].discovery_ns;
  r->is_finished = 1;
  state_finished(k, r);
  for (int c = 0; c < 2; c++) {
    i64 child = s->spans[r->shard].children[c];
    if (child < 0 || !may_start(&s->spans[child], readers)) continue;
    readers[child].read_ns = k->clock.now + discovery_ns;
    start_reading(k, &readers[child], readers[child].read_ns);
  }
}

void read_to_end(Kernel *k, Reader *r) {
  r->is_read = 1;
  finish_shard(k, r);
}

/* Records of a shard have ended. */
void ended_in_shard(Kernel *k, Reader *r, i64 records) {
  r->left -= records;
  if (r->is_read) finish_shard(k, r);
}

/* Whoever has a number begins to read: shards that had closed by its starting position it does not. */
void begin_to_read(Kernel *k, int number) {
  i64 until_ns = number < k->nmappings ? k->mappings[number].passes_over_ns : k->others[number - k->nmappings].starts_ns;
  Reader *readers = readers_of(k, number);
  const Stream *s = &k->streams[readers->stream];
  for (i64 j = 0; j < s->nshards; j++) readers[j].is_done |= s->spans[j].closes_ns <= until_ns;
  for (i64 j = 0; j < s->nshards; j++)
    if (s->spans[j].closes_ns <= until_ns) read_to_end(k, &readers[j]);
}

/* Those come who will read a shard that is new. */
int meet_shard(Kernel *k, Stream *s, i64 number) {
  for (int i = 0; i < k->nmappings; i++)
    if (&k->streams[k->mappings[i].stream] == s && !make_reader(k, i, number)) return 0;
  for (int i = 0; i < k->nothers; i++)
    if (&k->streams[k->others[i].stream] == s && !make_reader(k, k->nmappings + i, number)) return 0;
  if (!room_for_events(k)) return 0;
  return !k->measures || measure_shard(k, s, number);
}
