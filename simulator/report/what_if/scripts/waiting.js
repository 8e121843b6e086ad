// The nanoseconds that records waited by cause, and what of it before t = 0: as simulator/measures/waiting.py has them.
function waitedNs(rows, interval, causes) {
  const found = {};
  causes.forEach((cause, i) => {
    let sum = 0n,
      changes = 0n,
      before = 0n;
    for (let row = 0; row < rows.rows; row++) {
      const at = rows.place(row, "waiting", i);
      sum += (rows.words[at] << 30n) + rows.words[at + 1] + changes * interval;
      changes += rows.words[at + 2];
      if (row === 0) before = sum;
    }
    found[cause] = { total: sum, before };
  });
  return found;
}
