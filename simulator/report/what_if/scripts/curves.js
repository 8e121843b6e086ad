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
  const y = (value) => HEIGHT - MARGIN.bottom - (value / axes.y.most) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  for (const at of ticks(axes.y.most, axes.y.steps))
    svg.append(
      drawing("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y(at), y2: y(at), class: "grid" }),
      drawing("text", { x: MARGIN.left - 6, y: y(at) + 4, "text-anchor": "end" }, axes.y.told(at)),
    );
  for (const at of ticks(axes.x.most, axes.x.steps, width < 500 ? 3 : 6))
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

// `lines`: class, and values by row; `interval`: the seconds of a row.
function lagCurve(place, lines, said) {
  const width = Math.max(280, place.clientWidth),
    most = Math.max(0.001, ...lines.map(({ values }) => greatestOf(values)));
  const end = Math.max(...lines.map(({ values, interval }) => values.length * interval));
  const axes = {
    x: { most: end, steps: TIME_STEPS, told: timeTold },
    y: { most: 1.05 * most, steps: TIME_STEPS, told: timeTold },
  };
  const { svg, x, y } = frame(place, width, axes, said);
  for (const { values, interval, name } of lines)
    svg.append(drawing("path", { d: outline(values, interval, x, y), class: name }));
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

// `points`: cost and age of each try, with its number; an age that never ends is drawn at the top.
function costCurve(place, points, said) {
  const width = Math.max(280, place.clientWidth),
    known = points.map(({ age }) => age).filter(Number.isFinite);
  const most = 1.15 * Math.max(0.001, ...known),
    dearest = 1.1 * Math.max(0.01, ...points.map(({ cost }) => cost));
  const axes = {
    x: { most: dearest, steps: AMOUNTS, told: (value) => `USD ${grouped(String(Number(value.toPrecision(6))))}` },
    y: { most, steps: TIME_STEPS, told: timeTold },
  };
  const { svg, x, y } = frame(place, width, axes, said);
  for (const { cost, age, number, name } of points) {
    const [cx, cy] = [x(cost), y(Number.isFinite(age) ? age : most)];
    svg.append(drawing("circle", { cx, cy, r: 6, class: name }), drawing("text", { x: cx + 9, y: cy + 4 }, number));
  }
}
