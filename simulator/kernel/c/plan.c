/* The plan of a run, as plan.py writes it, and what is made from it. */
#include "measuring.h"
#include "model.h"
#include "traffic.h"
#include "quantiles.h"
#include "words.h"

#define MOST_ROWS 100000

static void read_function(Kernel *k, Words *w, Function *f) {
  f->pool = &k->pools[whole(w, 0, k->npools - 1)];
  Environments *e = &f->environments;
  e->unused_provisioned = whole(w, 0, 1 << 24);
  e->idle_timeout_ns = duration_from(w, 0);
  e->new_full_ns = -NEVER;
  u64 room = 16;
  while (!w->bad && room < (u64)f->pool->units + (u64)e->unused_provisioned + 1) room *= 2;
  e->idle = made(k, w, (i64)room, sizeof(Used));
  e->mask = room - 1;
  e->provisioned = made(k, w, e->unused_provisioned + 1, sizeof(Used));
  f->timeout_ns = duration_from(w, 0);
  f->per_batch = quantile_from(w), f->per_record = quantile_from(w), f->per_mib = quantile_from(w);
  f->cold_start = quantile_from(w);
  f->nfailures = (int)whole(w, 0, 1 << 16);
  f->failures = made(k, w, f->nfailures, sizeof(FailureKind));
  for (int i = 0; !w->bad && i < f->nfailures; i++) {
    FailureKind *kind = &f->failures[i];
    kind->kind = (int)whole(w, RANDOM, SLOW);
    kind->from_ns = time_from(w), kind->to_ns = time_from(w);
    kind->probability = within(w, 0, 1), kind->fails_after = within(w, 0, 1), kind->factor = within(w, 0, MOST);
  }
  f->own = flag_from(w), f->measured = within(w, 0, 1000);
}

/* What its readers keep of each record. */
static void add_columns(const Kernel *k, Mapping *m) {
  Pages *pages = &k->streams[m->stream].pages;
  m->available = add_column(pages, sizeof(i64));
  if (k->measures) m->busy_at = add_column(pages, sizeof(i64)), m->free_at = add_column(pages, sizeof(i64));
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
  m->push = flag_from(w);
  m->factor = (int)whole(w, 1, 10);
  m->nth_factor = (int)whole(w, -1, w->bad ? -1 : k->streams[m->stream].nfactors - 1);
  m->poisoned = (int)whole(w, -1, w->bad ? -1 : k->streams[m->stream].npoisoned - 1);
  m->nth_filter = (int)whole(w, -1, w->bad ? -1 : k->streams[m->stream].nfilters - 1);
  m->batch_size = whole(w, 1, 10000);
  m->light = !w->bad && m->batch_size * payload_of(k->streams[m->stream].largest) < PAYLOAD_LIMIT;
  m->window_ns = duration_from(w, 0), m->overhead_ns = duration_from(w, 0);
  m->retry_attempts = whole(w, -1, 10000);
  m->record_age_ns = time_from(w);
  if (m->record_age_ns < 0) w->bad = 1;
  m->bisect = flag_from(w), m->partial = flag_from(w), m->to_destination = flag_from(w);
  m->position_ns = time_from(w), m->inclusive = flag_from(w), m->starts_ns = duration_from(w, 0), m->discovery_ns = duration_from(w, 0);
  m->passes_over_ns = m->starts_ns < m->position_ns ? m->starts_ns : m->position_ns;
  m->power = switch_from(w);
  m->polls = polls_from(w, w->bad ? 0 : k->streams[m->stream].nshards);
  m->latency_ns = duration_from(w, 0), m->missed = number_from(w), m->full_batch = flag_from(w), m->missed_key = key_from(w);
  m->propagation_ns = duration_from(w, 0);
  m->behind_ns = k->measures ? whole(w, 0, NEVER) : 0;
  m->retry = backoff_from(w), m->throttle = backoff_from(w);
  m->keys = several(w, w->bad ? 0 : 4 + k->functions[m->function].nfailures);
  if (!w->bad && (m->nth_factor < 0) != (m->factor == 1)) w->bad = 1;
  if (!w->bad && m->nth_factor >= 0 && k->streams[m->stream].factors[m->nth_factor] != m->factor) w->bad = 1;
  if (w->bad) return;
  add_columns(k, m);
  make_readers(k, w, number_);
}

static void read_other(Kernel *k, Words *w, OtherReader *o, int number) {
  o->stream = (int)whole(w, 0, k->nstreams - 1);
  o->starts_ns = duration_from(w, 0);
  o->power = switch_from(w);
  i64 shards = w->bad ? 0 : k->streams[o->stream].nshards;
  o->polls = polls_from(w, shards);
  o->readers = made(k, w, shards, sizeof(Reader));
  for (i64 j = 0; !w->bad && j < shards; j++) make_reader(k, number, j);
  k->events += 5;
}

/* Whether the run is measured, and what the measures need to know. */
static void read_measures(Kernel *k, Words *w) {
  if (!flag_from(w)) return;
  Measures *all = made(k, w, 1, sizeof(Measures));
  if (!all) return;
  all->interval_ns = whole(w, 1, NEVER), all->usual_ns = whole(w, 1, NEVER);
  all->warmup_ns = time_from(w);
  all->load_interval_ns = whole(w, 1, NEVER / (4 * LOAD_ROWS));
  if (k->latest_ns / all->interval_ns > MOST_ROWS || k->latest_ns / all->usual_ns > MOST_ROWS) w->bad = 1;
  k->measures = all;
}

#define PLAN_MAGIC 0x31306472616873LL /* "shard01" */

/* Make what a plan of so many bytes describes; 0 if it is none. */
int read_plan(Kernel *k, const void *plan, u64 bytes) {
  Words words = {plan, plan, (const i64 *)plan + bytes / 8, 0}, *w = &words;
  whole(w, PLAN_MAGIC, PLAN_MAGIC);
  k->begin_ns = time_from(w), k->duration_ns = time_from(w), k->latest_ns = time_from(w);
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
