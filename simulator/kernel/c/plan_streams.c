/* The writing end of a plan: streams, what changes their shards, and producers. */
#include "traffic.h"
#include "words.h"

static void read_requests(Kernel *k, Words *w, Changes *c) {
  i64 before_ns = 0;
  c->in_file = c->nrequests = c->requests_room = whole(w, 0, 1 << 20);
  c->requests = made(k, w, c->in_file, sizeof(Request));
  for (i64 i = 0; !w->bad && i < c->in_file; i++) {
    Request *r = &c->requests[i];
    r->at_ns = before_ns = duration_from(w, before_ns);
    r->wants = whole(w, SHARD_COUNT, A_MERGE);
    r->shards = r->wants == SHARD_COUNT ? whole(w, 1, 10000) : whole(w, 0, 1LL << 40);
    r->other = whole(w, 0, 1LL << 40);
    r->part = whole(w, 0, 1LL << 53), r->bits = whole(w, 0, 2000);
    r->begun_ns = r->done_ns = NEVER;
  }
  c->begin = lasting_from(w), c->each = lasting_from(w);
}

#define A_MINUTE_NS (60 * NS)

static void read_direction(Words *w, Direction *d) {
  d->there = flag_from(w);
  if (!d->there) return;
  d->bound = within(w, 0, MOST), d->factor = within(w, 0, 10000);
  d->period_ns = whole(w, 1, 60) * A_MINUTE_NS;
  d->points = whole(w, 1, 1440), d->of = whole(w, 1, 1440), d->by = whole(w, 0, 10000), d->cooldown_ns = duration_from(w, 0);
}

static void read_rule(Words *w, Rule *rule) {
  rule->there = flag_from(w);
  if (!rule->there) return;
  rule->metric = (int)whole(w, BY_USE, BY_BYTES);
  rule->minimum = whole(w, 1, 10000), rule->maximum = whole(w, 1, 10000), rule->delay_ns = duration_from(w, 0);
  read_direction(w, &rule->up), read_direction(w, &rule->down);
}

/* What changes the shards of a stream, if anything does. */
static void read_changes(Kernel *k, Words *w, Stream *s) {
  int kind = (int)whole(w, 0, ON_DEMAND_MODE);
  if (!kind || !(s->changes = made(k, w, 1, sizeof(Changes)))) return;
  s->changes->kind = kind;
  s->changes->operation = NO_OPERATION;
  s->changes->free_ns = -NEVER;
  if (kind == REQUESTS) {
    read_requests(k, w, s->changes);
    read_rule(w, &s->changes->rule);
    return;
  }
  s->changes->mode.above = within(w, 0, MOST);
  s->changes->mode.maximum = whole(w, 1, 10000);
  s->changes->mode.delay = lasting_from(w);
  s->changes->mode.marks = made(k, w, s->nshards, sizeof(Mark));
}

/* Where the shards of the start begin, two words each, the higher first; NULL: they are equal. */
static const u64 *read_firsts(Words *w, Stream *s) {
  if (!flag_from(w)) return 0;
  const u64 *firsts = several(w, 2 * s->nshards);
  for (i64 j = 0; !w->bad && j < s->nshards; j++) {
    Hash first = {firsts[2 * j], firsts[2 * j + 1]}, before = {j ? firsts[2 * j - 2] : 0, j ? firsts[2 * j - 1] : 0};
    if (j ? !hash_before(before, first) : first.high || first.low) w->bad = 1;
  }
  s->is_reshaped = s->map_is_old = 1;
  return firsts;
}

static Hash first_of(const Stream *s, const u64 *firsts, i64 j) {
  return firsts ? (Hash){firsts[2 * j], firsts[2 * j + 1]} : boundary((u32)j, (u32)s->nshards);
}

static void make_shards(Kernel *k, Words *w, Stream *s, const u64 *firsts) {
  i64 n = s->shards_room = s->nopen = s->nshards;
  s->shards = made(k, w, n, sizeof(Shard));
  s->spans = made(k, w, n, sizeof(Span));
  s->open = made(k, w, n, sizeof(i64));
  s->places = made(k, w, n + 1, sizeof(OpenShard));
  for (i64 j = 0; !w->bad && j < n; j++) {
    Hash last = {UINT64_MAX, UINT64_MAX};
    if (j + 1 < n) last = hash_minus(first_of(s, firsts, j + 1), (Hash){0, 1});
    s->open[j] = j;
    Span span = {{-1, -1}, {-1, -1}, 0, NEVER, -1, first_of(s, firsts, j), last};
    if (!make_shard(k, s, j, span)) w->bad = 1;
  }
}

void read_stream(Kernel *k, Words *w, Stream *s) {
  s->nshards = whole(w, 1, 10000);
  s->retention_ns = duration_from(w, 1);
  const u64 *firsts = read_firsts(w, s);
  s->any_large = flag_from(w);
  i64 n;
  s->factors = counted(w, 0, &n);
  if (n > MOST_FACTORS) w->bad = 1;
  s->nfactors = (int)n;
  for (i64 f = 0; !w->bad && f < n; f++)
    if (s->factors[f] < 2 || s->factors[f] > 10) w->bad = 1;
  s->npoisoned = (int)whole(w, 0, 1 << 16);
  s->nkinds = (int)whole(w, 0, 1 << 16);
  s->kinds = made(k, w, s->nkinds, sizeof(PoisonKind));
  for (int i = 0; !w->bad && i < s->nkinds; i++)
    s->kinds[i] = (PoisonKind){(int)whole(w, 0, s->npoisoned - 1), number_from(w), number_from(w)};
  s->nfilters = (int)whole(w, 0, 1 << 16);
  s->filters = several(w, s->nfilters);
  s->ntimes = whole(w, 0, 1 << 24);
  s->times = made(k, w, s->ntimes, sizeof(PoisonTime));
  for (i64 i = 0; !w->bad && i < s->ntimes; i++) {
    i64 at_ns = time_from(w);
    int function = (int)whole(w, 0, s->npoisoned - 1);
    s->times[i] = (PoisonTime){at_ns, function, number_from(w)};
  }
  read_changes(k, w, s);
  s->kept = made(k, w, s->nshards, sizeof(i64));
  s->ends = made(k, w, s->nshards, sizeof(i64));
  lay_out_pages(k, s);
  if (!w->bad) make_shards(k, w, s, firsts);
}

/* A table of keys, so many words: where shards change it is kept up to date. */
static void *key_table(Kernel *k, Words *w, const Stream *s, i64 words) {
  const void *there = several(w, words);
  if (!s->changes || w->bad) return (void *)there;
  void *copy = made(k, w, words, sizeof(i64));
  if (copy) __builtin_memcpy(copy, there, (u64)words * sizeof(i64));
  return copy;
}

static void read_keys(Kernel *k, Words *w, Keys *keys, const Stream *s) {
  keys->kind = (int)whole(w, UNIQUE, WEIGHTED);
  keys->key = key_from(w);
  if (keys->kind == UNIQUE) return;
  keys->count = whole(w, 1, 1LL << 32);
  i64 words = (keys->count + 1) / 2, lanes = (keys->count + 7) / 8;
  if (keys->kind == WEIGHTED) keys->kept = several(w, words), keys->alias = several(w, words);
  keys->shard = key_table(k, w, s, words);
  keys->lane = made(k, w, s->nfactors, sizeof(u8 *));
  for (int f = 0; !w->bad && f < s->nfactors; f++) keys->lane[f] = key_table(k, w, s, lanes);
  if (s->changes) keys->hashes = several(w, 2 * keys->count), keys->by_hash = several(w, words);
  for (i64 i = 0; !w->bad && i < keys->count; i++) {
    if (s->changes && keys->by_hash[i] >= keys->count) w->bad = 1;
    if (keys->shard[i] >= s->nshards || (keys->kind == WEIGHTED && keys->alias[i] >= keys->count)) w->bad = 1;
    for (int f = 0; !w->bad && f < s->nfactors; f++)
      if (keys->lane[f][i] >= s->factors[f]) w->bad = 1;
  }
}

/* What the filters of the stream let pass of a producer. */
static void read_filters(Kernel *k, Words *w, Producer *p, const Stream *s) {
  p->filters = several(w, s->nfilters);
  p->passing = made(k, w, s->nfilters, sizeof(u8 *));
  for (int f = 0; !w->bad && f < s->nfilters; f++)
    if (flag_from(w)) p->passing[f] = several(w, p->keys.kind == UNIQUE ? INT64_MAX : (p->keys.count + 7) / 8);
}

void read_producer(Kernel *k, Words *w, Producer *p, const double *exponential) {
  p->stream = (int)whole(w, 0, k->nstreams - 1);
  p->drop = flag_from(w);
  p->arrivals.profile = profile_from(w);
  p->arrivals.origin = number_from(w);
  p->arrivals.stop_ns = time_from(w);
  p->arrivals.poisson = flag_from(w);
  p->arrivals.key = key_from(w);
  p->arrivals.exponential = exponential;
  if (w->bad) return;
  Stream *s = &k->streams[p->stream];
  read_keys(k, w, &p->keys, s);
  p->size = quantile_from(w);
  p->size_key = key_from(w);
  p->largest = whole(w, 1, 1LL << 31);
  if (p->size.kind == SAME && !(p->size.low >= 1 && p->size.low <= (double)p->largest)) w->bad = 1;
  if (p->largest > s->largest) s->largest = p->largest;
  p->poison = several(w, s->nkinds);
  read_filters(k, w, p, s);
}
