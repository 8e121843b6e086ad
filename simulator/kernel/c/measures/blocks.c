/* The measures as blocks of words, to be taken by the host when the run is over (docs/kernel.md): each in pieces, of which
 * there is more than one only where memory is. The first that is empty is the end. */
#include "../export.h"
#include "measures.h"

typedef struct {
  const void *words;
  u64 bytes;
} Block;

static const Block NO_PIECE = {NULL, 0};

enum of_stream {
  STREAM_TOTALS, STREAM_ROWS, STREAM_SHARDS, STREAM_LOAD, UNWRITTEN_TOTALS, UNWRITTEN_ROWS, STREAM_SPANS, STREAM_REQUESTS
};
enum of_function { FUNCTION_TOTALS = 8, FUNCTION_ROWS, FUNCTION_WANTED };
enum of_mapping {
  MAPPING_TOTALS = 16, MAPPING_ROWS, USUAL_ROWS, USUAL_WAITING, READERS, LANES, WASTED_BY_SIZE, LATENCY, AGE, AGE_AT_SEND,
  LEFT, EPISODES, BY_EIGHTH
};
enum of_other { OTHER_ROWS = 32, OTHER_READS };
enum stated { ACCEPTED = 48, WAITING, MOVED }; /* of a stream that changes, where facts are stated: see facts.c */

static Block of_stream(const Kernel *k, int kind, const Stream *stream, const StreamMeasures *mine) {
  u64 rows = (u64)(k->clock.now / k->measures->interval_ns + 2), shards = (u64)stream->nshards;
  switch (kind) {
    case STREAM_TOTALS: return (Block){&mine->totals, sizeof(StreamTotals)};
    case STREAM_ROWS: return (Block){mine->rows, rows * sizeof(StreamRow)};
    case STREAM_SHARDS: return (Block){mine->shards, shards * sizeof(ShardMeasures)};
    case STREAM_LOAD: return (Block){mine->load, (u64)(mine->totals.load_rows * mine->totals.load_stride) * sizeof(i64)};
    case UNWRITTEN_TOTALS: return (Block){&mine->unwritten.totals, sizeof(LevelTotals)};
    default: return (Block){mine->unwritten.rows, rows * sizeof(LevelRow)};
  }
}

static Block of_function(const Kernel *k, int kind, int number) {
  const Level *mine = &k->measures->functions[number];
  const Highest *wanted = &k->functions[number].pool->wanted;
  if (kind == FUNCTION_WANTED) return (Block){&wanted->totals, sizeof(LevelTotals)};
  if (kind == FUNCTION_TOTALS) return (Block){&mine->totals, sizeof(LevelTotals)};
  return (Block){mine->rows, (u64)(k->clock.now / k->measures->interval_ns + 2) * sizeof(LevelRow)};
}

static Block piece_of_rows(const MappingMeasures *mine, i64 rows, i64 piece) {
  i64 n = least(ROWS_A_PIECE, rows - piece * ROWS_A_PIECE);
  return n > 0 ? (Block){mine->rows[piece], (u64)n * sizeof(MappingRow)} : NO_PIECE;
}

static Block of_mapping(const Kernel *k, int kind, const Mapping *m, const MappingMeasures *mine) {
  u64 shards = (u64)k->streams[m->stream].nshards;
  u64 usual = (u64)(k->clock.now / k->measures->usual_ns + 2);
  switch (kind) {
    case MAPPING_TOTALS: return (Block){&mine->totals, sizeof(MappingTotals)};
    case USUAL_ROWS: return (Block){mine->usual, usual * sizeof(UsualRow)};
    case USUAL_WAITING: return (Block){mine->usual_waiting, mine->usual_waiting ? usual * CAUSES * sizeof(Cell) : 0};
    case READERS: return (Block){mine->readers, shards * sizeof(ReaderMeasures)};
    case LANES: return (Block){mine->lanes, shards * (u64)m->factor * sizeof(LaneMeasures)};
    case WASTED_BY_SIZE: return (Block){mine->wasted, (u64)(m->batch_size + 1) * sizeof(Wasted)};
    case LATENCY: return (Block){&mine->latency, sizeof(Histogram)};
    case AGE: return (Block){&mine->age, sizeof(Histogram)};
    case AGE_AT_SEND: return (Block){&mine->age_at_send, sizeof(Histogram)};
    case BY_EIGHTH: return (Block){&mine->eighths, sizeof(Eighths)};
    case LEFT: return (Block){&mine->left, sizeof(Histogram)};
    default: return (Block){mine->episodes, (u64)mine->nepisodes * sizeof(Episode)};
  }
}

static Block of_other(const Kernel *k, int kind, int number) {
  const OtherMeasures *mine = &k->measures->others[number];
  u64 shards = (u64)k->streams[k->others[number].stream].nshards;
  if (kind == OTHER_READS) return (Block){mine->reads, shards * sizeof(OtherReads)};
  return (Block){mine->rows, (u64)(k->clock.now / k->measures->interval_ns + 2) * sizeof(OtherRow)};
}

/* What became of the shards of a stream, and of requests to change them. */
static Block of_changes(int kind, const Stream *stream) {
  const Changes *c = stream->changes;
  if (kind == STREAM_SPANS) return (Block){stream->spans, (u64)stream->nshards * sizeof(Span)};
  if (kind == STREAM_REQUESTS) return c ? (Block){c->requests, (u64)c->nrequests * sizeof(Request)} : NO_PIECE;
  const Facts *facts = kind == ACCEPTED ? &stream->accepted : kind == WAITING ? &stream->waiting : &stream->moved;
  return (Block){facts->words, (u64)facts->n * sizeof(i64)};
}

static Block block_of(const Kernel *k, int kind, int number, i64 piece) {
  if (kind == MAPPING_ROWS)
    return piece_of_rows(&k->measures->mappings[number], k->clock.now / k->measures->interval_ns + 2, piece);
  if (piece) return NO_PIECE;
  if (kind == STREAM_SPANS || kind == STREAM_REQUESTS || kind >= ACCEPTED) return of_changes(kind, &k->streams[number]);
  if (kind < FUNCTION_TOTALS) return of_stream(k, kind, &k->streams[number], &k->measures->streams[number]);
  if (kind >= OTHER_ROWS) return of_other(k, kind, number);
  if (kind < MAPPING_TOTALS) return of_function(k, kind, number);
  return of_mapping(k, kind, &k->mappings[number], &k->measures->mappings[number]);
}

EXPORT(block) const void *block(const Kernel *k, int kind, int number, i64 piece) {
  return block_of(k, kind, number, piece).words;
}
EXPORT(block_words) i64 block_words(const Kernel *k, int kind, int number, i64 piece) {
  return (i64)(block_of(k, kind, number, piece).bytes / sizeof(i64));
}
