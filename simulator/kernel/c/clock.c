/* The order of what is due [10]: by time, then by kind, mapping, shard and lane. A heap of four branches. */
#include "model.h"

static int before(const Event *a, const Event *b) {
  return a->time < b->time || (a->time == b->time && a->order < b->order);
}

/* There is room: each lane and reader has a few events at once, which plan.c counts. */
void due(Clock *clock, i64 time_ns, u64 order) {
  if (clock->n == clock->room) __builtin_trap();
  Event event = {time_ns, order};
  i64 i = clock->n++;
  while (i) {
    i64 parent = (i - 1) >> 2;
    if (!before(&event, &clock->heap[parent])) break;
    clock->heap[i] = clock->heap[parent];
    i = parent;
  }
  clock->heap[i] = event;
}

Event next_event(Clock *clock) {
  Event *heap = clock->heap, first = heap[0], last = heap[--clock->n];
  i64 n = clock->n, i = 0;
  for (;;) {
    i64 child = 4 * i + 1, least = child, end = child + 4 < n ? child + 4 : n;
    if (child >= n) break;
    for (i64 other = child + 1; other < end; other++)
      if (before(&heap[other], &heap[least])) least = other;
    if (!before(&heap[least], &last)) break;
    heap[i] = heap[least];
    i = least;
  }
  heap[i] = last;
  return first;
}
