/* The rows of time: equal intervals from t = 0 on, as grid.py has them. Row 0 is what is before, row n ends n intervals
 * after t = 0. */
#include "measures.h"

void look_up_row(Grid *grid, i64 time_ns) {
  if (time_ns < 0) {
    grid->row = 0, grid->begins_ns = -NEVER, grid->ends_ns = 0;
    return;
  }
  grid->row = time_ns / grid->interval_ns + 1;
  grid->begins_ns = (grid->row - 1) * grid->interval_ns;
  grid->ends_ns = grid->row * grid->interval_ns;
}

static void *longer(Kernel *k, void *old, i64 rows, i64 more, u64 size) {
  void *new = take(&k->memory, (u64)more * size);
  if (new && old) {
    __builtin_memcpy(new, old, (u64)rows * size);
    give_back(&k->memory, old, (u64)rows * size);
  }
  return new;
}

static void clear_mapping_rows(MappingRow *rows, i64 from, i64 to) {
  for (i64 i = from; i < to; i++) {
    rows[i] = (MappingRow){.age_peak_ns = NO_PEAK, .latency_peak_ns = NO_PEAK, .backlog_peak = NO_PEAK};
    for (int p = 0; p < 2; p++) rows[i].latency_ns[p] = rows[i].age_ns[p] = __builtin_nan("");
  }
}

static void clear_level_rows(LevelRow *rows, i64 from, i64 to) {
  for (i64 i = from; i < to; i++) rows[i] = (LevelRow){.peak = NO_PEAK};
}

static void clear_usual_rows(UsualRow *rows, i64 from, i64 to) {
  for (i64 i = from; i < to; i++) rows[i] = (UsualRow){NO_PEAK};
}

static int make_usual_rows(Kernel *k, i64 until_ns) {
  Measures *all = k->measures;
  i64 needed = greatest(0, until_ns) / all->usual_ns + 3, more = greatest(16, all->usual_rows);
  if (needed <= all->usual_rows) return 1;
  while (more < needed) more *= 2;
  for (int i = 0; i < k->nmappings; i++) {
    MappingMeasures *mine = &all->mappings[i];
    if (!(mine->usual = longer(k, mine->usual, all->usual_rows, more, sizeof(UsualRow)))) return 0;
    clear_usual_rows(mine->usual, all->usual_rows, more);
    if (all->usual_ns == all->interval_ns) continue;
    if (!(mine->usual_waiting = longer(k, mine->usual_waiting, all->usual_rows, more, CAUSES * sizeof(Cell)))) return 0;
  }
  all->usual_rows = more;
  return 1;
}

int make_rows(Kernel *k, i64 until_ns) {
  Measures *all = k->measures;
  i64 needed = greatest(0, until_ns) / all->interval_ns + 3, had = all->rows, more = greatest(16, had);
  if (!make_usual_rows(k, until_ns)) return 0;
  if (needed <= had) return 1;
  while (more < needed) more *= 2;
  for (int i = 0; i < k->nstreams; i++) {
    StreamMeasures *mine = &all->streams[i];
    if (!(mine->rows = longer(k, mine->rows, had, more, sizeof(StreamRow)))) return 0;
    if (!(mine->unwritten.rows = longer(k, mine->unwritten.rows, had, more, sizeof(LevelRow)))) return 0;
    clear_level_rows(mine->unwritten.rows, had, more);
  }
  for (int i = 0; i < k->nfunctions; i++) {
    Level *mine = &all->functions[i];
    if (!(mine->rows = longer(k, mine->rows, had, more, sizeof(LevelRow)))) return 0;
    clear_level_rows(mine->rows, had, more);
  }
  for (int i = 0; i < k->nmappings; i++) {
    MappingMeasures *mine = &all->mappings[i];
    if (!(mine->rows = longer(k, mine->rows, had, more, sizeof(MappingRow)))) return 0;
    clear_mapping_rows(mine->rows, had, more);
  }
  all->rows = more;
  return 1;
}
