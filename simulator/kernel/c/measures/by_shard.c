/* What is counted by shard: the busiest second of each, and the load over time, as by_shard.py has them. */
#include "measures.h"

static void close_second(ShardMeasures *shard) {
  shard->busiest_records = greatest(shard->busiest_records, shard->offered - shard->records_before);
  shard->busiest_bytes = greatest(shard->busiest_bytes, shard->offered_bytes - shard->bytes_before);
  shard->records_before = shard->offered, shard->bytes_before = shard->offered_bytes;
}

static i64 end_of_second(i64 time_ns) { return (time_ns / NS - (time_ns % NS < 0) + 1) * NS; }

/* Records of a shard come in order of production: the second in which one is offered, if it is not that of the last. */
void turn_to_second(ShardMeasures *shard, i64 produced_ns) {
  if (produced_ns < shard->second_ends_ns) return;
  close_second(shard);
  shard->second_ends_ns = end_of_second(produced_ns);
}

void count_call(Kernel *k, const Reader *r) {
  ShardMeasures *shard = &k->measures->streams[r->stream].shards[r->shard];
  if (k->clock.now >= shard->calls_second_ends_ns) {
    shard->calls = 0;
    shard->calls_second_ends_ns += NS;
    if (k->clock.now >= shard->calls_second_ends_ns) shard->calls_second_ends_ns = end_of_second(k->clock.now);
  }
  shard->busiest_calls = greatest(shard->busiest_calls, ++shard->calls);
}

static void halve(StreamMeasures *stream, i64 shards) {
  i64 *load = stream->load;
  for (i64 row = 0; row < 2 * LOAD_ROWS; row++)
    for (i64 j = 0; j < shards; j++) {
      i64 records = load[row * shards + j];
      load[row * shards + j] = 0;
      load[row / 2 * shards + j] += records;
    }
  for (i64 j = 0; j < shards; j++) { /* the row behind the last one */
    load[LOAD_ROWS * shards + j] += load[2 * LOAD_ROWS * shards + j];
    load[2 * LOAD_ROWS * shards + j] = 0;
  }
  stream->totals.load_interval_ns *= 2;
  stream->load_grid = (Grid){.interval_ns = stream->totals.load_interval_ns};
  stream->totals.load_rows = (stream->totals.load_rows + 1) / 2;
}

/* Records of one row were accepted, from 0 on, the last of them then. Rows double in length when there come to be many. */
void count_load(StreamMeasures *stream, i64 accepted_ns, i64 shard, i64 records) {
  while (accepted_ns > 2 * LOAD_ROWS * stream->load_grid.interval_ns) halve(stream, stream->totals.load_stride);
  i64 rows = row_at(&stream->load_grid, accepted_ns);
  stream->load[(rows - 1) * stream->totals.load_stride + shard] += records;
  stream->totals.load_rows = greatest(stream->totals.load_rows, rows);
}

/* What came at the very end of the run belongs to the last row. */
void end_load(StreamMeasures *stream, i64 end_ns) {
  i64 shards = stream->totals.load_stride, row = end_ns / stream->totals.load_interval_ns, more = 0;
  for (i64 j = 0; row <= 2 * LOAD_ROWS && j < shards; j++) more += stream->load[row * shards + j];
  if (more && end_ns % stream->totals.load_interval_ns == 0) {
    for (i64 j = 0; j < shards; j++) {
      stream->load[(row - 1) * shards + j] += stream->load[row * shards + j];
      stream->load[row * shards + j] = 0;
    }
    stream->totals.load_rows = row;
  } else if (more && row == 2 * LOAD_ROWS) {
    halve(stream, shards);
  }
  for (i64 j = 0; j < shards; j++) close_second(&stream->shards[j]); /* of some that never opened, too */
}
