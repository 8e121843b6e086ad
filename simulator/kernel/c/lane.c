/* A lane: a part of a shard's hash range for one mapping, one batch at a time [6]. */
#include "measuring.h"
#include "model.h"
#include "traffic.h"


static i64 min(i64 a, i64 b) { return a < b ? a : b; }

i64 known_to_lane(const Kernel *k, const Reader *r, const Lane *lane) {
  return r->lane_logs ? r->lane_logs[lane->number].end : shard_read((Kernel *)k, r)->log.end;
}

/* Have it look, in its turn, whether a batch may be cut. */
void wake(Kernel *k, Reader *r, Lane *lane) {
  if (lane->next != CUT || lane->woken) return;
  lane->woken = 1;
  due(&k->clock, k->clock.now, order(LANE, r->mapping, r->shard, lane->number));
}

void let_go(Kernel *k, Reader *r, Lane *lane) {
  if (!lane->awaits_answer) return;
  lane->awaits_answer = 0;
  if (k->measures && lane->watch.doing == FOR_ANSWER) measure_doing(k, r, lane, IDLE, k->clock.now);
  wake(k, r, lane);
}

/* Of the records that come, those end that do not pass the mapping's filter [17]. */
static void filter_out(Kernel *k, Reader *r, int filter, i64 first, i64 end) {
  const Log *log = &shard_read(k, r)->log;
  i64 n = 0, places = k->facts[PLACES].n;
  if (k->measures) measure_before_filtering(k, r);
  for (i64 place = first; place < end; place++) {
    if (*passes_by(log, filter, place) || is_gone(r, log, place)) continue;
    *cell(log, r->available, place) = GONE;
    r->any_gone = 1;
    state_filtered(k, r, place);
    n++;
  }
  if (!n) return;
  state_all_filtered(k, r, places, n);
  end_records(k, r, n);
}

void arrived(Kernel *k, Reader *r, i64 first, i64 end) {
  const Mapping *m = &k->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  if (m->nth_filter >= 0) filter_out(k, r, m->nth_filter, first, end);
  for (int n = 0; n < m->factor; n++) {
    Lane *lane = &r->lanes[n];
    i64 known = known_to_lane(k, r, lane), before = lane->available, from = lane->seen;
    if (!r->any_gone && !r->lane_logs && lane->seen < min(known, end)) {
      lane->available += min(known, end) - lane->seen;
      lane->seen = min(known, end);
    }
    while (lane->seen < known && place_of(r, lane, lane->seen) < end) {
      if (r->any_gone && *cell(log, r->available, place_of(r, lane, lane->seen)) == GONE) {
        if (lane->cursor == lane->seen) lane->cursor++;
      } else {
        lane->available++;
      }
      lane->seen++;
    }
    if (lane->available == before) continue;
    if (k->measures) measure_arrival(k, r, lane, from, lane->available - before);
    wake(k, r, lane);
  }
}

/* The same where none is gone and no batch comes near the limit of the payload. */
static i64 light_batch(const Mapping *m, const Lane *lane, i64 *high, int *full) {
  i64 n = min(lane->seen - lane->cursor, m->batch_size);
  *high = lane->cursor + n;
  *full = n == m->batch_size;
  return n;
}

/* A batch of what is available: how many records, up to which index, and whether it is a full one. */
static i64 batch(Kernel *k, Reader *r, Lane *lane, i64 *high, int *full) {
  const Mapping *m = &k->mappings[r->mapping];
  const Log *log = &shard_read(k, r)->log;
  i64 payload = 0, n = 0, index = lane->cursor;
  if (m->light && !r->any_gone) return light_batch(m, lane, high, full);
  *full = 0;
  for (; index < lane->seen && n < m->batch_size; index++) {
    i64 place = place_of(r, lane, index);
    if (is_gone(r, log, place)) continue;
    i64 more = payload_of(bytes_of(log, place));
    if (n && payload + more > PAYLOAD_LIMIT) {
      *full = 1;
      break;
    }
    payload += more;
    n++;
  }
  *high = index;
  if (n == m->batch_size || payload >= PAYLOAD_LIMIT) *full = 1;
  return n;
}

/* When the oldest available record became available. */
static i64 available_since(Kernel *k, const Reader *r, const Lane *lane) {
  const Log *log = &shard_read(k, r)->log;
  i64 index = lane->cursor;
  while (r->any_gone && *cell(log, r->available, place_of(r, lane, index)) == GONE) index++;
  return *cell(log, r->available, place_of(r, lane, index));
}

void look(Kernel *k, Reader *r, Lane *lane) {
  const Mapping *m = &k->mappings[r->mapping];
  lane->woken = 0;
  if (lane->next != CUT || lane->awaits_answer || !m->power.enabled || !lane->available) return;
  i64 high, n = batch(k, r, lane, &high, &lane->full);
  if (m->window_ns && !lane->full) {
    i64 since_ns = available_since(k, r, lane);
    i64 ends_ns = (lane->idle_since_ns > since_ns ? lane->idle_since_ns : since_ns) + m->window_ns;
    if (ends_ns > k->clock.now) {
      if (lane->looks_again_ns > k->clock.now) return; /* windows end in order: it will look in time */
      due(&k->clock, ends_ns, order(LANE, r->mapping, r->shard, lane->number));
      lane->looks_again_ns = ends_ns;
      return;
    }
  }
  lane->part = (Part){lane->cursor, high, k->clock.now, 0};
  lane->cursor = high;
  lane->available -= n;
  begin_batch(k, r, lane);
}
