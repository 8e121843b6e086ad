// Numbers as people write them: as simulator/report/numbers.py does.
const TIMES = [
  ["d", 86400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
];
const three = (value) => String(Number(value.toPrecision(3)));
const grouped = (text) => text.replace(/^(-?\d+)/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));

// A time: 45 ms, 1.23 s, 4 min 10 s; null is one that never ends, and nothing one that is not known.
function timeTold(value) {
  if (value === undefined) return "–";
  if (value === null) return "infinite";
  if (value > 0 && value < 0.9995) return value < 1e-5 ? `${three(value * 1e6)} µs` : `${three(value * 1000)} ms`;
  if (value < 99.95) return `${three(value)} s`;
  const first = TIMES.findIndex(([, size]) => value >= size),
    [big, size] = TIMES[first];
  const [small, part] = TIMES[Math.min(first + 1, TIMES.length - 1)],
    rest = Math.round(value / part),
    many = Math.round(size / part);
  return `${Math.floor(rest / many)} ${big}${rest % many ? ` ${rest % many} ${small}` : ""}`;
}

const countTold = (value) => (value === undefined ? "–" : grouped(String(value)));

// A part as a percentage; null is one of nothing.
function percentTold(part) {
  if (part === null) return "∞";
  if (part > 0 && part < 0.001) return "<0.1%";
  return Math.abs(part) >= 0.0995 || !part ? `${Math.round(100 * part)}%` : `${Number((100 * part).toPrecision(2))}%`;
}

function usdTold(value, least) {
  const amount =
    Math.abs(value) > 0 && Math.abs(value) < 0.1
      ? String(Number(value.toPrecision(2)))
      : value.toFixed(Math.abs(value) < 1000 ? 2 : 0);
  return `${least ? "at least " : ""}USD\u00a0${grouped(amount)}`;
}
