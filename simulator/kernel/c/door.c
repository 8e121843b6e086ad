/* What is called from outside: a run is made from a plan, goes on portion by portion, and leaves its rows. */
#include "model.h"
#include "traffic.h"

int read_plan(Kernel *, const void *plan, u64 bytes);

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name)))
#else
#define EXPORT(name) __attribute__((visibility("default")))
#endif

/* Room for a plan of so many bytes, in a run that may take so much memory; 0 if there is none. */
EXPORT(new_run) Kernel *new_run(u64 plan_bytes, u64 most_bytes, void **plan) {
  Memory memory = {.most = most_bytes};
  Kernel *k = take(&memory, sizeof(Kernel));
  if (!k) return NULL;
  *plan = take(&memory, plan_bytes ? plan_bytes : 8);
  k->memory = memory;
  return *plan ? k : NULL;
}

/* Begin the run of a plan that has been written there: an enum status. */
EXPORT(begin_run) int begin_run(Kernel *k, const void *plan, u64 bytes) {
  if (!read_plan(k, plan, bytes)) return k->memory.exhausted ? NO_MEMORY : BAD_PLAN;
  return start(k) ? RUNNING : NO_MEMORY;
}

/* Go on until what is decided before a time is stated, or a portion is full; that was stated since the last call. */
EXPORT(go_on_run) int go_on_run(Kernel *k, i64 until_ns) {
  k->until_ns = until_ns;
  return advance(k);
}

EXPORT(facts_of) const i64 *facts_of(const Kernel *k, int kind) { return k->facts[kind].words; }
EXPORT(fact_words) i64 fact_words(const Kernel *k, int kind) { return k->facts[kind].n; }
EXPORT(now_of) i64 now_of(const Kernel *k) { return k->clock.now; }
