/* What is called from outside: a run is made from a plan, goes on portion by portion, and leaves its rows. */
#include "export.h"
#include "model.h"
#include "traffic.h"

int read_plan(Kernel *, const void *plan, u64 bytes);

/* A run that may take so much memory, with room for a plan of so many bytes; 0 if there is none. */
EXPORT(new_run) Kernel *new_run(u64 plan_bytes, u64 most_bytes) {
  Memory memory = {.most = most_bytes};
  Kernel *k = take(&memory, sizeof(Kernel));
  if (!k || !(k->plan = take(&memory, plan_bytes + 8))) return NULL;
  k->memory = memory;
  return k;
}

EXPORT(plan_of) void *plan_of(Kernel *k) { return k->plan; }

/* Begin the run of the plan that has been written there: an enum status. */
EXPORT(begin_run) int begin_run(Kernel *k, u64 bytes) {
  if (!read_plan(k, k->plan, bytes)) return k->memory.exhausted ? NO_MEMORY : BAD_PLAN;
  return start(k) ? RUNNING : NO_MEMORY;
}

/* Have the rows of invocations.csv stated where a run is measured. */
EXPORT(tell_attempts) void tell_attempts(Kernel *k) { k->tells_attempts = 1; }

/* Go on until what is decided before a time is stated, or a portion is full; that was stated since the last call. */
EXPORT(go_on_run) int go_on_run(Kernel *k, i64 until_ns) {
  k->until_ns = until_ns;
  return advance(k);
}

/* What the handler made of the batch that was asked about: it goes on with it the next time. */
EXPORT(answer_run) void answer_run(Kernel *k, i64 healthy, i64 took_ns, int timed_out, int ends) {
  k->asked.healthy = healthy, k->asked.took_ns = took_ns, k->asked.timed_out = timed_out, k->asked.ends = ends;
}

EXPORT(facts_of) const i64 *facts_of(const Kernel *k, int kind) { return k->facts[kind].words; }
EXPORT(fact_words) i64 fact_words(const Kernel *k, int kind) { return k->facts[kind].n; }
/* What was written to a stream since the last time that was reached: a row for each record that was offered. */
EXPORT(written_of) const i64 *written_of(const Kernel *k, int stream) { return k->streams[stream].written.words; }
EXPORT(written_words) i64 written_words(const Kernel *k, int stream) { return k->streams[stream].written.n; }

/* By shard of a stream, the place of the first record that somebody has not done with; the others are forgotten. */
EXPORT(kept_of) const i64 *kept_of(Kernel *k, int number) {
  Stream *stream = &k->streams[number];
  forget(k);
  for (i64 j = 0; j < stream->nshards; j++) stream->kept[j] = stream->shards[j].log.first;
  return stream->kept;
}
/* The records that are kept of a stream: those that wait at their producers, and those that somebody has not done with. */
EXPORT(records_kept) i64 records_kept(const Kernel *k, int number) {
  const Stream *stream = &k->streams[number];
  i64 records = 0;
  for (i64 j = 0; j < stream->nshards; j++) records += stream->shards[j].log.end - stream->shards[j].log.first;
  return records;
}
EXPORT(now_of) i64 now_of(const Kernel *k) { return k->clock.now; }
