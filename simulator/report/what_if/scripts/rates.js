// Rates of production over time, times a number: as simulator/traffic/rates.py has them.
function profile(rate, times, tables) {
  return {
    constant: () => (rate.rate * times > 0 ? { kind: 1, rate: rate.rate * times } : { kind: 0 }),
    trace: () => trace(rate, times, tables),
    steps: () =>
      pieces(
        rate.at_s,
        rate.rate.map((each) => each * times),
      ),
    spikes: () => spikes(rate, times),
    sine: () => wave(rate, times, tables),
  }[rate.kind]();
}

// Records expected from a profile's origin to a time.
function integral(of, time) {
  if (of.kind === 1) return of.rate * time;
  if (of.kind === 2) return integralOfPieces(of, time);
  if (of.kind === 3) {
    const [n, rest] = divmod(time, of.period);
    return n * of.a_period + integralOfPieces(of.one, rest);
  }
  return of.kind === 4 ? of.before : 0;
}

function integralOfPieces(of, time) {
  const after = of.edges.findIndex((edge) => edge > time),
    i = (after < 0 ? of.edges.length : after) - 1;
  return i < 0 ? 0 : of.upto[i] + of.rate[i] * (time - of.edges[i]);
}

function divmod(a, b) {
  let rest = a % b,
    quotient = (a - rest) / b;
  if (rest && rest < 0 !== b < 0) [rest, quotient] = [rest + b, quotient - 1];
  const whole = Math.floor(quotient);
  return [whole + (quotient - whole > 0.5), rest];
}

// A rate constant between edges: 0 before, the last rate lasts.
function pieces(edges, rate) {
  if (!rate.some((each) => each !== 0)) return { kind: 0 };
  const upto = [0];
  for (let i = 0; i + 1 < edges.length; i++) {
    const records = rate[i] * (edges[i + 1] - edges[i]);
    upto.push(i ? upto[i] + records : records);
  }
  return { kind: 2, edges, rate, upto, total: rate.at(-1) ? Infinity : upto.at(-1) };
}

function trace(of, times, tables) {
  const scale = of.scale * times,
    at = Array.from(tables[of.time_s], (each) => each * of.stretch);
  const edges = [...at, 2 * at.at(-1) - at.at(-2)];
  const rate = Array.from(tables[of.records], (records, i) => (records * scale) / (edges[i + 1] - edges[i]));
  return pieces(edges, [...rate, 0]);
}

function spikes(of, times) {
  const [base, peak] = [of.base * times, of.peak * times];
  const a_period = peak * of.lasts + base * (of.every - of.lasts);
  return a_period === 0
    ? { kind: 0 }
    : { kind: 3, period: of.every, a_period, one: pieces([0, of.lasts], [peak, base]) };
}

// A wave is tabulated for some multiples: times a power of two each is exact.
function wave(of, times, tables) {
  const base = of.waves.find(({ mantissa }) => isPowerOfTwo(times / mantissa));
  if (!base) return { kind: 0 };
  const factor = times / base.mantissa;
  const more = (number) => tables[number].map((each) => each * factor);
  return {
    kind: 4,
    period: of.period,
    a_period: base.a_period * factor,
    peak_at: of.peak_at,
    cell_s: base.cell_s,
    begins: tables[base.begins_s],
    upto: more(base.upto),
    terms: more(base.terms),
    before: base.before * factor,
  };
}

// A profile as words.
function writeProfile(words, of) {
  words.whole(of.kind);
  if (of.kind === 1) words.number(of.rate);
  if (of.kind === 3 || of.kind === 4) words.number(of.period, of.a_period);
  if (of.kind === 2 || of.kind === 3) writePieces(words, of.one ?? of);
  if (of.kind !== 4) return;
  words.number(of.peak_at, of.cell_s);
  words.counted(of.begins);
  words.floats(of.upto);
  words.floats(of.terms);
}

function writePieces(words, of) {
  const some = of.rate.flatMap((rate, i) => (rate ? [i] : [])),
    take = (values) => some.map((i) => values[i]);
  words.number(of.total);
  words.counted(take(of.edges));
  for (const column of [[...of.edges.slice(1), Infinity], of.rate, of.upto]) words.floats(take(column));
}
