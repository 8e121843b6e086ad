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

static MappingRow *make_piece(Kernel *k) {
  MappingRow *rows = take(&k->memory, ROWS_A_PIECE * sizeof(MappingRow));
  for (i64 i = 0; rows && i < ROWS_A_PIECE; i++) {
    rows[i] = (MappingRow){.age_peak_ns = NO_PEAK, .latency_peak_ns = NO_PEAK, .backlog_peak = NO_PEAK};
    for (int p = 0; p < 2; p++) rows[i].latency_ns[p] = rows[i].age_ns[p] = __builtin_nan("");
  }
  return rows;
}

static void clear_level_rows(LevelRow *rows, i64 from, i64 to) {
  for (i64 i = from; i < to; i++) rows[i] = (LevelRow){.peak = NO_PEAK};
}

static void clear_usual_rows(UsualRow *rows, i64 from, i64 to) {
  for (i64 i = from; i < to; i++) rows[i] = (UsualRow){NO_PEAK};
}

static int make_usual_rows(Kernel *k, i64 until_ns) {
  Measures *all = k->measures;
  i64 needed = greatest(0, until_ns) / all->usual_ns + 3, more = more_room(all->usual_rows, 16, needed);
  if (needed <= all->usual_rows) return 1;
  for (int i = 0; i < k->nmappings; i++) {
    MappingMeasures *mine = &all->mappings[i];
    mine->usual = longer(&k->memory, mine->usual, all->usual_rows, more, sizeof(UsualRow));
    if (k->memory.exhausted) return 0;
    clear_usual_rows(mine->usual, all->usual_rows, more);
    if (all->usual_ns == all->interval_ns) continue;
    mine->usual_waiting = longer(&k->memory, mine->usual_waiting, all->usual_rows, more, CAUSES * sizeof(Cell));
  }
  if (k->memory.exhausted) return 0;
  all->usual_rows = more;
  return 1;
}

static int make_room(Kernel *k, i64 had, i64 rows) {
  Measures *all = k->measures;
  for (int i = 0; i < k->nstreams; i++) {
    StreamMeasures *mine = &all->streams[i];
    mine->rows = longer(&k->memory, mine->rows, had, rows, sizeof(StreamRow));
    mine->unwritten.rows = longer(&k->memory, mine->unwritten.rows, had, rows, sizeof(LevelRow));
    if (k->memory.exhausted) return 0;
    clear_level_rows(mine->unwritten.rows, had, rows);
  }
  for (int i = 0; i < k->nfunctions; i++) {
    Level *mine = &all->functions[i];
    mine->rows = longer(&k->memory, mine->rows, had, rows, sizeof(LevelRow));
    if (k->memory.exhausted) return 0;
    clear_level_rows(mine->rows, had, rows);
  }
  for (int i = 0; i < k->nmappings; i++) {
    MappingMeasures *mine = &all->mappings[i];
    i64 pieces = had / ROWS_A_PIECE + 1, more = rows / ROWS_A_PIECE + 1;
    mine->rows = longer(&k->memory, mine->rows, pieces, more, sizeof(MappingRow *));
  }
  for (int i = 0; i < k->nothers; i++)
    all->others[i].rows = longer(&k->memory, all->others[i].rows, had, rows, sizeof(OtherRow));
  if (k->memory.exhausted) return 0;
  all->rows = rows;
  return 1;
}

static int make_pieces(Kernel *k, i64 rows) {
  Measures *all = k->measures;
  for (; all->pieces * ROWS_A_PIECE < rows; all->pieces++)
    for (int i = 0; i < k->nmappings; i++)
      if (!(all->mappings[i].rows[all->pieces] = make_piece(k))) return 0;
  return 1;
}

int make_rows(Kernel *k, i64 until_ns) {
  i64 needed = greatest(0, until_ns) / k->measures->interval_ns + 3, had = k->measures->rows, rows = more_room(had, 16, needed);
  if (!make_usual_rows(k, until_ns) || (rows > had && !make_room(k, had, rows))) return 0;
  return make_pieces(k, needed);
}
