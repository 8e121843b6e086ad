// Curves drawn again by uPlot in the place of their pictures: the value under the pointer, zoom, series on and off,
// and one range of time for all. The pictures stay for paper, and where no script runs.
(() => {
  const all = [];
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colour = (given) => (given.startsWith("--") ? style(given) : given);
  const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1], ["ms", 1e-3]];
  const steps = [1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900,
    1200, 1800, 3600, 7200, 10800, 14400, 21600, 43200, 86400, 172800, 604800, 1209600, 2419200];

  const digits = (value) => Number(value.toPrecision(3)).toLocaleString("en");

  function unitFor(longest) {
    return units.find(([, size]) => longest >= 2 * size) ?? units.at(-1);
  }

  function seconds(value) {
    if (value < 100) return value < 1 && value > 0 ? `${digits(value * 1000)} ms` : `${digits(value)} s`;
    const first = units.findIndex(([, size]) => value >= size);
    const [[big, size], [small, part]] = [units[first], units[first + 1]];
    const rest = Math.round((value % size) / part);
    return `${Math.floor(value / size)} ${big}${rest ? ` ${rest} ${small}` : ""}`;
  }

  // A time of the run by the clock where it is known when it starts, at midnight the day; else from the start on.
  function moment(chart, value) {
    if (!chart.starts) return seconds(value);
    const time = new Date(Date.parse(chart.starts) + 1000 * value), clock = time.toISOString().slice(11, 19).replace(/:00$/, "");
    const day = { day: "numeric", month: "short", timeZone: "UTC" };
    return clock === "00:00" ? time.toLocaleDateString("en-GB", day) : clock;
  }

  function told(value, unit) {
    if (value == null) return "–";
    if (unit === "s") return seconds(value);
    const amount = value >= 1e6 ? `${digits(value / 1e6)} million` : digits(value);
    return unit === "count" ? amount : `${amount} ${unit}`;
  }

  function tile(series) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 16;
    const on = tile.getContext("2d");
    on.fillStyle = colour(series.colour);
    on.fillRect(0, 0, 16, 16);
    on.strokeStyle = style("--ink");
    on.globalAlpha = 0.55;
    const lines = { "/": [[-4, 20, 20, -4]], "\\": [[-4, -4, 20, 20]], "-": [[0, 8, 16, 8]], "|": [[8, 0, 8, 16]],
      x: [[-4, 20, 20, -4], [-4, -4, 20, 20]], "+": [[0, 8, 16, 8], [8, 0, 8, 16]] }[series.hatch] ?? [];
    for (const [x, y, toX, toY] of lines) {
      on.beginPath();
      on.moveTo(x, y);
      on.lineTo(toX, toY);
      on.stroke();
    }
    return tile;
  }

  // What is drawn: the values, or where areas are stacked the sums of those below that are on; the topmost area first.
  function drawn(chart, on) {
    if (!chart.stacked) return chart.series.map((each) => each.values);
    const sum = chart.times_s.map(() => 0);
    const sums = chart.series.map((each, i) => (on[i] ? each.values.map((v, j) => (sum[j] += v ?? 0)) : [...sum]));
    return sums.reverse();
  }

  function background(chart) {
    return (plot) => {
      const { ctx, bbox } = plot;
      const x = (at) => Math.min(Math.max(plot.valToPos(at, "x", true), bbox.left), bbox.left + bbox.width);
      for (const span of chart.spans) {
        ctx.fillStyle = style("--shade");
        ctx.fillRect(x(span.start_s), bbox.top, Math.max(2, x(span.end_s) - x(span.start_s)), bbox.height);
      }
    };
  }

  function foreground(chart) {
    return (plot) => {
      const { ctx, bbox, scales } = plot, ratio = devicePixelRatio;
      ctx.save();
      ctx.font = `${11 * ratio}px system-ui, sans-serif`;
      ctx.fillStyle = style("--ink");
      ctx.textAlign = "left";
      ctx.textBaseline = "alphabetic";
      ctx.lineWidth = ratio;
      const right = bbox.left + bbox.width, taken = [];
      const words = (text, x, y) => {
        const width = ctx.measureText(text).width, left = Math.max(bbox.left, Math.min(x + 4 * ratio, right - width));
        while (taken.some(([a, b, at]) => at === y && left < b && left + width > a)) y += 14 * ratio;
        taken.push([left, left + width, y]);
        ctx.fillText(text, left, y);
      };
      const within = (at) => at >= scales.x.min && at <= scales.x.max;
      for (const span of chart.spans) if (within(span.start_s))
        words(span.label, plot.valToPos(span.start_s, "x", true), bbox.top + 12 * ratio);
      ctx.strokeStyle = style("--pale-ink");
      ctx.setLineDash([2 * ratio, 3 * ratio]);
      for (const moment of chart.moments.filter((each) => within(each.at))) {
        const x = plot.valToPos(moment.at, "x", true);
        ctx.strokeRect(x, bbox.top, 0, bbox.height);
        words(moment.label, x, bbox.top + 12 * ratio);
      }
      ctx.strokeStyle = style("--bad");
      ctx.setLineDash([6 * ratio, 4 * ratio]);
      for (const bound of chart.bounds.filter((each) => each.at <= scales.y.max)) {
        const y = plot.valToPos(bound.at, "y", true);
        ctx.strokeRect(bbox.left, y, bbox.width, 0);
        words(bound.label, right, y - 5 * ratio);
      }
      ctx.restore();
    };
  }

  function axes(chart) {
    const look = () => ({ stroke: () => style("--pale-ink"), grid: { stroke: () => style("--grid"), width: 1 },
      ticks: { show: false }, font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif" });
    const scaled = (values, unit) => {
      if (unit !== "s") return values.map((value) => told(value, "count"));
      const [name, size] = unitFor(Math.max(...values.map(Math.abs)));
      return values.map((value) => `${digits(value / size)} ${name}`);
    };
    return [{ ...look(), size: 28, incrs: steps, space: 70,
        values: (_, values) => (chart.starts ? values.map((value) => moment(chart, value)) : scaled(values, "s")) },
      { ...look(), size: 74, incrs: chart.unit === "s" ? steps : undefined,
        values: (_, values) => scaled(values, chart.unit) }];
  }

  function seriesOf(chart, each) {
    const look = { label: each.label, spanGaps: true, points: { show: false } };
    if (chart.stacked) return { ...look, fill: (plot) => plot.ctx.createPattern(tile(each), "repeat"), width: 0 };
    return { ...look, stroke: () => colour(each.colour), width: each.width, dash: each.dashes.map((d) => d * 2) };
  }

  function plotted(chart, place, height) {
    const on = chart.series.map(() => true);
    const order = chart.stacked ? [...chart.series].reverse() : chart.series;
    const values = [], marked = chart.spans.length + chart.moments.length;
    const plot = new uPlot({
      width: place.clientWidth || 600, height, legend: { show: false },
      cursor: { sync: { key: "time" }, points: { show: !chart.stacked }, y: false, drag: { x: true, y: false } },
      scales: { x: { time: false, range: (_, low, high) => [low ?? 0, high ?? chart.end_s] },
        y: { range: (_, low, high) => [0, (high || 1) * (marked ? 1.25 : 1.08)] } },
      axes: axes(chart), series: [{}, ...order.map((each) => seriesOf(chart, each))],
      hooks: { drawClear: [background(chart)], draw: [foreground(chart)],
        setCursor: [() => values.forEach((show) => show(plot.cursor.idx))],
        setScale: [(self, key) => key === "x" && together(self)] },
    }, [chart.times_s, ...drawn(chart, on)], place);
    plot.wholeRun = { min: 0, max: chart.end_s };
    plot.root.before(legend(chart, plot, on, values));
    const others = all.length ? all[0][0].scales.x : plot.wholeRun; // zoomed, perhaps, before this came into view
    all.push([plot, place]);
    plot.setScale("x", { min: others.min, max: others.max });
  }

  function legend(chart, plot, on, values) {
    const row = document.createElement("div");
    row.className = "legend";
    chart.series.forEach((each, i) => {
      const button = document.createElement("button"), mark = document.createElement("i"), value = document.createElement("b");
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      mark.style.background = chart.stacked ? `url(${tile(each).toDataURL()})` : colour(each.colour);
      button.append(mark, each.label, " ", value);
      button.addEventListener("click", () => {
        on[i] = !on[i];
        button.setAttribute("aria-pressed", String(on[i]));
        const at = chart.stacked ? chart.series.length - i : i + 1;
        plot.setSeries(at, { show: on[i] });
        if (chart.stacked) plot.setData([chart.times_s, ...drawn(chart, on)], false);
        plot.setScale("x", { min: plot.scales.x.min, max: plot.scales.x.max });
      });
      values.push((idx) => (value.textContent = idx == null ? "" : told(each.values[idx], chart.unit)));
      row.append(button);
    });
    const at = document.createElement("span");
    values.push((idx) => (at.textContent = idx == null ? "" : `at ${moment(chart, chart.times_s[idx])}`));
    row.append(at);
    return row;
  }

  let busy = false;
  function together(from) {
    if (busy) return;
    busy = true;
    const { min, max } = from.scales.x;
    for (const [plot] of all) if (plot !== from && plot.wholeRun) plot.setScale("x", { min, max });
    const zoomed = from.wholeRun && (min > 0 || max < from.wholeRun.max);
    for (const button of document.querySelectorAll(".whole")) button.hidden = !zoomed;
    busy = false;
  }

  function begin(figure) {
    const live = document.createElement("div");
    live.className = "live";
    const whole = document.createElement("button");
    whole.type = "button";
    whole.className = "whole";
    whole.hidden = true;
    whole.textContent = "show the whole run";
    whole.addEventListener("click", () => all[0][0].setScale("x", all[0][0].wholeRun));
    live.append(whole);
    figure.querySelector(".wide").before(live);
    figure.classList.add("again");
    const charts = JSON.parse(figure.querySelector("script").textContent);
    for (const chart of charts) {
      const place = document.createElement("div");
      if (chart.name) place.append(Object.assign(document.createElement("strong"), { textContent: chart.name }));
      live.append(place);
      plotted(chart, place, charts.length > 1 ? 170 : 260);
    }
  }

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) {
      seen.unobserve(entry.target);
      begin(entry.target);
    }
  }, { rootMargin: "600px" });
  for (const data of document.querySelectorAll("figure.plot script")) seen.observe(data.parentElement);
  new ResizeObserver(() => {
    for (const [plot, place] of all) if (place.clientWidth) plot.setSize({ width: place.clientWidth, height: plot.height });
  }).observe(document.body);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => all.forEach(([plot]) => plot.redraw()));
})();
