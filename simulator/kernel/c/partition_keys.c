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

LOOP void find_shards(const Keys *keys, const u32 *draws, u32 *shards, i64 n, i64 nshards) {
  if (keys->kind == UNIQUE)
    for (i64 i = 0; i < n; i++) shards[i] = part(draws[i], (u64)nshards);
  else
    for (i64 i = 0; i < n; i++) shards[i] = keys->shard[draws[i]];
}

int lane_of(const Keys *keys, u32 draw, i64 shards, int nth_factor, i64 factor) {
  if (keys->kind != UNIQUE) return keys->lane[nth_factor][draw];
  return (int)part((u32)(draw * (u32)shards), (u64)factor);
}
