/* A number that changes in time, such as a concurrency: its integral and its peaks, exactly, as level.py has them. */
#include "exact.h"
#include "measures.h"

void make_level(Level *level, i64 interval_ns) {
  level->grid.interval_ns = interval_ns;
  look_up_row(&level->grid, -1);
  level->changed_ns = -NEVER;
  level->row_peak = NO_PEAK;
}

/* It has been what it is for some time, which belongs to the row that goes on. */
static void has_been(Level *level) {
  level->row_peak = greatest(level->row_peak, level->totals.now);
  if (level->grid.row) level->totals.peak = greatest(level->totals.peak, level->totals.now);
}

static void close_row(Level *level) {
  level->rows[level->grid.row].peak = level->row_peak;
  level->row_peak = NO_PEAK;
  look_up_row(&level->grid, level->grid.ends_ns);
}

static void level_to(Level *level, i64 time_ns) {
  while (level->grid.ends_ns <= time_ns) {
    has_been(level);
    close_row(level);
  }
  if (time_ns > level->changed_ns && time_ns > level->grid.begins_ns) has_been(level);
}

/* Times do not descend. Of changes at one instant only their sum is seen. */
void change_level(Level *level, i64 time_ns, i64 by) {
  level_to(level, time_ns);
  level->changed_ns = time_ns;
  level->totals.now += by;
  change_integral(&level->rows[level->grid.row].cell, by, level->grid.ends_ns - time_ns);
}

/* The run ends: what is left lasts until then. The very end belongs to the last row. */
void end_level(Level *level, i64 end_ns) {
  level_to(level, end_ns);
  has_been(level);
  LevelRow *row = &level->rows[level->grid.row];
  row->peak = level->row_peak;
  row->cell.integral = difference(row->cell.integral, product(level->totals.now, level->grid.ends_ns - end_ns));
  if (level->grid.begins_ns != end_ns) return;
  row[-1].peak = greatest(row[-1].peak, row->peak);
  row[-1].cell.changes += row->cell.changes; /* their integrals over a whole row, and over what is left of none, cancel */
  *row = (LevelRow){.peak = NO_PEAK};
}
