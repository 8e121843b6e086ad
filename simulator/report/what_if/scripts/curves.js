// The two pictures: the lag over time, and cost against age of what was tried. Drawn anew at the width that there is.
const MARGIN = { left: 64, right: 14, top: 10, bottom: 30 },
  HEIGHT = 220;

// Round numbers from 0 to a bit more than the most, in the steps that suit times or amounts.
function ticks(most, steps, few = 4) {
  const step = steps.find((each) => most / each <= few) ?? most / few;
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) => i * step);
}
const TIME_STEPS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
  14400, 21600, 43200, 86400, 172800, 604800,
];
const SHARDS = [1, 2, 3, 4, 5, 10, 15, 20, 30, 40, 50, 100, 150, 200, 300, 500, 1000, 2000, 3000, 5000];
const AMOUNTS = Array.from({ length: 36 }, (_, i) => [1, 2, 5][i % 3] * 10 ** (Math.floor(i / 3) - 3));

function frame(place, width, axes, said) {
  const svg = drawing("svg", {
    viewBox: `0 0 ${width} ${HEIGHT}`,
    width,
    height: HEIGHT,
    role: "img",
    "aria-label": said,
  });
  const x = (value) => MARGIN.left + (value / axes.x.most) * (width - MARGIN.left - MARGIN.right);
  const part = axes.y.part ?? ((value) => value / axes.y.most);
  const y = (value) => HEIGHT - MARGIN.bottom - part(value) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  for (const at of axes.y.ticks ?? ticks(axes.y.most, axes.y.steps))
    svg.append(
      drawing("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y(at), y2: y(at), class: "grid" }),
      drawing("text", { x: MARGIN.left - 6, y: y(at) + 4, "text-anchor": "end" }, axes.y.told(at)),
    );
  for (const at of ticks(axes.x.most, axes.x.steps, width < 500 ? 4 : 6))
    svg.append(
      drawing(
        "text",
        { x: x(at), y: HEIGHT - 12, "text-anchor": !at ? "start" : x(at) > width - 40 ? "end" : "middle" },
        axes.x.told(at),
      ),
    );
  place.replaceChildren(svg);
  return { svg, x, y };
}

// `lines`: class, and values by row; `interval`: the seconds of a row; `traffic`: when the traffic ends.
function lagCurve(place, lines, traffic, said) {
  const width = Math.max(280, place.clientWidth),
    most = Math.max(0.001, ...lines.map(({ values }) => greatestOf(values)));
  const end = Math.max(...lines.map(({ values, interval }) => values.length * interval));
  const axes = {
    x: { most: end, steps: TIME_STEPS, told: timeTold },
    y: { most: 1.05 * most, steps: TIME_STEPS, told: timeTold },
  };
  const { svg, x, y } = frame(place, width, axes, said);
  if (traffic < 0.95 * end) trafficEnds(svg, x(traffic), width);
  for (const { values, interval, name } of lines)
    svg.append(drawing("path", { d: outline(values, interval, x, y), class: name }));
}

function trafficEnds(svg, x, width) {
  const side = x > width / 2 ? { x: x - 4, "text-anchor": "end" } : { x: x + 4 };
  svg.append(
    drawing("line", { x1: x, x2: x, y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom, class: "end" }),
    drawing("text", { y: MARGIN.top + 10, ...side }, "traffic ends"),
  );
}

// `lines`: class, steps as pairs of a time and a number from then on, and the end.
function openCurve(place, lines, said) {
  const width = Math.max(280, place.clientWidth),
    most = Math.max(...lines.flatMap(({ steps }) => steps.map(([, n]) => n)));
  const axes = {
    x: { most: Math.max(...lines.map(({ end }) => end)), steps: TIME_STEPS, told: timeTold },
    y: { most: 1.05 * most, steps: SHARDS, told: countTold },
  };
  const { svg, x, y } = frame(place, width, axes, said);
  for (const { steps, end, name } of lines) {
    const path = steps.map(([time, n], i) => `${i ? "H" : "M"}${x(time).toFixed(1)}${i ? "V" : " "}${y(n).toFixed(1)}`);
    svg.append(drawing("path", { d: `${path.join("")}H${x(end).toFixed(1)}`, class: name }));
  }
}

const greatestOf = (values) => values.reduce((a, b) => Math.max(a, b), 0);

// A line through the rows: of those that share a pixel the greatest, so that no peak is lost.
function outline(values, interval, x, y) {
  const columns = new Map();
  values.forEach((value, i) => {
    const at = Math.round(x((i + 0.5) * interval));
    columns.set(at, Math.max(columns.get(at) ?? 0, value));
  });
  return [...columns].map(([at, value], i) => `${i ? "L" : "M"}${at} ${y(value).toFixed(1)}`).join("");
}

// Times that differ by much, as each age is ten times the one below it.
const AGES = [0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 36000, 86400, 864000];

// From the tick below the least age to the one above the greatest; one that never ends is at the top.
function agesAxis(ages) {
  const known = ages.filter((age) => Number.isFinite(age) && age > 0);
  const low = AGES.findLast((age) => age <= Math.min(...known)) ?? AGES[0],
    high = AGES.find((age) => age > low && age >= Math.max(...known)) ?? AGES.at(-1);
  const part = (age) => Math.log(Math.min(Math.max(age, low), high) / low) / Math.log(high / low);
  return { part, ticks: AGES.filter((age) => age >= low && age <= high), told: timeTold };
}

// `points`: cost and age of each try, with its number.
function costCurve(place, points, said) {
  const width = Math.max(280, place.clientWidth),
    dearest = 1.1 * Math.max(0.01, ...points.map(({ cost }) => cost));
  const axes = {
    x: { most: dearest, steps: AMOUNTS, told: (value) => `USD ${grouped(String(Number(value.toPrecision(6))))}` },
    y: agesAxis(points.map(({ age }) => age)),
  };
  const { svg, x, y } = frame(place, width, axes, said);
  const at = points.map(({ cost, age, ...rest }) => ({ ...rest, cx: x(cost), cy: y(age) }));
  for (const point of at) {
    const { cx, cy, number, name } = point;
    svg.append(drawing("circle", { cx, cy, r: 6, class: name }), drawing("text", labelAt(point, at), number));
  }
}

// A number stands right of its point, or where another one is there left of it, or above.
function labelAt({ cx, cy, number }, all) {
  const near = all.filter((each) => each.number !== number && Math.abs(each.cy - cy) < 14).map((each) => each.cx - cx);
  const free = (from, to) => !near.some((apart) => apart >= from && apart <= to);
  if (free(0, 26)) return { x: cx + 9, y: cy + 4 };
  return free(-26, 0) ? { x: cx - 9, y: cy + 4, "text-anchor": "end" } : { x: cx, y: cy - 9, "text-anchor": "middle" };
}
