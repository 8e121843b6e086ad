/* Which shard and lane a record goes to, while the shards of its stream change [2, 14].
 *
 * As long as they are those of the start, and equal, a multiplication finds the shard of a unique key; then it is
 * sought among the places at which open shards begin. The shard of each named key is kept in its table. */
#include "traffic.h"

/* The place of a shard among the open ones, which are in order of hash; -1: it is not open. */
i64 open_place(const Stream *s, i64 number) {
  if (number < 0 || number >= s->nshards || s->spans[number].closes_ns != NEVER) return -1;
  i64 low = 0, high = s->nopen;
  while (low < high) {
    i64 middle = (low + high) / 2;
    if (hash_before(s->spans[s->open[middle]].first, s->spans[number].first)) low = middle + 1; else high = middle;
  }
  return low;
}

static void find_places(Stream *s) {
  s->map_is_old = 0;
  for (i64 i = 0; i < s->nopen; i++) s->places[i] = (OpenShard){place_of_hash(s->spans[s->open[i]].first), s->open[i]};
  s->places[s->nopen].begins = NEVER;
}

/* The last place that begins at a draw or before it. */
static i64 place_of(const Stream *s, u32 draw) {
  i64 low = 0, high = s->nopen - 1;
  while (low < high) {
    i64 middle = (low + high + 1) / 2;
    if (s->places[middle].begins <= draw) low = middle; else high = middle - 1;
  }
  return low;
}

/* Where shards are about equal it is where it would be if they were. */
static u32 open_at(const Stream *s, u32 draw) {
  i64 guess = (i64)(((u64)draw * (u64)s->nopen) >> 32);
  if (s->places[guess].begins > draw || s->places[guess + 1].begins <= draw) guess = place_of(s, draw);
  return (u32)s->places[guess].shard;
}

/* The shards that are open for some unique keys. */
LOOP void find_open_shards(Stream *s, const u32 *draws, u32 *shards, i64 n) {
  if (s->map_is_old) find_places(s);
  for (i64 i = 0; i < n; i++) shards[i] = open_at(s, draws[i]);
}

/* The rank of the first named key that has a hash, or a higher one. */
static i64 first_rank(const Keys *keys, Hash hash) {
  i64 low = 0, high = keys->count;
  while (low < high) {
    i64 middle = (low + high) / 2;
    if (hash_before(keys->hashes[middle], hash)) low = middle + 1; else high = middle;
  }
  return low;
}

/* Named keys go to a shard that has opened, each to its lane. */
static void give_keys(const Stream *s, const Keys *keys, i64 number) {
  const Span *span = &s->spans[number];
  for (i64 rank = first_rank(keys, span->first); rank < keys->count && !hash_before(span->last, keys->hashes[rank]); rank++)
    keys->shard[keys->by_hash[rank]] = (u32)number;
  for (int f = 0; f < s->nfactors; f++)
    for (u32 lane = 0; lane < (u32)s->factors[f]; lane++) {
      i64 rank = first_rank(keys, lane_of_range(span->first, span->last, lane, (u32)s->factors[f]));
      for (; rank < keys->count && !hash_before(span->last, keys->hashes[rank]); rank++)
        keys->lane[f][keys->by_hash[rank]] = (u8)lane;
    }
}

/* Open shards, so many from a place on, have given way to others, which are the last ones of all. */
void replace_in_map(Kernel *k, Stream *s, i64 place, i64 parents, i64 children) {
  i64 behind = s->nopen - place - parents, first = s->nshards - children;
  __builtin_memmove(s->open + place + children, s->open + place + parents, (u64)behind * sizeof(i64));
  for (i64 i = 0; i < children; i++) s->open[place + i] = first + i;
  s->nopen += children - parents;
  s->is_reshaped = s->map_is_old = 1;
  for (int i = 0; i < k->nproducers; i++)
    for (i64 child = first; &k->streams[k->producers[i].stream] == s && child < s->nshards; child++)
      if (k->producers[i].keys.kind != UNIQUE) give_keys(s, &k->producers[i].keys, child);
}

/* Whether a record has a hash of a shard, or a higher one. */
int is_above(const Stream *s, i64 number, const Keys *keys, u32 draw) {
  if (keys->kind == UNIQUE) return draw >= place_of_hash(s->spans[number].first);
  return keys->shard[draw] >= (u32)number; /* it belongs to that shard by now, or to its sister, which has a lower number */
}
