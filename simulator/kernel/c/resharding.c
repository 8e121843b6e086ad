/* How the shards of a provisioned stream change: requests of the file and of a rule, one at a time [14]. */
#include "draws.h"
#include "quantiles.h"
#include "traffic.h"

i64 lasts_ns(const Lasting *of, u64 key, u64 number) {
  return of->same_ns >= 0 ? of->same_ns : half_up(quantile(&of->drawn, bits(key, number)) * NS);
}

static i64 min(i64 a, i64 b) { return a < b ? a : b; }
static i64 max(i64 a, i64 b) { return a > b ? a : b; }

/* When an operation is done, a request begins, or the rule decides; NEVER: nothing any more. */
i64 next_resharding_ns(const Changes *c) {
  i64 decides_ns = rule_decides_ns(&c->rule);
  if (c->operation.lower >= 0) return min(c->due_ns, decides_ns);
  if (c->next_in_file == c->in_file) return decides_ns;
  return min(max(c->requests[c->next_in_file].at_ns, c->free_ns), decides_ns);
}

/* Go on with the next operation, if there is one. */
static int next(const Stream *s, Changes *c, i64 since_ns) {
  c->operation = next_operation(s, &c->requests[c->at_work], &c->here);
  if (c->operation.lower < 0) return 0;
  c->due_ns = since_ns + lasts_ns(&c->each, c->each.key, (u64)c->done++);
  return 1;
}

/* The operations that are done now; 0 without memory. */
static int finish(Kernel *k, Stream *s, Changes *c, i64 now_ns) {
  while (c->operation.lower >= 0 && c->due_ns <= now_ns) {
    if (!carry_out(k, s, &c->operation, c->at_work, now_ns)) return 0;
    if (next(s, c, now_ns)) continue;
    Request *request = &c->requests[c->at_work];
    request->done_ns = c->free_ns = c->changed_ns = now_ns;
    request->open_after = s->nopen;
  }
  return 1;
}

static void begin(const Stream *s, Changes *c, i64 number, i64 now_ns) {
  Request *request = &c->requests[number];
  int refused = why_refused(s, request, now_ns);
  request->begun_ns = now_ns, request->open_before = s->nopen, request->refused = refused;
  if (refused) return;
  c->at_work = number, c->here = 0;
  next(s, c, now_ns + lasts_ns(&c->begin, c->begin.key, (u64)c->begun++));
}

/* What the rule asks for now, after all else. */
static int follow_rule(Kernel *k, Stream *s, Changes *c, i64 now_ns) {
  i64 shards = rule_asks(&c->rule, now_ns, s->nopen, c->changed_ns);
  if (!shards || c->operation.lower >= 0) return 1;
  Request wanted = {.at_ns = now_ns, .asker = BY_RULE, .wants = SHARD_COUNT, .shards = shards, .begun_ns = NEVER, .done_ns = NEVER};
  i64 number = add_request(k, c, wanted);
  if (number < 0) return 0;
  begin(s, c, number, now_ns);
  return finish(k, s, c, now_ns);
}

/* Operations that are done now, requests that begin, and then what the rule asks for; 0 without memory. */
int reshard(Kernel *k, Stream *s, i64 now_ns) {
  Changes *c = s->changes;
  for (;;) {
    if (!finish(k, s, c, now_ns)) return 0;
    if (c->operation.lower >= 0 || c->next_in_file == c->in_file || c->requests[c->next_in_file].at_ns > now_ns) break;
    begin(s, c, c->next_in_file++, now_ns);
  }
  return rule_decides_ns(&c->rule) > now_ns || follow_rule(k, s, c, now_ns);
}
