/* Poison records [7]: those that are the first accepted at or after a time. (Those by probability: stream.c) */
#include "traffic.h"

/* Among the records accepted before `end_ns` that were not looked at before. */
static int first_at(Stream *stream, i64 at_ns, i64 end_ns, Shard **shard, i64 *place) {
  i64 best = NEVER;
  for (i64 j = 0; j < stream->nshards; j++) {
    Log *log = &stream->shards[j].log;
    i64 low = stream->shards[j].struck, high = log->end;
    while (low < high) {
      i64 middle = (low + high) / 2;
      if (record_at(log, middle)->accepted < at_ns) low = middle + 1; else high = middle;
    }
    if (low == log->end) continue;
    i64 accepted = record_at(log, low)->accepted;
    if (accepted < end_ns && accepted < best) best = accepted, *shard = &stream->shards[j], *place = low;
  }
  return best < NEVER;
}

void strike_at_times(Stream *stream, i64 end_ns) {
  i64 waiting = 0;
  for (i64 i = 0; i < stream->ntimes; i++) {
    PoisonTime *time = &stream->times[i];
    Shard *shard = NULL;
    i64 place = 0;
    if (first_at(stream, time->at_ns, end_ns, &shard, &place)) {
      double *after = fails_after(&shard->log, time->function, place);
      if (time->fails_after < *after) *after = time->fails_after;
    } else {
      stream->times[waiting++] = *time;
    }
  }
  stream->ntimes = waiting;
  for (i64 j = 0; j < stream->nshards; j++) {
    Shard *shard = &stream->shards[j];
    Log *log = &shard->log;
    while (stream->ntimes && shard->struck < log->end && record_at(log, shard->struck)->accepted < end_ns)
      shard->struck++;
  }
}
