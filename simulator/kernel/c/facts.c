/* What a run states [8, 10]: rows of whole numbers, taken by the host portion by portion. */
#include "measuring.h"
#include "model.h"
#include "traffic.h"

#define ROOM (1 << 16)       /* words of each kind */
#define AN_EVENT (1 << 14)   /* no event states more words of a kind; a batch has at most 10,000 places */

int make_facts(Kernel *k) {
  for (int kind = 0; kind < KINDS; kind++) k->facts[kind] = (Facts){take(&k->memory, ROOM * sizeof(i64)), 0, ROOM};
  return !k->memory.exhausted;
}

/* The host has taken what was stated; what was written it takes only when the time is reached that it waits for. */
void clear_facts(Kernel *k) {
  for (int kind = 0; kind < KINDS; kind++) k->facts[kind].n = 0;
  for (int i = 0; k->reached && i < k->nstreams; i++)
    k->streams[i].written.n = k->streams[i].accepted.n = k->streams[i].moved.n = 0;
  k->reached = 0;
}

/* Whether there is room for what the next event may state. */
int room_for_an_event(const Kernel *k) {
  if (k->measures) return k->facts[ATTEMPT].n + AN_EVENT <= k->facts[ATTEMPT].room;
  for (int kind = 0; kind < KINDS; kind++)
    if (k->facts[kind].n + AN_EVENT > k->facts[kind].room) return 0;
  return 1;
}

/* Room for so many more words; only while records come in. */
static int make_room(Kernel *k, Facts *facts, i64 words) {
  if (facts->n + words <= facts->room) return 1;
  i64 room = more_room(facts->room, 64, facts->n + words);
  facts->words = longer(&k->memory, facts->words, facts->room, room, sizeof(i64));
  if (!k->memory.exhausted) facts->room = room;
  return !k->memory.exhausted;
}

/* The same for facts that events state, too. */
int room_for(Kernel *k, Facts *facts, i64 words) { return make_room(k, facts, words + AN_EVENT); }

/* A record as it was offered: the record limit lets it in, then the byte limit; lanes by factor; poison by function;
 * whether it passes, by filter. */
int state_written(Kernel *k, Stream *stream, const Shard *shard, const Offered *o, const u8 *lanes) {
  Facts *facts = &stream->written;
  const Log *log = &shard->log;
  i64 n = 7 + stream->nfactors + stream->npoisoned + stream->nfilters;
  if (!make_room(k, facts, n)) return 0;
  i64 *words = facts->words + facts->n;
  words[0] = o->produced_ns, words[1] = o->let_in_ns, words[2] = o->accepted_ns, words[3] = o->bytes;
  words[4] = stream->produced + o->nth, words[5] = shard - stream->shards, words[6] = o->dropped;
  for (int f = 0; f < stream->nfactors; f++) words[7 + f] = lanes[f];
  for (int f = 0; f < stream->npoisoned; f++)
    __builtin_memcpy(&words[7 + stream->nfactors + f], fails_after(log, f, log->end), sizeof(i64));
  for (int f = 0; f < stream->nfilters; f++)
    words[7 + stream->nfactors + stream->npoisoned + f] = *passes_by(log, f, log->end);
  facts->n += n;
  return 1;
}

void state(Kernel *k, int kind, const i64 *words, int n) {
  Facts *facts = &k->facts[kind];
  for (int i = 0; i < n; i++) facts->words[facts->n++] = words[i];
}

/* A row of a log, as a row like those of state_written. */
static int state_row(Kernel *k, Stream *stream, Facts *facts, i64 number, i64 place) {
  const Log *log = &stream->shards[number].log;
  const Record *record = record_at(log, place);
  u64 origin = (u64)*cell(log, log->of->origin, place);
  const Keys *keys = &k->producers[origin >> 32].keys;
  if (!make_room(k, facts, 7 + stream->nfactors + stream->npoisoned + stream->nfilters)) return 0;
  i64 *words = facts->words + facts->n, let_in_ns = record->produced;
  if (record->accepted > record->produced) let_in_ns = *cell(log, log->of->let_in, place);
  *words++ = record->produced, *words++ = let_in_ns, *words++ = record->accepted, *words++ = bytes_of(log, place);
  *words++ = record->number, *words++ = number, *words++ = 0;
  for (int f = 0; f < stream->nfactors; f++) *words++ = lane_of(stream, number, keys, (u32)origin, f);
  for (int f = 0; f < stream->npoisoned; f++) __builtin_memcpy(words++, fails_after(log, f, place), sizeof(i64));
  for (int f = 0; f < stream->nfilters; f++) *words++ = *passes_by(log, f, place);
  facts->n = words - facts->words;
  return 1;
}

/* The records that the shards of a stream have accepted in the window, where they change. */
int state_accepted(Kernel *k, Stream *stream) {
  for (i64 j = stream->first_live; j < stream->nshards; j++)
    for (Shard *shard = &stream->shards[j]; shard->stated < shard->due; shard->stated++)
      if (!state_row(k, stream, &stream->accepted, j, shard->stated)) return 0;
  return 1;
}

/* The records that wait at their producers now, where shards change. */
int state_waiting(Kernel *k) {
  for (int i = 0; i < k->nstreams; i++) {
    Stream *stream = &k->streams[i];
    stream->waiting.n = 0;
    for (i64 j = 0; stream->changes && j < stream->nshards; j++)
      for (i64 place = stream->shards[j].due; place < stream->shards[j].log.end; place++)
        if (!state_row(k, stream, &stream->waiting, j, place)) return 0;
  }
  return 1;
}

/* A stretch of time in which a record waited for a shard that closed: its number, begin and end. */
int state_moved(Kernel *k, Stream *stream, const i64 *words) {
  Facts *facts = &stream->moved;
  if (!make_room(k, facts, 3)) return 0;
  for (int i = 0; i < 3; i++) facts->words[facts->n++] = words[i];
  return 1;
}

void state_finished(Kernel *k, const Reader *r) {
  i64 words[] = {r->mapping, r->shard, k->clock.now};
  if (k->measures) measure_finished_shard(k, r);
  else if (room_for(k, &k->facts[FINISHED], 3)) state(k, FINISHED, words, 3); /* any number may be finished at once */
}

/* The places of a part of a batch: where their list begins, or -1 if they are neighbours from the first on. */
static i64 state_places(Kernel *k, const Reader *r, const Lane *lane, i64 low, i64 high) {
  const Log *log = &shard_read(k, r)->log;
  if (!r->lane_logs && !r->any_gone) return -1;
  i64 begins = k->facts[PLACES].n;
  for (i64 index = low; index < high; index++) {
    i64 place = place_of(r, lane, index);
    if (!is_gone(r, log, place)) state(k, PLACES, &place, 1);
  }
  return begins;
}

static void tell_attempt(Kernel *k, const Reader *r, const Lane *lane) {
  i64 words[] = {lane->started_ns, r->mapping, r->shard, lane->number, place_of(r, lane, lane->part.low),
                 lane->records, lane->bytes, lane->tries, lane->part.cut_ns, lane->finished_ns,
                 lane->run.environment == COLD, lane->outcome, last_accepted(k, r, lane)};
  state(k, ATTEMPT, words, 13);
}

/* An attempt is admitted. Where a run is measured, all that may be asked for is its row of invocations.csv. */
void state_attempt(Kernel *k, const Reader *r, Lane *lane, i64 done) {
  if (k->measures) {
    measure_admitted(k, r, lane);
    if (k->tells_attempts) tell_attempt(k, r, lane);
    return;
  }
  i64 places = state_places(k, r, lane, lane->part.low, lane->part.high);
  i64 words[] = {r->mapping, r->shard, lane->number, places, place_of(r, lane, lane->part.low), lane->records, done,
                 lane->bytes, lane->tries, lane->first_cut_ns, lane->part.cut_ns, lane->begun_ns, lane->started_ns,
                 lane->run.cold_ns, lane->finished_ns, lane->run.environment, lane->outcome, lane->run.failure};
  state(k, ATTEMPT, words, 18);
}

/* What the host has to know to ask the function's own handler: whose attempt it is, when its shard was opened by a change
 * (-NEVER: it was not), and each record of its batch. Nothing else is asked before it has answered. */
void state_asked(Kernel *k, const Reader *r, const Lane *lane) {
  const Stream *stream = &k->streams[k->mappings[r->mapping].stream];
  const Log *log = &stream->shards[r->shard].log;
  const Span *span = &stream->spans[r->shard];
  i64 words[] = {r->mapping, r->shard, span->parents[0] < 0 ? -NEVER : span->opens_ns, lane->records};
  state(k, ASKED, words, 4);
  for (i64 index = lane->part.low; index < lane->part.high; index++) {
    i64 place = place_of(r, lane, index);
    if (is_gone(r, log, place)) continue;
    const Record *record = record_at(log, place);
    i64 each[] = {place, record->number, record->produced, record->accepted, bytes_of(log, place)};
    state(k, ASKED, each, 5);
  }
}

void state_doing(Kernel *k, Reader *r, Lane *lane, int what, i64 begin_ns, i64 end_ns) {
  i64 words[] = {r->mapping, r->shard, lane->number, what, begin_ns, end_ns};
  if (end_ns <= begin_ns) return;
  if (k->measures) measure_doing(k, r, lane, what, begin_ns);
  else state(k, DOING, words, 6);
}

void state_poll(Kernel *k, Reader *r, int what, const Answer *answer) {
  i64 words[] = {r->mapping, r->shard, k->clock.now, what, answer->comes_ns,
                 answer->first, answer->end, answer->bytes, answer->left_behind};
  if (k->measures && is_other(k, r)) measure_other_poll(k, r, what, answer);
  else if (k->measures) measure_poll(k, r, what, answer);
  else state(k, POLLED, words, 9);
}

void state_read_again(Kernel *k, const Reader *r, i64 bytes, int call) {
  i64 words[] = {r->mapping, r->shard, k->clock.now, bytes, call};
  if (k->measures) measure_read_again(k, r, bytes, call);
  else state(k, READ_AGAIN, words, 5);
}

void state_sent(Kernel *k, const Reader *r, i64 place, i64 leaves_ns, i64 available_ns) {
  i64 words[] = {r->mapping, r->shard, place, leaves_ns, available_ns};
  if (!k->measures) state(k, SENT, words, 5); /* else it is measured when it leaves */
}

/* The lane's part of a batch, of n records, is not admitted. */
void state_throttle(Kernel *k, const Reader *r, Lane *lane, i64 n, i64 again_ns, int lack) {
  if (k->measures) {
    measure_throttle(k, r, lane, again_ns, lack);
    return;
  }
  i64 places = state_places(k, r, lane, lane->part.low, lane->part.high);
  i64 words[] = {r->mapping, r->shard, lane->number, places, place_of(r, lane, lane->part.low), n,
                 lane->begun_ns, k->clock.now, again_ns, lack};
  state(k, THROTTLE, words, 10);
}

/* Records of a part of a batch end without having been processed. */
void state_loss(Kernel *k, Reader *r, Lane *lane, i64 low, i64 high, i64 n, int how, int failure) {
  if (k->measures) {
    measure_loss(k, r, lane, low, high, n, how, failure);
    return;
  }
  i64 places = state_places(k, r, lane, low, high);
  i64 words[] = {r->mapping, r->shard, places, place_of(r, lane, low), n, how, k->clock.now, 0, failure};
  state(k, LOSS, words, 9);
}

/* Neighbours expire unread. */
void state_expired(Kernel *k, Reader *r, i64 first, i64 end) {
  i64 words[] = {r->mapping, r->shard, -1, first, end - first, EXPIRED, k->clock.now, 1, NONE};
  if (end <= first) return;
  if (k->measures) measure_passed_over(k, r, first, end);
  else state(k, LOSS, words, 9);
}

void state_filtered(Kernel *k, Reader *r, i64 place) {
  if (k->measures) measure_filtered(k, r, place);
  else state(k, PLACES, &place, 1);
}

void state_all_filtered(Kernel *k, Reader *r, i64 places, i64 records) {
  i64 words[] = {r->mapping, r->shard, places, k->facts[PLACES].words[places], records, FILTERED, k->clock.now, 0, NONE};
  if (k->measures) measure_all_filtered(k, r, records);
  else state(k, LOSS, words, 9);
}
