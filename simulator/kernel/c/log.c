/* A shard's log: what it has accepted, in order, in pages that are taken while records come in. */
#include "traffic.h"

#define ROOM 64 /* of a lane, at first */
#define FIRST_PAGES 4

static void *longer_ring(Memory *memory, void *old, u64 mask, i64 first, i64 end, u64 size, u64 room) {
  u8 *new = take(memory, room * size), *from = old;
  if (!new) return NULL;
  for (i64 place = first; place < end; place++)
    __builtin_memcpy(new + ((u64)place & (room - 1)) * size, from + ((u64)place & mask) * size, size);
  if (old) give_back(memory, old, (mask + 1) * size);
  return new;
}

Column add_column(Pages *pages, u64 bytes) {
  Column begins = pages->bytes;
  pages->bytes += (u32)(ROWS * bytes);
  return begins;
}

/* Those who read the stream have columns, too: see read_mapping. */
void lay_out_pages(const Kernel *k, Stream *stream) {
  Pages *pages = &stream->pages;
  pages->bytes = CACHE_LINE;
  add_column(pages, sizeof(Record));
  if (k->measures || stream->changes) pages->let_in = add_column(pages, sizeof(i64));
  if (stream->changes) pages->origin = add_column(pages, sizeof(u64)), pages->moved = add_column(pages, sizeof(i64));
  pages->poison = add_column(pages, (u64)stream->npoisoned * sizeof(double));
  pages->passes = add_column(pages, (u64)stream->nfilters);
}

static int longer_list_of_pages(Memory *memory, Log *log) {
  u64 room = log->pages ? 2 * (log->mask + 1) : FIRST_PAGES;
  u8 **pages = longer_ring(memory, log->pages, log->mask, log->first_page, log->end_page, sizeof(u8 *), room);
  if (!pages) return 0;
  log->pages = pages;
  log->mask = room - 1;
  return 1;
}

int room_in_log(Kernel *k, Stream *stream, Shard *shard, i64 more) {
  Log *log = &shard->log;
  while (log->end_page * ROWS < log->end + more) {
    int is_full = !log->pages || (u64)(log->end_page - log->first_page) > log->mask;
    if (is_full && !longer_list_of_pages(&k->memory, log)) return 0;
    u8 *page = take_page(&k->memory, &stream->pages.free, stream->pages.bytes);
    if (!page) return 0;
    log->pages[(u64)log->end_page++ & log->mask] = page;
  }
  return 1;
}

/* Pages of records that all have done with are free; the last one, too, when there are no others. */
void forget_before(Kernel *k, Stream *stream, Log *log, i64 first) {
  i64 kept = first == log->end ? log->end_page : first / ROWS;
  log->first = first;
  for (; log->first_page < kept; log->first_page++)
    give_back_page(&k->memory, &stream->pages.free, log->pages[(u64)log->first_page & log->mask], stream->pages.bytes);
  if (log->first_page == log->end_page) log->first_page = log->end_page = log->end / ROWS;
}

void fill(const Log *log, Column column, i64 first, i64 end, i64 value) {
  while (first < end) {
    i64 *cells = cell(log, column, first), n = rows_in_page(first, end);
    for (i64 i = 0; i < n; i++) cells[i] = value;
    first += n;
  }
}

int append_to_lane(Memory *memory, LaneLog *lane, i64 place) {
  if (!lane->place || (u64)(lane->end - lane->first) > lane->mask) {
    u64 room = lane->place ? 2 * (lane->mask + 1) : ROOM;
    i64 *longer_one = longer_ring(memory, lane->place, lane->mask, lane->first, lane->end, sizeof(i64), room);
    if (!longer_one) return 0;
    lane->place = longer_one;
    lane->mask = room - 1;
  }
  lane->place[(u64)lane->end++ & lane->mask] = place;
  return 1;
}
