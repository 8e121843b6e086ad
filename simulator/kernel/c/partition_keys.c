/* From partition keys to shards and lanes [2, 6]. */
#include "draws.h"
#include "traffic.h"

static u32 part(u64 of_32_bits, u64 parts) { return (u32)((of_32_bits * parts) >> 32); }

u32 draw_key(const Keys *keys, u64 number) {
  if (keys->kind == ROUND_ROBIN) return (u32)(number % (u64)keys->count);
  u64 drawn = bits(keys->key, number);
  if (keys->kind == UNIQUE) return (u32)(drawn >> 32);
  u32 cell = part(drawn >> 32, (u64)keys->count);
  if (keys->kind == UNIFORM) return cell;
  return (u32)drawn < keys->kept[cell] ? cell : keys->alias[cell];
}

i64 shard_of(const Keys *keys, u32 draw, i64 shards) {
  return keys->kind == UNIQUE ? part(draw, (u64)shards) : keys->shard[draw];
}

int lane_of(const Keys *keys, u32 draw, i64 shards, int nth_factor, i64 factor) {
  if (keys->kind != UNIQUE) return keys->lane[nth_factor][draw];
  return (int)part((u32)(draw * (u32)shards), (u64)factor);
}
