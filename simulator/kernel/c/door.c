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

EXPORT(go_on_run) int go_on_run(Kernel *k) { return advance(k); }

EXPORT(rows_of) const Row *rows_of(const Kernel *k) { return k->rows; }
EXPORT(row_count) i64 row_count(const Kernel *k) { return k->nrows; }
EXPORT(now_of) i64 now_of(const Kernel *k) { return k->clock.now; }
EXPORT(counts_of) const i64 *counts_of(const Kernel *k, int mapping) { return &k->mappings[mapping].processed; }
