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
  s->shards = made(k, w, s->nshards, sizeof(Shard));
  s->kept = made(k, w, s->nshards, sizeof(i64));
  s->ends = made(k, w, s->nshards, sizeof(i64));
  for (i64 j = 0; !w->bad && j < s->nshards; j++) {
    Shard *shard = &s->shards[j];
    shard->records.full_ns = shard->bytes.full_ns = shard->calls_full_ns = shard->opened_ns = -NEVER;
    shard->last_accepted = -NEVER;
    shard->lanes = made(k, w, s->nfactors, sizeof(LaneLog *));
    if (w->bad || !make_log(&k->memory, &shard->log, s)) break;
    for (int f = 0; f < s->nfactors; f++) shard->lanes[f] = made(k, w, s->factors[f], sizeof(LaneLog));
  }
}

static void read_keys(Kernel *k, Words *w, Keys *keys, const Stream *s) {
  keys->kind = (int)whole(w, UNIQUE, WEIGHTED);
  keys->key = key(w);
  if (keys->kind == UNIQUE) return;
  keys->count = whole(w, 1, 1LL << 32);
  i64 words = (keys->count + 1) / 2, lanes = (keys->count + 7) / 8;
  if (keys->kind == WEIGHTED) keys->kept = several(w, words), keys->alias = several(w, words);
  keys->shard = several(w, words);
  keys->lane = made(k, w, s->nfactors, sizeof(u8 *));
  for (int f = 0; !w->bad && f < s->nfactors; f++) keys->lane[f] = several(w, lanes);
  for (i64 i = 0; !w->bad && i < keys->count; i++) {
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

static void make_readers(Kernel *k, Words *w, Mapping *m, int number) {
  Stream *s = &k->streams[m->stream];
  m->readers = made(k, w, s->nshards, sizeof(Reader));
  i64 answers = m->push ? 1 : (i64)((double)m->latency_ns / ((double)m->polls.interval_ns * (1 - m->polls.jitter))) + 4;
  if (answers > 1 << 20) w->bad = 1;
  for (i64 j = 0; !w->bad && j < s->nshards; j++) {
    Reader *r = &m->readers[j];
    r->mapping = number;
    r->stream = m->stream;
    r->shard = j;
    r->available = made(k, w, (i64)s->shards[j].log.mask + 1, sizeof(i64));
    r->lanes = made(k, w, m->factor, sizeof(Lane));
    r->lane_logs = m->nth_factor < 0 ? NULL : s->shards[j].lanes[m->nth_factor];
    r->answers_room = (u32)answers;
    r->answers = made(k, w, answers, sizeof(Answer));
    for (int n = 0; !w->bad && n < m->factor; n++) {
      Lane *lane = &r->lanes[n];
      lane->number = (u8)n;
      lane->idle_since_ns = lane->looks_again_ns = lane->turn_ns = -NEVER;
      lane->first_number = -1;
      lane->later = made(k, w, m->bisect || m->partial ? 24 : 1, sizeof(Part));
    }
    k->clock.room += answers + 4 + 5 * m->factor;
  }
  k->clock.room += 4;
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
  m->position_ns = time(w), m->inclusive = flag(w), m->starts_ns = duration(w, 0);
  m->power = switch_from(w);
  m->polls = polls_of(w, w->bad ? 0 : k->streams[m->stream].nshards);
  m->latency_ns = duration(w, 0), m->missed = number(w), m->full_batch = flag(w), m->missed_key = key(w);
  m->propagation_ns = duration(w, 0);
  m->behind_ns = k->measures ? whole(w, 0, NEVER) : 0;
  m->retry = backoff_of(w), m->throttle = backoff_of(w);
  m->keys = several(w, w->bad ? 0 : 4 + k->functions[m->function].nfailures);
  if (!w->bad && (m->nth_factor < 0) != (m->factor == 1)) w->bad = 1;
  if (!w->bad && m->nth_factor >= 0 && k->streams[m->stream].factors[m->nth_factor] != m->factor) w->bad = 1;
  if (!w->bad) make_readers(k, w, m, number_);
}

static void read_other(Kernel *k, Words *w, OtherReader *o, int number) {
  o->stream = (int)whole(w, 0, k->nstreams - 1);
  o->starts_ns = duration(w, 0);
  o->power = switch_from(w);
  i64 shards = w->bad ? 0 : k->streams[o->stream].nshards;
  o->polls = polls_of(w, shards);
  o->readers = made(k, w, shards, sizeof(Reader));
  for (i64 j = 0; !w->bad && j < shards; j++) o->readers[j] = (Reader){.mapping = number, .stream = o->stream, .shard = j};
  k->clock.room += 4 + 4 * shards;
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
  k->clock.room = 8;
  for (int i = 0; !w->bad && i < k->nmappings; i++) read_mapping(k, w, &k->mappings[i], i);
  k->nothers = (int)whole(w, 0, 1 << 16);
  k->others = made(k, w, k->nothers, sizeof(OtherReader));
  for (int i = 0; !w->bad && i < k->nothers; i++) read_other(k, w, &k->others[i], k->nmappings + i);
  if (w->word != w->end) w->bad = 1;
  k->clock.heap = made(k, w, k->clock.room, sizeof(Event));
  return !w->bad && make_facts(k) && (!k->measures || make_measures(k));
}
