/* Memory in blocks of powers of two; what is given back is used again. The kernel takes none from anybody else.
 * (As a native program, for the sanitizers, it takes what it is asked for, so that they see each end of it.) */
#include "kernel.h"

#ifdef __wasm__
#define PAGES 16 /* that are taken at once, at least */

extern u8 __heap_base;

static u8 *more(u64 bytes) {
  static u8 *next; /* where memory begins that nobody has had yet */
  if (!next) next = &__heap_base;
  u8 *block = next;
  u64 end = (u64)(uintptr_t)block + bytes, there = (u64)__builtin_wasm_memory_size(0) << 16;
  if (end > there && __builtin_wasm_memory_grow(0, (end - there + 65535) >> 16) == (size_t)-1) return NULL;
  next = block + bytes;
  return block; /* new pages are zero */
}

static int size_class(u64 bytes) {
  int class = 4;
  while ((1ULL << class) < bytes) class++;
  return class;
}

void *take(Memory *memory, u64 bytes) {
  int class = size_class(bytes);
  u64 size = 1ULL << class;
  u8 *block = memory->free[class];
  if (block) {
    memory->free[class] = *(void **)block;
    __builtin_memset(block, 0, size);
    return block;
  }
  if (memory->taken + size > memory->most || !(block = more(size))) {
    memory->exhausted = 1;
    return NULL;
  }
  memory->taken += size;
  return block;
}

void give_back(Memory *memory, void *block, u64 bytes) {
  if (!block) return;
  int class = size_class(bytes);
  *(void **)block = memory->free[class];
  memory->free[class] = block;
}

void *take_page(Memory *memory, void **free, u64 bytes) {
  if (!*free) {
    u64 size = 1ULL << size_class(PAGES * bytes);
    u8 *block = take(memory, size);
    for (u64 begin = 0; block && begin + bytes <= size; begin += bytes) give_back_page(memory, free, block + begin, bytes);
  }
  void *page = *free;
  if (page) *free = *(void **)page;
  return page;
}

void give_back_page(Memory *memory, void **free, void *page, u64 bytes) {
  (void)memory, (void)bytes;
  *(void **)page = *free;
  *free = page;
}
#else
#include <stdlib.h>

void *take(Memory *memory, u64 bytes) {
  void *block = memory->taken + bytes > memory->most ? NULL : calloc(1, bytes);
  if (block) memory->taken += bytes;
  else memory->exhausted = 1;
  return block;
}

void give_back(Memory *memory, void *block, u64 bytes) {
  if (!block) return;
  memory->taken -= bytes;
  free(block);
}

void *take_page(Memory *memory, void **free, u64 bytes) {
  (void)free;
  return take(memory, bytes);
}

void give_back_page(Memory *memory, void **free, void *page, u64 bytes) {
  (void)free;
  give_back(memory, page, bytes);
}
#endif

void *longer(Memory *memory, void *list, i64 had, i64 room, u64 size) {
  void *block = take(memory, (u64)room * size);
  if (!block) return list;
  if (list) __builtin_memcpy(block, list, (u64)had * size);
  give_back(memory, list, (u64)had * size);
  return block;
}
