/* The plan of a run, as plan.py writes it: words of eight bytes, read one after the other, and what is made from them. */
#include "measuring.h"
#include "model.h"
#include "quantiles.h"
#include "traffic.h"

typedef struct {
  const i64 *begin, *word, *end;
  int bad;
} Words;

static i64 whole(Words *w, i64 least, i64 most) {
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

static u64 key(Words *w) { return (u64)whole(w, INT64_MIN, INT64_MAX); }
#define LONGEST (1LL << 60) /* 36 years, so that a few times added up overflow nothing */

/* A time, or NEVER, or long ago. */
static i64 time(Words *w) {
  i64 value = whole(w, -NEVER, NEVER);
  if ((value < -LONGEST || value > LONGEST) && value != NEVER && value != -NEVER) w->bad = 1;
  return value;
}
static i64 duration(Words *w, i64 least) { return whole(w, least, LONGEST); }
static int flag(Words *w) { return (int)whole(w, 0, 1); }

static double number(Words *w) {
  i64 bits = whole(w, INT64_MIN, INT64_MAX);
  double value;
  __builtin_memcpy(&value, &bits, 8);
  if (value != value) w->bad = 1;
  return value;
}

static double within(Words *w, double least, double most) {
  double value = number(w);
  if (!(value >= least && value <= most)) w->bad = 1;
  return value;
}

/* Words that stay where they are, so many of them. */
static const void *several(Words *w, i64 n) {
  const i64 *there = w->word;
  if (w->bad || n > w->end - w->word) {
    w->bad = 1;
    return NULL;
  }
  w->word += n;
  return there;
}

static const void *counted(Words *w, i64 least, i64 *n) {
  *n = whole(w, least, 1LL << 40);
  return several(w, *n);
}

static Switch switch_from(Words *w) {
  i64 n = whole(w, 0, 1 << 20);
  const i64 *times = several(w, 2 * n);
  for (i64 i = 0; !w->bad && i < 2 * n; i++)
    if (times[i] < (i ? times[i - 1] : 0) || times[i] > LONGEST) w->bad = 1;
  return (Switch){1, 0, times, n};
}

/* How the shards of a stream are polled. */
static Polls polls_of(Words *w, i64 shards) {
  Polls p = {0};
  p.interval_ns = duration(w, 1), p.limit = whole(w, 1, 10000);
  p.jitter = within(w, 0, 0.5), p.jitter_key = key(w);
  p.first_ns = several(w, w->bad ? 0 : shards);
  for (i64 j = 0; !w->bad && j < shards; j++)
    if (p.first_ns[j] < 0 || p.first_ns[j] > LONGEST) w->bad = 1;
  return p;
}

static void *made(Kernel *k, Words *w, i64 n, u64 size) {
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

#define MOST 1e15 /* of what is drawn: seconds, or bytes */

static Quantile quantile_of(Words *w) {
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

#define MOST_ROWS 100000

static Profile profile_of(Words *w) {
  Profile p = {0};
  p.kind = (int)whole(w, NOTHING, WAVE);
  if (p.kind == STEADY) p.rate = number(w);
  if (p.kind == PERIODIC || p.kind == WAVE) p.period = number(w), p.a_period = number(w);
  if (p.kind == PIECES || p.kind == PERIODIC) {
    p.total = number(w);
    p.begins_s = counted(w, 1, &p.pieces);
    p.ends_s = several(w, p.pieces), p.rates = several(w, p.pieces), p.upto = several(w, p.pieces);
  }
  if (p.kind == WAVE) {
    p.peak_at = number(w), p.cell_s = number(w);
    p.begins = counted(w, 1, &p.ncells);
    p.cells = several(w, p.ncells + 1);
    p.terms = several(w, TERMS * p.ncells);
  }
  return p;
}

static Backoff backoff_of(Words *w) {
  Backoff b = {0};
  b.initial_s = within(w, 0, 1e9), b.factor = within(w, 1, MOST), b.maximum_s = within(w, 0, 1e9);
  b.jitter = within(w, 0, 1), b.key = key(w);
  return b;
}

/* How long something takes: always the same, or drawn. */
static Lasting lasting_of(Words *w) {
  Lasting l = {0};
  l.key = key(w);
  l.same_ns = whole(w, -1, LONGEST);
  if (l.same_ns < 0) l.drawn = quantile_of(w);
  return l;
}

static void read_requests(Kernel *k, Words *w, Changes *c) {
  i64 before_ns = 0;
  c->in_file = c->nrequests = c->requests_room = whole(w, 0, 1 << 20);
  c->requests = made(k, w, c->in_file, sizeof(Request));
  for (i64 i = 0; !w->bad && i < c->in_file; i++) {
    Request *r = &c->requests[i];
    r->at_ns = before_ns = duration(w, before_ns);
    r->wants = whole(w, SHARD_COUNT, A_MERGE);
    r->shards = r->wants == SHARD_COUNT ? whole(w, 1, 10000) : whole(w, 0, 1LL << 40);
    r->other = whole(w, 0, 1LL << 40);
    r->part = whole(w, 0, 1LL << 53), r->bits = whole(w, 0, 2000);
    r->begun_ns = r->done_ns = NEVER;
  }
  c->begin = lasting_of(w), c->each = lasting_of(w);
}

#define A_MINUTE_NS (60 * NS)

static void read_direction(Words *w, Direction *d) {
  d->there = flag(w);
  if (!d->there) return;
  d->bound = within(w, 0, MOST), d->factor = within(w, 0, 10000);
  d->period_ns = whole(w, 1, 60) * A_MINUTE_NS;
  d->points = whole(w, 1, 1440), d->of = whole(w, 1, 1440), d->by = whole(w, 0, 10000), d->cooldown_ns = duration(w, 0);
}

static void read_rule(Words *w, Rule *rule) {
  rule->there = flag(w);
  if (!rule->there) return;
  rule->metric = (int)whole(w, BY_USE, BY_BYTES);
  rule->minimum = whole(w, 1, 10000), rule->maximum = whole(w, 1, 10000), rule->delay_ns = duration(w, 0);
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
  s->changes->mode.delay = lasting_of(w);
  s->changes->mode.marks = made(k, w, s->nshards, sizeof(Mark));
}

/* The shards of the start are equal. */
static void make_shards(Kernel *k, Words *w, Stream *s) {
  i64 n = s->shards_room = s->nopen = s->nshards;
  s->shards = made(k, w, n, sizeof(Shard));
  s->spans = made(k, w, n, sizeof(Span));
  s->open = made(k, w, n, sizeof(i64));
  s->places = made(k, w, n + 1, sizeof(OpenShard));
  for (i64 j = 0; !w->bad && j < n; j++) {
    Hash last = {UINT64_MAX, UINT64_MAX};
    if (j + 1 < n) last = hash_minus(boundary((u32)j + 1, (u32)n), (Hash){0, 1});
    s->open[j] = j;
    Span span = {{-1, -1}, {-1, -1}, 0, NEVER, -1, boundary((u32)j, (u32)n), last};
    if (!make_shard(k, s, j, span)) w->bad = 1;
  }
}

static void read_stream(Kernel *k, Words *w, Stream *s) {
  s->nshards = whole(w, 1, 10000);
  s->retention_ns = duration(w, 1);
  s->any_large = flag(w);
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
    s->kinds[i] = (PoisonKind){(int)whole(w, 0, s->npoisoned - 1), number(w), number(w)};
  s->nfilters = (int)whole(w, 0, 1 << 16);
  s->filters = several(w, s->nfilters);
  s->ntimes = whole(w, 0, 1 << 24);
  s->times = made(k, w, s->ntimes, sizeof(PoisonTime));
  for (i64 i = 0; !w->bad && i < s->ntimes; i++) {
    i64 at_ns = time(w);
    int function = (int)whole(w, 0, s->npoisoned - 1);
    s->times[i] = (PoisonTime){at_ns, function, number(w)};
  }
  read_changes(k, w, s);
  s->kept = made(k, w, s->nshards, sizeof(i64));
  s->ends = made(k, w, s->nshards, sizeof(i64));
  if (!w->bad) make_shards(k, w, s);
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
  keys->key = key(w);
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
    if (flag(w)) p->passing[f] = several(w, p->keys.kind == UNIQUE ? INT64_MAX : (p->keys.count + 7) / 8);
}

static void read_producer(Kernel *k, Words *w, Producer *p, const double *exponential) {
  p->stream = (int)whole(w, 0, k->nstreams - 1);
  p->drop = flag(w);
  p->arrivals.profile = profile_of(w);
  p->arrivals.origin = number(w);
  p->arrivals.stop_ns = time(w);
  p->arrivals.poisson = flag(w);
  p->arrivals.key = key(w);
  p->arrivals.exponential = exponential;
  if (w->bad) return;
  Stream *s = &k->streams[p->stream];
  read_keys(k, w, &p->keys, s);
  p->size = quantile_of(w);
  p->size_key = key(w);
  p->largest = whole(w, 1, 1LL << 31);
  if (p->size.kind == SAME && !(p->size.low >= 1 && p->size.low <= (double)p->largest)) w->bad = 1;
  if (p->largest > s->largest) s->largest = p->largest;
  p->poison = several(w, s->nkinds);
  read_filters(k, w, p, s);
}

static void read_function(Kernel *k, Words *w, Function *f) {
  f->pool = &k->pools[whole(w, 0, k->npools - 1)];
  Environments *e = &f->environments;
  e->unused_provisioned = whole(w, 0, 1 << 24);
  e->idle_timeout_ns = duration(w, 0);
  e->new_full_ns = -NEVER;
  u64 room = 16;
  while (!w->bad && room < (u64)f->pool->units + (u64)e->unused_provisioned + 1) room *= 2;
  e->idle = made(k, w, (i64)room, sizeof(Used));
  e->mask = room - 1;
  e->provisioned = made(k, w, e->unused_provisioned + 1, sizeof(Used));
  f->timeout_ns = duration(w, 0);
  f->per_batch = quantile_of(w), f->per_record = quantile_of(w), f->per_mib = quantile_of(w);
  f->cold_start = quantile_of(w);
  f->nfailures = (int)whole(w, 0, 1 << 16);
  f->failures = made(k, w, f->nfailures, sizeof(FailureKind));
  for (int i = 0; !w->bad && i < f->nfailures; i++) {
    FailureKind *kind = &f->failures[i];
    kind->kind = (int)whole(w, RANDOM, SLOW);
    kind->from_ns = time(w), kind->to_ns = time(w);
    kind->probability = within(w, 0, 1), kind->fails_after = within(w, 0, 1), kind->factor = within(w, 0, MOST);
  }
}

/* How many answers may be on their way to a poller. */
static i64 most_answers(const Mapping *m) {
  if (m->push) return 1;
  return (i64)((double)m->latency_ns / ((double)m->polls.interval_ns * (1 - m->polls.jitter))) + 4;
}

static int make_lanes(Kernel *k, const Mapping *m, Reader *r) {
  r->lanes = take(&k->memory, (u64)m->factor * sizeof(Lane));
  for (int n = 0; !k->memory.exhausted && n < m->factor; n++) {
    Lane *lane = &r->lanes[n];
    lane->number = (u8)n;
    lane->idle_since_ns = lane->looks_again_ns = lane->turn_ns = -NEVER;
    lane->first_number = -1;
    lane->later = take(&k->memory, (m->bisect || m->partial ? 24 : 1) * sizeof(Part));
  }
  return !k->memory.exhausted;
}

/* Who reads a shard for a mapping, or for another reader. */
int make_reader(Kernel *k, int number, i64 shard) {
  if (number >= k->nmappings) {
    const OtherReader *o = &k->others[number - k->nmappings];
    o->readers[shard] = (Reader){.mapping = number, .stream = o->stream, .shard = shard};
    k->events += 4;
    return 1;
  }
  const Mapping *m = &k->mappings[number];
  const Shard *of = &k->streams[m->stream].shards[shard];
  Reader *r = &m->readers[shard];
  i64 read_ns = k->streams[m->stream].spans[shard].parents[0] < 0 ? -NEVER : NEVER;
  *r = (Reader){.mapping = number, .stream = m->stream, .shard = shard, .read_ns = read_ns};
  r->event_ns = r->end_arrives_ns = NEVER;
  r->available = take(&k->memory, (of->log.mask + 1) * sizeof(i64));
  r->lane_logs = m->nth_factor < 0 ? NULL : of->lanes[m->nth_factor];
  r->answers_room = (u32)most_answers(m);
  r->answers = take(&k->memory, r->answers_room * sizeof(Answer));
  k->events += r->answers_room + 4 + 5 * m->factor;
  return make_lanes(k, m, r);
}

/* Room for the events that may be due at once. */
int room_for_events(Kernel *k) {
  i64 room = more_room(k->clock.room, 64, k->events);
  if (k->events <= k->clock.room) return 1;
  k->clock.heap = longer(&k->memory, k->clock.heap, k->clock.room, room, sizeof(Event));
  if (!k->memory.exhausted) k->clock.room = room;
  return !k->memory.exhausted;
}

static void make_readers(Kernel *k, Words *w, int number) {
  Mapping *m = &k->mappings[number];
  i64 shards = k->streams[m->stream].nshards;
  if (most_answers(m) > 1 << 20) w->bad = 1;
  m->readers = made(k, w, shards, sizeof(Reader));
  for (i64 j = 0; !w->bad && j < shards; j++)
    if (!make_reader(k, number, j)) w->bad = 1;
  k->events += 5;
}

static void read_mapping(Kernel *k, Words *w, Mapping *m, int number_) {
  m->stream = (int)whole(w, 0, k->nstreams - 1);
  if (!w->bad) k->streams[m->stream].nreaders++;
  m->function = (int)whole(w, 0, k->nfunctions - 1);
  m->push = flag(w);
  m->factor = (int)whole(w, 1, 10);
  m->nth_factor = (int)whole(w, -1, w->bad ? -1 : k->streams[m->stream].nfactors - 1);
  m->poisoned = (int)whole(w, -1, w->bad ? -1 : k->streams[m->stream].npoisoned - 1);
  m->nth_filter = (int)whole(w, -1, w->bad ? -1 : k->streams[m->stream].nfilters - 1);
  m->batch_size = whole(w, 1, 10000);
  m->light = !w->bad && m->batch_size * payload_of(k->streams[m->stream].largest) < PAYLOAD_LIMIT;
  m->window_ns = duration(w, 0), m->overhead_ns = duration(w, 0);
  m->retry_attempts = whole(w, -1, 10000);
  m->record_age_ns = time(w);
  if (m->record_age_ns < 0) w->bad = 1;
  m->bisect = flag(w), m->partial = flag(w), m->to_destination = flag(w);
  m->position_ns = time(w), m->inclusive = flag(w), m->starts_ns = duration(w, 0), m->discovery_ns = duration(w, 0);
  m->passes_over_ns = m->starts_ns < m->position_ns ? m->starts_ns : m->position_ns;
  m->power = switch_from(w);
  m->polls = polls_of(w, w->bad ? 0 : k->streams[m->stream].nshards);
  m->latency_ns = duration(w, 0), m->missed = number(w), m->full_batch = flag(w), m->missed_key = key(w);
  m->propagation_ns = duration(w, 0);
  m->behind_ns = k->measures ? whole(w, 0, NEVER) : 0;
  m->retry = backoff_of(w), m->throttle = backoff_of(w);
  m->keys = several(w, w->bad ? 0 : 4 + k->functions[m->function].nfailures);
  if (!w->bad && (m->nth_factor < 0) != (m->factor == 1)) w->bad = 1;
  if (!w->bad && m->nth_factor >= 0 && k->streams[m->stream].factors[m->nth_factor] != m->factor) w->bad = 1;
  if (!w->bad) make_readers(k, w, number_);
}

static void read_other(Kernel *k, Words *w, OtherReader *o, int number) {
  o->stream = (int)whole(w, 0, k->nstreams - 1);
  o->starts_ns = duration(w, 0);
  o->power = switch_from(w);
  i64 shards = w->bad ? 0 : k->streams[o->stream].nshards;
  o->polls = polls_of(w, shards);
  o->readers = made(k, w, shards, sizeof(Reader));
  for (i64 j = 0; !w->bad && j < shards; j++) make_reader(k, number, j);
  k->events += 5;
}

/* Whether the run is measured, and what the measures need to know. */
static void read_measures(Kernel *k, Words *w) {
  if (!flag(w)) return;
  Measures *all = made(k, w, 1, sizeof(Measures));
  if (!all) return;
  all->interval_ns = whole(w, 1, NEVER), all->usual_ns = whole(w, 1, NEVER);
  all->warmup_ns = time(w);
  all->load_interval_ns = whole(w, 1, NEVER / (4 * LOAD_ROWS));
  if (k->latest_ns / all->interval_ns > MOST_ROWS || k->latest_ns / all->usual_ns > MOST_ROWS) w->bad = 1;
  k->measures = all;
}

#define PLAN_MAGIC 0x31306472616873LL /* "shard01" */

/* Make what a plan of so many bytes describes; 0 if it is none. */
int read_plan(Kernel *k, const void *plan, u64 bytes) {
  Words words = {plan, plan, (const i64 *)plan + bytes / 8, 0}, *w = &words;
  whole(w, PLAN_MAGIC, PLAN_MAGIC);
  k->begin_ns = time(w), k->duration_ns = time(w), k->latest_ns = time(w);
  if (k->latest_ns < k->duration_ns || k->begin_ns > 0 || k->duration_ns < 0) w->bad = 1;
  if (k->latest_ns > LONGEST || k->begin_ns < -LONGEST) w->bad = 1;
  read_measures(k, w);
  i64 nodes;
  const double *exponential = counted(w, NODES, &nodes);
  k->nstreams = (int)whole(w, 1, 1 << 16);
  k->streams = made(k, w, k->nstreams, sizeof(Stream));
  for (int i = 0; !w->bad && i < k->nstreams; i++) read_stream(k, w, &k->streams[i]);
  k->nproducers = (int)whole(w, 0, 1 << 16);
  k->producers = made(k, w, k->nproducers, sizeof(Producer));
  for (int i = 0; !w->bad && i < k->nproducers; i++) read_producer(k, w, &k->producers[i], exponential);
  k->turns.room = k->nproducers;
  k->turns.heap = made(k, w, k->nproducers, sizeof(Event));
  k->npools = (int)whole(w, 0, 1 << 16);
  k->pools = made(k, w, k->npools, sizeof(Pool));
  for (int i = 0; !w->bad && i < k->npools; i++) {
    k->pools[i].units = whole(w, -(1 << 24), 1 << 24);
    k->pools[i].ticks_a_ns = whole(w, 0, 1LL << 55);
    k->pools[i].tokens.full_ns = -NEVER;
  }
  k->nfunctions = (int)whole(w, 0, 1 << 16);
  k->functions = made(k, w, k->nfunctions, sizeof(Function));
  for (int i = 0; !w->bad && i < k->nfunctions; i++) read_function(k, w, &k->functions[i]);
  k->nmappings = (int)whole(w, 0, 1 << 16);
  k->mappings = made(k, w, k->nmappings, sizeof(Mapping));
  k->events = 8;
  for (int i = 0; !w->bad && i < k->nmappings; i++) read_mapping(k, w, &k->mappings[i], i);
  k->nothers = (int)whole(w, 0, 1 << 16);
  k->others = made(k, w, k->nothers, sizeof(OtherReader));
  for (int i = 0; !w->bad && i < k->nothers; i++) read_other(k, w, &k->others[i], k->nmappings + i);
  if (w->word != w->end) w->bad = 1;
  if (!w->bad && !room_for_events(k)) w->bad = 1;
  return !w->bad && make_facts(k) && (!k->measures || make_measures(k));
}
