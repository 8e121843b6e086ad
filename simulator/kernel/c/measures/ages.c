/* Iterator ages by row of time: those of the time series, and the greatest by usual row, as ages.py has it. */
#include "histogram.h"
#include "measures.h"

/* Times do not descend. */
void take_age(Kernel *k, int mapping, i64 time_ns, i64 age_ns) {
  Measures *all = k->measures;
  MappingMeasures *mine = &all->mappings[mapping];
  turn_to_row(&mine->age_rows, mine, 0, &all->grid, time_ns);
  count_in_row(&mine->age_rows, bucket_of(age_ns));
  mine->age_rows.open.n++;
  MappingRow *row = mapping_row(mine, row_at(&all->grid, time_ns));
  UsualRow *usual = &mine->usual[row_at(&all->usual, time_ns)];
  row->age_peak_ns = greatest(row->age_peak_ns, age_ns);
  usual->age_peak_ns = greatest(usual->age_peak_ns, age_ns);
}
