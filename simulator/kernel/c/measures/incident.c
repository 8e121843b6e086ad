/* Outages, slow periods and poison: what they did to a mapping, and how long it took to recover: incident.py and
 * incidents.py.
 *
 * What happened up to an instant is known when the next one comes (settle): only then is it said whether records that
 * were produced before an incident's end have ended, and whether the mapping is behind. */
#include "measures.h"

#define ROWS_BEFORE 30

static i64 oldest_of(const MappingMeasures *mine) { return mine->lag.oldest[1]; }

/* The highest latency and backlog of the usual rows before the one of a time. */
static Ordinary ordinary_before(Kernel *k, int mapping, i64 time_ns) {
  MappingMeasures *mine = &k->measures->mappings[mapping];
  i64 row = time_ns / k->measures->usual_ns + 1;
  Ordinary before = {0, 0};
  accept_before(k, &k->streams[k->mappings[mapping].stream], time_ns);
  backlog_to(k, mapping, time_ns);
  for (i64 i = greatest(1, row - ROWS_BEFORE); i < row; i++) {
    before.latency_ns = greatest(before.latency_ns, mine->usual[i].latency_peak_ns);
    before.backlog = greatest(before.backlog, mine->usual[i].backlog_peak);
  }
  return before;
}

static Trouble *begin(Kernel *k, int mapping, int kind, i64 start_ns, i64 end_ns) {
  MappingMeasures *mine = &k->measures->mappings[mapping];
  Ordinary before = ordinary_before(k, mapping, start_ns);
  Trouble *trouble = &mine->troubles[mine->ntroubles++];
  *trouble = (Trouble){.kind = kind, .start_ns = start_ns, .end_ns = end_ns, .ordinary_ns = before.latency_ns,
                       .backlog_before = before.backlog, .cleared_ns = NEVER, .recovered_ns = NEVER,
                       .peak_age_ns = -1};
  k->measures->open_troubles++;
  return trouble;
}

/* What has happened at this instant, in case an incident begins at it. */
static AtInstant *at_instant(Kernel *k, int mapping) {
  AtInstant *now = &k->measures->mappings[mapping].instant;
  if (now->at_ns != k->clock.now)
    *now = (AtInstant){.at_ns = k->clock.now, .peak_age_ns = -1,
                       .ordinary_ns = ordinary_before(k, mapping, k->clock.now).latency_ns};
  return now;
}

/* An attempt was admitted that fails by poison. A batch that fails by it again is the same incident, as are its parts. */
void measure_poisoned(Kernel *k, const Reader *r, Lane *lane) {
  MappingMeasures *mine = &k->measures->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  i64 low = lane->part.low, last = lane->part.high - 1;
  while (is_gone(r, log, place_of(r, lane, low))) low++;
  while (is_gone(r, log, place_of(r, lane, last))) last--;
  if (place_of(r, lane, low) < lane->watch.not_poisoned || mine->poisonings == MOST_POISONINGS) return;
  lane->watch.not_poisoned = place_of(r, lane, last) + 1;
  mine->poisonings++;
  const AtInstant *now = at_instant(k, r->mapping);
  Trouble *trouble = begin(k, r->mapping, POISONING, k->clock.now, NEVER);
  trouble->peak_age_ns = now->peak_age_ns;
  trouble->delayed = now->delayed, trouble->done_again = now->done_again;
  trouble->lost = now->lost, trouble->sent_to_destination = now->sent_to_destination;
  trouble->shard = r->shard, trouble->lane = lane->number, trouble->high = lane->part.high;
  trouble->finished_ns = lane->finished_ns;
}

/* How many of the records that an attempt has processed took longer than a time: the first ones. */
static i64 count_delayed(Kernel *k, const Reader *r, const Lane *lane, i64 longest_ns) {
  const Log *log = &shard_read(k, r)->log;
  i64 n = 0;
  for (i64 index = lane->part.low; index < lane->done; index++) {
    i64 place = place_of(r, lane, index);
    if (is_gone(r, log, place)) continue;
    if (k->clock.now - log->rows[row(log, place)].produced <= longest_ns) break;
    n++;
  }
  return n;
}

/* An attempt is over. */
void finished_in_trouble(Kernel *k, const Reader *r, const Lane *lane, i64 done, i64 age_ns) {
  MappingMeasures *mine = &k->measures->mappings[r->mapping];
  for (int i = 0; i < mine->ntroubles; i++) {
    Trouble *trouble = &mine->troubles[i];
    if (trouble->recovered_ns != NEVER) continue;
    trouble->peak_age_ns = greatest(trouble->peak_age_ns, age_ns);
    trouble->done_again += lane->records - done;
    trouble->delayed += count_delayed(k, r, lane, trouble->ordinary_ns);
  }
  if (k->mappings[r->mapping].poisoned < 0) return;
  AtInstant *now = at_instant(k, r->mapping);
  now->peak_age_ns = greatest(now->peak_age_ns, age_ns);
  now->done_again += lane->records - done;
  now->delayed += count_delayed(k, r, lane, now->ordinary_ns);
}

/* Records are lost, or sent to the destination. */
void lost_in_trouble(Kernel *k, int mapping, int how, i64 records) {
  MappingMeasures *mine = &k->measures->mappings[mapping];
  for (int i = 0; i < mine->ntroubles; i++) {
    Trouble *trouble = &mine->troubles[i];
    if (trouble->recovered_ns == NEVER)
      *(how == SENT_TO_DESTINATION ? &trouble->sent_to_destination : &trouble->lost) += records;
  }
  if (k->mappings[mapping].poisoned < 0) return;
  AtInstant *now = at_instant(k, mapping);
  *(how == SENT_TO_DESTINATION ? &now->sent_to_destination : &now->lost) += records;
}

/* The backlog has been so high until a time. */
void backlog_in_trouble(MappingMeasures *mine, i64 until_ns) {
  for (int i = 0; i < mine->ntroubles; i++) {
    Trouble *trouble = &mine->troubles[i];
    if (trouble->recovered_ns == NEVER && trouble->start_ns < until_ns)
      trouble->peak_backlog = greatest(trouble->peak_backlog, mine->totals.backlog);
  }
}

static int batch_is_over(Kernel *k, int mapping, const Trouble *trouble) {
  const Reader *r = &k->mappings[mapping].readers[trouble->shard];
  return first_left(k, r, &r->lanes[trouble->lane]) >= trouble->high;
}

static int is_behind(Kernel *k, const MappingMeasures *mine, i64 time_ns) {
  i64 oldest = oldest_of(mine);
  if (oldest == NEVER) return 0;
  if (k->over == 2) return time_ns - oldest > mine->lag.limit_ns; /* it would be from then on, but there is no then */
  return oldest + mine->lag.limit_ns <= time_ns;
}

/* An instant is over. */
static void settle_trouble(Kernel *k, int mapping, Trouble *trouble, i64 time_ns) {
  MappingMeasures *mine = &k->measures->mappings[mapping];
  if (trouble->kind == POISONING && trouble->end_ns == NEVER && batch_is_over(k, mapping, trouble))
    trouble->end_ns = time_ns;
  if (trouble->end_ns > time_ns) return;
  if (trouble->cleared_ns == NEVER && oldest_of(mine) >= trouble->end_ns) trouble->cleared_ns = time_ns;
  if (trouble->cleared_ns == NEVER || is_behind(k, mine, time_ns)) return;
  accept_before(k, &k->streams[k->mappings[mapping].stream], time_ns + 1);
  backlog_to(k, mapping, time_ns);
  trouble->peak_backlog = greatest(trouble->peak_backlog, mine->totals.backlog);
  trouble->recovered_ns = time_ns;
  k->measures->open_troubles--;
}

static void settle_mapping(Kernel *k, int mapping, i64 time_ns) {
  MappingMeasures *mine = &k->measures->mappings[mapping];
  for (int i = 0; i < mine->ntroubles; i++)
    if (mine->troubles[i].recovered_ns == NEVER) settle_trouble(k, mapping, &mine->troubles[i], time_ns);
}

/* The first end of an incident between two times; NEVER if there is none. */
static i64 next_end(const MappingMeasures *mine, i64 after_ns, i64 before_ns) {
  i64 end_ns = NEVER;
  for (int i = 0; i < mine->ntroubles; i++) {
    const Trouble *trouble = &mine->troubles[i];
    if (trouble->recovered_ns == NEVER && after_ns < trouble->end_ns && trouble->end_ns < before_ns)
      end_ns = least(end_ns, trouble->end_ns);
  }
  return end_ns;
}

/* Outages and slow periods that begin at a time or before it, and have not. */
static void begin_declared(Kernel *k, int mapping, i64 time_ns) {
  const Function *f = &k->functions[k->mappings[mapping].function];
  MappingMeasures *mine = &k->measures->mappings[mapping];
  i64 after_ns = mine->declared_ns;
  for (int i = 0; i < f->nfailures; i++) {
    const FailureKind *kind = &f->failures[i];
    if (kind->kind == RANDOM || kind->from_ns <= after_ns || kind->from_ns > time_ns) continue;
    begin(k, mapping, kind->kind == SLOW ? SLOWNESS : OUTAGES, kind->from_ns, kind->to_ns);
  }
  mine->declared_ns = time_ns;
}

static i64 next_declared(const Kernel *k, i64 after_ns) {
  i64 next_ns = NEVER;
  for (int i = 0; i < k->nmappings; i++) {
    const Function *f = &k->functions[k->mappings[i].function];
    for (int j = 0; j < f->nfailures; j++)
      if (f->failures[j].kind != RANDOM && f->failures[j].from_ns > after_ns)
        next_ns = least(next_ns, f->failures[j].from_ns);
  }
  return next_ns;
}

/* All before a time is over, and what happens at it comes next; all that is produced before it is known. */
void settle(Kernel *k, i64 time_ns) {
  Measures *all = k->measures;
  if (time_ns <= all->instant_ns) return;
  for (int i = 0; all->open_troubles && i < k->nmappings; i++) {
    settle_mapping(k, i, all->instant_ns);
    for (i64 end_ns = all->instant_ns; (end_ns = next_end(&all->mappings[i], end_ns, time_ns)) != NEVER;)
      settle_mapping(k, i, end_ns);
  }
  all->instant_ns = time_ns;
  if (time_ns < all->next_declared_ns) return;
  for (int i = 0; i < k->nmappings; i++) begin_declared(k, i, time_ns);
  all->next_declared_ns = next_declared(k, time_ns);
}

int make_troubles(Kernel *k, const Mapping *m, MappingMeasures *mine) {
  const Function *f = &k->functions[m->function];
  mine->declared_ns = -1;
  mine->instant.at_ns = -NEVER;
  mine->troubles = take(&k->memory, (u64)(f->nfailures + MOST_POISONINGS) * sizeof(Trouble));
  return mine->troubles != NULL;
}

/* The run ends. */
void end_troubles(Kernel *k, int mapping, i64 end_ns) {
  settle_mapping(k, mapping, end_ns);
  MappingMeasures *mine = &k->measures->mappings[mapping];
  for (int i = 0; i < mine->ntroubles; i++)
    if (mine->troubles[i].recovered_ns == NEVER)
      mine->troubles[i].peak_backlog = greatest(mine->troubles[i].peak_backlog, mine->totals.backlog);
}
