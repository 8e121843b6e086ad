/* A function: who may run, how long it runs, how it ends [6, 7]. */
#include "model.h"
#include "quantiles.h"

enum { PER_BATCH, PER_RECORD, PER_MIB, COLD_START, FAILURES }; /* a mapping's keys of draws */

int lacks(Function *f, i64 now_ns) {
  if (f->pool->taken >= f->pool->units) return CONCURRENCY;
  if (!any_token(f->pool, now_ns)) return INVOCATION_RATE;
  return any_environment(&f->environments, now_ns) ? NOTHING_LACKS : SCALING_RATE;
}

void give_back_unit(Function *f, const Run *run, i64 now_ns) {
  f->pool->taken--;
  if (run->loses_environment) lose_environment(&f->environments, run->environment);
  else release(&f->environments, run->environment, now_ns);
}

/* The draw of an attempt for a purpose: it belongs to its first record, and to how often that was tried. */
static u64 drawn(const Mapping *m, int purpose, const Lane *lane) {
  return inner(inner(m->keys[purpose], (u64)lane->first_number), (u64)lane->nth);
}

static double value(const Quantile *q, const Mapping *m, int purpose, const Lane *lane) {
  return q->kind == SAME ? q->low : quantile(q, drawn(m, purpose, lane));
}

static i64 work_ns(const Function *f, const Mapping *m, const Lane *lane, const Question *answer) {
  if (answer && f->measured > 0) return half_up((double)answer->took_ns * f->measured);
  return half_up(value(&f->per_batch, m, PER_BATCH, lane) * NS) +
         half_up(value(&f->per_record, m, PER_RECORD, lane) * NS * (double)lane->records) +
         half_up(value(&f->per_mib, m, PER_MIB, lane) * NS * (double)lane->bytes / 1048576.0);
}

static i64 slowed(const Function *f, i64 now_ns, i64 run_ns) {
  double factor = 1;
  int slow = 0;
  for (int i = 0; i < f->nfailures; i++) {
    const FailureKind *kind = &f->failures[i];
    if (kind->kind == SLOW && kind->from_ns <= now_ns && now_ns < kind->to_ns) factor *= kind->factor, slow = 1;
  }
  return slow ? half_up((double)run_ns * factor) : run_ns;
}

/* When an attempt fails that starts now and would run for so long; NEVER if it does not. */
static i64 error_at(const Function *f, const Mapping *m, const Lane *lane, i64 now_ns, i64 run_ns, int *failure) {
  i64 at_ns = NEVER;
  for (int i = 0; i < f->nfailures; i++) {
    const FailureKind *kind = &f->failures[i];
    if (kind->kind == SLOW || (kind->kind == IN_OUTAGE && !(kind->from_ns <= now_ns && now_ns < kind->to_ns))) continue;
    i64 fails_ns = half_up((double)run_ns * kind->fails_after);
    if (unit(drawn(m, FAILURES + i, lane)) < kind->probability && fails_ns < at_ns) {
      at_ns = fails_ns;
      *failure = kind->kind == RANDOM ? RANDOM_ERRORS : OUTAGE;
    }
  }
  return at_ns;
}

void admit(Function *f, const Mapping *m, Lane *lane, i64 now_ns, double poison_after, const Question *answer) {
  Run *run = &lane->run;
  f->pool->taken++;
  take_token(f->pool, now_ns);
  *run = (Run){acquire(&f->environments, now_ns), NONE, 0, 0, 0};
  if (run->environment == COLD) run->cold_ns = half_up(value(&f->cold_start, m, COLD_START, lane) * NS);
  run->run_ns = slowed(f, now_ns, work_ns(f, m, lane, answer));
  i64 fails_ns = error_at(f, m, lane, now_ns, run->run_ns, &run->failure);
  if (poison_after < __builtin_inf()) {
    i64 poison_ns = half_up((double)run->run_ns * poison_after);
    if (poison_ns < fails_ns) fails_ns = poison_ns, run->failure = POISON;
  }
  if (run->failure) run->run_ns = fails_ns;
  int ended = answer && answer->timed_out && !run->failure;
  if (run->run_ns > f->timeout_ns || ended) run->run_ns = f->timeout_ns, run->failure = TIMEOUTS;
  run->loses_environment = run->failure == TIMEOUTS || (answer && answer->ends && run->failure == POISON);
}
