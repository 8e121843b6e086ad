/* Hashes: unsigned numbers of 128 bits, and parts of their range, which may be 2^128 wide [2, 14]. */
#include "traffic.h"

#define LIMBS 8

/* A number of so many limbs of 32 bits, the lowest first. */
typedef struct {
  u32 limb[LIMBS];
} Wide;

int hash_before(Hash a, Hash b) { return a.high < b.high || (a.high == b.high && a.low < b.low); }

Hash hash_plus(Hash a, Hash b) {
  u64 low = a.low + b.low;
  return (Hash){a.high + b.high + (low < a.low), low};
}

Hash hash_minus(Hash a, Hash b) { return (Hash){a.high - b.high - (a.low < b.low), a.low - b.low}; }

/* The number after the difference of two hashes: how wide a range is, its ends included. */
static Wide width(Hash first, Hash last) {
  Hash less = hash_minus(last, first);
  Wide w = {{(u32)less.low, (u32)(less.low >> 32), (u32)less.high, (u32)(less.high >> 32)}};
  for (int i = 0; i < LIMBS && !++w.limb[i];) i++;
  return w;
}

static Wide times(const Wide *a, u64 b) {
  Wide product = {{0}};
  for (int half = 0; half < 2; half++) {
    u64 factor = half ? b >> 32 : (u32)b, carry = 0;
    for (int i = 0; i + half < LIMBS; i++) {
      carry += (u64)a->limb[i] * factor + product.limb[i + half];
      product.limb[i + half] = (u32)carry;
      carry >>= 32;
    }
  }
  return product;
}

/* Rounded down. */
static Wide over(const Wide *a, u32 b) {
  Wide quotient;
  u64 rest = 0;
  for (int i = LIMBS - 1; i >= 0; i--) {
    rest = rest << 32 | a->limb[i];
    quotient.limb[i] = (u32)(rest / b);
    rest %= b;
  }
  return quotient;
}

static Wide shifted_down(const Wide *a, i64 bits) {
  Wide less = {{0}};
  i64 limbs = bits / 32;
  int rest = (int)(bits % 32);
  for (i64 i = limbs; i < LIMBS; i++) {
    u64 here = a->limb[i], above = i + 1 < LIMBS ? a->limb[i + 1] : 0;
    less.limb[i - limbs] = (u32)((above << 32 | here) >> rest);
  }
  return less;
}

static Hash low_of(const Wide *w) {
  return (Hash){(u64)w->limb[3] << 32 | w->limb[2], (u64)w->limb[1] << 32 | w->limb[0]};
}

/* Where the upper part of a range begins of which the lower one has number / 2^bits; a number below 2^53. */
Hash part_of_range(Hash first, Hash last, u64 number, i64 bits) {
  Wide all = width(first, last), part = times(&all, number), less = shifted_down(&part, bits);
  return hash_plus(first, low_of(&less));
}

/* Where one of some equal lanes of a range begins. */
Hash lane_of_range(Hash first, Hash last, u32 lane, u32 lanes) {
  Wide all = width(first, last), part = times(&all, lane);
  u64 up = lanes - 1;
  for (int i = 0; i < LIMBS; i++, up >>= 32) part.limb[i] = (u32)(up += part.limb[i]);
  Wide begins = over(&part, lanes);
  return hash_plus(first, low_of(&begins));
}

/* The boundary number k of m equal parts of all hashes, k below m: k * floor(2^128 / m). */
Hash boundary(u32 k, u32 m) {
  Wide all = {{0, 0, 0, 0, 1}}, step = over(&all, m), at = times(&step, k);
  return low_of(&at);
}

/* The first number of 32 bits whose hash, with zeros behind it, is this one or a higher one. */
i64 place_of_hash(Hash hash) { return (i64)(hash.high >> 32) + ((u32)hash.high || hash.low); }
