// Distributions of a recipe, times a number (model.md, sections 6 and 9): kind 0 is one value, 1 uniform, 2 a list of
// values, 3 a table. A table times a power of two is exact; of other factors the recipe has multiples.
function times(of, factor) {
  const scaled = { ...of, mean: of.mean * factor };
  if (of.kind === 0) scaled.value = of.value * factor;
  if (of.kind === 1) [scaled.low, scaled.high] = [of.low * factor, of.high * factor];
  if (of.kind === 2) scaled.values = of.values.map((value) => value * factor);
  if (of.kind === 2) scaled.mean = total(scaled.values) / scaled.values.length;
  if (of.kind === 1) scaled.mean = (scaled.low + scaled.high) / 2;
  if (of.kind === 3 && !of.exponential) return multipleOf(of.multiples, factor);
  return scaled;
}

// What is tabulated for some factors, times a power of two where it is for no other.
function multipleOf(multiples, factor) {
  const of = multiples.find(({ mantissa }) => isPowerOfTwo(factor / mantissa)),
    times = factor / of.mantissa;
  return { kind: 3, table: of.table, mean: of.mean * times, times };
}

function isPowerOfTwo(value) {
  while (value < 1) value *= 2;
  while (value > 1) value /= 2;
  return value === 1;
}

// The nodes of a table.
function nodes(of, tables) {
  const values = tables[of.table],
    factor = of.exponential ? of.mean : (of.times ?? 1);
  return factor === 1 ? values : values.map((value) => factor * value);
}

// How long a function works with the memory it has, and so many times its duration: simulator/scenario/memory.py.
function work(fn) {
  const at = fn.memories[fn.memory],
    found = {};
  for (const [part, of] of Object.entries(fn.duration)) {
    const known = at && at.tables[part];
    found[part] = known ?? (at ? times(times(of, fn.times), at.factor) : times(of, fn.times));
  }
  return found;
}
