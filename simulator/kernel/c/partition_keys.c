/* From partition keys to shards and lanes [2, 6]. */
#include "draws.h"
#include "traffic.h"

static u32 part(u64 of_32_bits, u64 parts) { return (u32)((of_32_bits * parts) >> 32); }

static u32 weighted(const Keys *keys, u64 drawn) {
  u32 cell = part(drawn >> 32, (u64)keys->count);
  return (u32)drawn < keys->kept[cell] ? cell : keys->alias[cell];
}

/* Of the records from a number on. */
LOOP void draw_keys(const Keys *keys, u64 number, u32 *draws, i64 n) {
  u64 key = keys->key, count = (u64)keys->count;
  switch (keys->kind) {
    case UNIQUE: for (i64 i = 0; i < n; i++) draws[i] = (u32)(bits(key, number + (u64)i) >> 32); break;
    case ROUND_ROBIN: for (i64 i = 0; i < n; i++) draws[i] = (u32)((number + (u64)i) % count); break;
    case UNIFORM: for (i64 i = 0; i < n; i++) draws[i] = part(bits(key, number + (u64)i) >> 32, count); break;
    default: for (i64 i = 0; i < n; i++) draws[i] = weighted(keys, bits(key, number + (u64)i));
  }
}

/* The shards that are open for them. */
LOOP void find_shards(const Keys *keys, Stream *stream, const u32 *draws, u32 *shards, i64 n) {
  u64 nshards = (u64)stream->nshards;
  if (keys->kind == UNIQUE && stream->is_reshaped)
    find_open_shards(stream, draws, shards, n);
  else if (keys->kind == UNIQUE)
    for (i64 i = 0; i < n; i++) shards[i] = part(draws[i], nshards);
  else
    for (i64 i = 0; i < n; i++) shards[i] = keys->shard[draws[i]];
}

/* The lane of a record of an open shard. */
int lane_of(const Stream *stream, i64 shard, const Keys *keys, u32 draw, int nth_factor) {
  i64 factor = stream->factors[nth_factor];
  if (keys->kind != UNIQUE) return keys->lane[nth_factor][draw];
  if (!stream->is_reshaped) return (int)part((u32)(draw * (u32)stream->nshards), (u64)factor);
  const i64 *begins = stream->shards[shard].lane_begins[nth_factor];
  int lane = (int)factor - 1;
  while (lane && begins[lane] > draw) lane--;
  return lane;
}
