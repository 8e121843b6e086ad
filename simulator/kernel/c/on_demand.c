/* Streams in on-demand mode: shards that are hot are split [15]. */
#include "draws.h"
#include "traffic.h"

#define MINUTE_NS (60LL * NS)
#define RECORDS_PER_S 1000.0
#define BYTES_PER_S 1048576.0

/* When a minute ends, or a shard is split. */
i64 next_on_demand_ns(const Stream *s) {
  const OnDemand *mode = &s->changes->mode;
  i64 next_ns = mode->minute_ns + MINUTE_NS;
  for (i64 i = 0; mode->marked && i < s->nopen; i++) {
    i64 splits_ns = mode->marks[s->open[i]].splits_ns;
    if (splits_ns < next_ns) next_ns = splits_ns;
  }
  return next_ns;
}

/* A shard has accepted records, none from before this minute. */
void count_on_demand(OnDemand *mode, i64 shard, i64 records, i64 bytes) {
  mode->marks[shard].records += records;
  mode->marks[shard].bytes += bytes;
}

static int split(Kernel *k, Stream *s, i64 shard, i64 now_ns) {
  OnDemand *mode = &s->changes->mode;
  i64 number = mode->marks[shard].request;
  Request *request = &s->changes->requests[number];
  Operation operation = split_of(s, shard, 1, 1);
  mode->marks[shard].splits_ns = NEVER;
  mode->marked--;
  request->open_before = s->nopen, request->begun_ns = now_ns;
  if (s->nopen >= mode->maximum || operation.lower < 0) {
    request->refused = operation.lower < 0 ? TOO_NARROW : AT_MAXIMUM;
    return 1;
  }
  if (!carry_out(k, s, &operation, number, now_ns)) return 0;
  request->done_ns = now_ns, request->open_after = s->nopen;
  return 1;
}

/* The splits that are due, in order of hash. */
static int split_due(Kernel *k, Stream *s, i64 now_ns) {
  for (i64 i = 0; s->changes->mode.marked && i < s->nopen; i++)
    if (s->changes->mode.marks[s->open[i]].splits_ns <= now_ns && !split(k, s, s->open[i], now_ns)) return 0;
  return 1;
}

static int is_hot(const OnDemand *mode, const Mark *mark) {
  return (double)mark->records >= mode->above * RECORDS_PER_S || (double)mark->bytes >= mode->above * BYTES_PER_S;
}

/* A shard is hot: it will be split. */
static int mark_shard(Kernel *k, Stream *s, i64 shard, i64 now_ns) {
  OnDemand *mode = &s->changes->mode;
  Mark *mark = &mode->marks[shard];
  Request wanted = {.at_ns = now_ns, .asker = BY_ON_DEMAND, .wants = A_SPLIT, .shards = shard, .begun_ns = NEVER, .done_ns = NEVER};
  mark->request = add_request(k, s->changes, wanted);
  mark->splits_ns = now_ns + lasts_ns(&mode->delay, inner(mode->delay.key, (u64)shard), (u64)mark->times++);
  mode->marked++;
  return mark->request >= 0;
}

/* A minute has ended: its open shards are marked that were hot all through it. */
static int mark_hot(Kernel *k, Stream *s, i64 now_ns) {
  OnDemand *mode = &s->changes->mode;
  for (i64 i = 0; i < s->nopen; i++) {
    i64 shard = s->open[i];
    int may = mode->marks[shard].splits_ns == NEVER && s->spans[shard].opens_ns <= mode->minute_ns;
    if (may && is_hot(mode, &mode->marks[shard]) && !mark_shard(k, s, shard, now_ns)) return 0;
  }
  mode->minute_ns += MINUTE_NS;
  for (i64 j = s->first_live; j < s->nshards; j++) mode->marks[j].records = mode->marks[j].bytes = 0;
  return 1;
}

/* Splits that are due; then, if a minute ends, marks; 0 without memory. */
int change_on_demand(Kernel *k, Stream *s, i64 now_ns) {
  if (!split_due(k, s, now_ns)) return 0;
  if (s->changes->mode.minute_ns + MINUTE_NS > now_ns) return 1;
  return mark_hot(k, s, now_ns) && split_due(k, s, now_ns);
}
