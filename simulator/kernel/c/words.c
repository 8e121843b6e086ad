/* Words of a plan, read one after the other: numbers within bounds, tables, and what is made of a few of them. */
#include "quantiles.h"
#include "words.h"

i64 whole(Words *w, i64 least, i64 most) {
  if (w->word >= w->end) {
    w->bad = 1;
    return least;
  }
  i64 value = *w->word++;
  if (value < least || value > most) {
    w->bad = 1;
    return least;
  }
  return value;
}

u64 key_from(Words *w) { return (u64)whole(w, INT64_MIN, INT64_MAX); }

/* A time, or NEVER, or long ago. */
i64 time_from(Words *w) {
  i64 value = whole(w, -NEVER, NEVER);
  if ((value < -LONGEST || value > LONGEST) && value != NEVER && value != -NEVER) w->bad = 1;
  return value;
}
i64 duration_from(Words *w, i64 least) { return whole(w, least, LONGEST); }
int flag_from(Words *w) { return (int)whole(w, 0, 1); }

double number_from(Words *w) {
  i64 bits = whole(w, INT64_MIN, INT64_MAX);
  double value;
  __builtin_memcpy(&value, &bits, 8);
  if (value != value) w->bad = 1;
  return value;
}

double within(Words *w, double least, double most) {
  double value = number_from(w);
  if (!(value >= least && value <= most)) w->bad = 1;
  return value;
}

/* Words that stay where they are, so many of them. */
const void *several(Words *w, i64 n) {
  const i64 *there = w->word;
  if (w->bad || n > w->end - w->word) {
    w->bad = 1;
    return NULL;
  }
  w->word += n;
  return there;
}

const void *counted(Words *w, i64 least, i64 *n) {
  *n = whole(w, least, 1LL << 40);
  return several(w, *n);
}

Switch switch_from(Words *w) {
  i64 n = whole(w, 0, 1 << 20);
  const i64 *times = several(w, 2 * n);
  for (i64 i = 0; !w->bad && i < 2 * n; i++)
    if (times[i] < (i ? times[i - 1] : 0) || times[i] > LONGEST) w->bad = 1;
  return (Switch){1, 0, times, n};
}

/* How the shards of a stream are polled. */
Polls polls_from(Words *w, i64 shards) {
  Polls p = {0};
  p.interval_ns = duration_from(w, 1), p.limit = whole(w, 1, 10000);
  p.jitter = within(w, 0, 0.5), p.jitter_key = key_from(w);
  p.first_ns = several(w, w->bad ? 0 : shards);
  for (i64 j = 0; !w->bad && j < shards; j++)
    if (p.first_ns[j] < 0 || p.first_ns[j] > LONGEST) w->bad = 1;
  return p;
}

void *made(Kernel *k, Words *w, i64 n, u64 size) {
  void *block = w->bad ? NULL : take(&k->memory, (u64)(n ? n : 1) * size);
  if (!block) w->bad = 1;
  return block;
}

/* A table, here or in a word before: several things may share one. */
static const double *table(Words *w) {
  i64 at = whole(w, 0, w->word - w->begin);
  if (!at) return several(w, NODES);
  if (at + NODES > w->word - w->begin) w->bad = 1;
  return (const double *)(w->begin + at);
}

Quantile quantile_from(Words *w) {
  Quantile q = {0};
  q.kind = (int)whole(w, SAME, TABULATED);
  if (q.kind == SAME || q.kind == BETWEEN) q.low = within(w, 0, MOST);
  if (q.kind == BETWEEN) q.high = within(w, 0, MOST);
  if (q.kind == AMONG) q.table = counted(w, 1, &q.values);
  if (q.kind == TABULATED) q.table = table(w), q.values = NODES;
  for (i64 i = 0; !w->bad && (q.kind == AMONG || q.kind == TABULATED) && i < q.values; i++)
    if (!(q.table[i] >= 0 && q.table[i] <= MOST)) w->bad = 1;
  return q;
}

Profile profile_from(Words *w) {
  Profile p = {0};
  p.kind = (int)whole(w, NOTHING, WAVE);
  if (p.kind == STEADY) p.rate = number_from(w);
  if (p.kind == PERIODIC || p.kind == WAVE) p.period = number_from(w), p.a_period = number_from(w);
  if (p.kind == PIECES || p.kind == PERIODIC) {
    p.total = number_from(w);
    p.begins_s = counted(w, 1, &p.pieces);
    p.ends_s = several(w, p.pieces), p.rates = several(w, p.pieces), p.upto = several(w, p.pieces);
  }
  if (p.kind == WAVE) {
    p.peak_at = number_from(w), p.cell_s = number_from(w);
    p.begins = counted(w, 1, &p.ncells);
    p.cells = several(w, p.ncells + 1);
    p.terms = several(w, TERMS * p.ncells);
  }
  return p;
}

Backoff backoff_from(Words *w) {
  Backoff b = {0};
  b.initial_s = within(w, 0, 1e9), b.factor = within(w, 1, MOST), b.maximum_s = within(w, 0, 1e9);
  b.jitter = within(w, 0, 1), b.key = key_from(w);
  return b;
}

/* How long something takes: always the same, or drawn. */
Lasting lasting_from(Words *w) {
  Lasting l = {0};
  l.key = key_from(w);
  l.same_ns = whole(w, -1, LONGEST);
  if (l.same_ns < 0) l.drawn = quantile_from(w);
  return l;
}
