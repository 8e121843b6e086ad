// The answers beside the settings, each against those of today, or of another try, in grey.
function answersPlace() {
  const part = (name, title) =>
    element("div", { class: name }, ...(title ? [element("h3", {}, title)] : []), element("div"));
  const parts = {
    verdicts: part("verdicts"),
    which: part("which"),
    figures: part("figures"),
    lag: part("lag", "Lag: the age of the oldest record that waits"),
    shards: part("lag", "Open shards"),
    waiting: part("bars", "Waiting by cause"),
    limits: part("bars", "Offered against capacity"),
  };
  return { place: element("div", { class: "answers" }, ...Object.values(parts)), parts };
}

// `run`, `other`: figures; `words`: labels of states, causes and limits; `mapping`: the name of that to be looked at.
function showAnswers(parts, { run, other, otherName, words, mapping, choose }) {
  const names = Object.keys(run.event_source_mappings),
    inside = (name) => parts[name].lastElementChild;
  inside("verdicts").replaceChildren(...names.map((name) => verdictOf(name, run, words, names.length > 1)));
  inside("which").replaceChildren(...(names.length > 1 ? [chooser(names, mapping, choose)] : []));
  const now = run.event_source_mappings[mapping],
    then = other?.event_source_mappings[mapping];
  inside("figures").replaceChildren(figureTable(run, other, now, then, otherName));
  for (const name of ["lag", "shards", "waiting", "limits"]) parts[name].hidden = !now;
  if (!now) return;
  const lines = [
    ...(other ? [{ values: other.lag_s[mapping], interval: other.interval_s, name: "then" }] : []),
    { values: run.lag_s[mapping], interval: run.interval_s, name: "now" },
  ];
  lagCurve(
    inside("lag"),
    lines,
    run.duration_s,
    `Lag over time: at most ${timeTold(now.lag.peak_s)}` +
      (then ? `; ${otherName} at most ${timeTold(then.lag.peak_s)}` : ""),
  );
  const stream = { ...run.streams[now.stream], end_s: run.end_s },
    was = then && { ...other.streams[then.stream], end_s: other.end_s };
  parts.shards.hidden = !stream.open_shards && !was?.open_shards;
  if (!parts.shards.hidden) showShards(inside("shards"), stream, was, otherName, words.refusals);
  inside("waiting").replaceChildren(
    bars(
      shares(now.waiting_s),
      then && shares(then.waiting_s),
      words.causes,
      percentTold,
      (part) => Math.min(1, part),
      otherName,
    ),
  );
  inside("limits").replaceChildren(
    bars(
      means(now.limits),
      then && means(then.limits),
      words.limits,
      percentTold,
      (part) => Math.min(1, part === null ? 1 : part / 1.5),
      otherName,
    ),
  );
}

function verdictOf(name, run, words, several) {
  const { verdict, verdict_reason, binding_cause, binding_reason } = run.event_source_mappings[name],
    [said, tone] = words.states[verdict];
  const binds = binding_cause
    ? `What binds: ${words.causes[binding_cause]}; ${binding_reason}.`
    : `Nothing binds: ${binding_reason}.`;
  return element(
    "p",
    { class: `said ${tone}` },
    element("strong", {}, `${several ? `${name} ` : ""}${said}`),
    `: ${verdict_reason}. ${binds}`,
  );
}

function chooser(names, mapping, choose) {
  const select = element(
    "select",
    { id: "what-if-mapping" },
    ...names.map((name) => element("option", { value: name, selected: name === mapping }, name)),
  );
  select.addEventListener("input", () => choose(select.value));
  return element("p", {}, element("label", { for: select.id }, "Figures of "), select);
}

// What is told of a run: its name, and its value in words. Of the last ones nothing is told where there are none.
const KEPT = 10;
function told(run, mapping) {
  const { bill } = run,
    rows = [["cost of a month", usdTold(bill.usd_per_month, bill.usd_per_month_at_least)]];
  if (!mapping) return rows;
  const { latency, latency_at_most: atMost, iterator_age: age } = mapping,
    time = (name) => latencyTold(latency[name], atMost[name]);
  return [
    ...rows,
    ["latency, median", time("p50_s")],
    ["latency, p99", time("p99_s")],
    ["latency, greatest", time("max_s")],
    ["lag, greatest", timeTold(mapping.lag.peak_s)],
    ["iterator age, p99", timeTold(age.p99_s)],
    ["iterator age, greatest", timeTold(age.max_s)],
    ["records processed", countTold(mapping.records.processed)],
    ["unprocessed at the end", countTold(mapping.unprocessed)],
    ["lost", countTold(mapping.records_lost)],
    ["sent to a destination", countTold(mapping.records_to_destination)],
    ["done again", countTold(mapping.records_done_again)],
    ["invocations throttled", countTold(mapping.throttles)],
  ];
}

// A latency that records left at the end may make longer is told as the least that it is.
const latencyTold = (least, atMost) => (least === atMost || least === null ? timeTold(least) : `> ${timeTold(least)}`);

// A number and its unit stay on one line.
const together = (text) => text.replaceAll(" ", "\u00a0").replace("at\u00a0least\u00a0", "at least ");

function figureTable(run, other, now, then, otherName) {
  const all = told(run, now),
    those = other && told(other, then),
    some = (i) => i < KEPT || all[i][1] !== "0" || (those?.[i]?.[1] ?? "0") !== "0";
  const mine = all.filter((_, i) => some(i)),
    theirs = those?.filter((_, i) => some(i));
  const head = (text) => element("th", { scope: "col" }, text);
  return element(
    "table",
    { "aria-label": "Figures" },
    element("thead", {}, element("tr", {}, head("figure"), head("now"), ...(other ? [head(otherName)] : []))),
    element(
      "tbody",
      {},
      ...mine.map(([name, value], i) =>
        element(
          "tr",
          { class: theirs && theirs[i]?.[1] !== value ? "differs" : undefined },
          element("th", { scope: "row" }, name),
          element("td", {}, together(value)),
          ...(theirs ? [element("td", { class: "then" }, together(theirs[i]?.[1] ?? "–"))] : []),
        ),
      ),
    ),
  );
}

function shares(waiting) {
  const all = Object.values(waiting).reduce((a, b) => a + b, 0);
  return Object.fromEntries(Object.entries(waiting).map(([cause, waited]) => [cause, all ? waited / all : 0]));
}

const means = (limits) => Object.fromEntries(Object.entries(limits).map(([name, each]) => [name, each.offered_mean]));

// A bar each, longest first where they are parts of a whole; with a mark where the other one ends.
function bars(now, then, words, said, length, otherName) {
  const names = [...new Set([...Object.keys(now), ...Object.keys(then ?? {})])].filter(
    (name) => Math.max(now[name] ?? 0, then?.[name] ?? 0) >= 0.005 || now[name] === null,
  );
  const label = (name) => (Array.isArray(words[name]) ? words[name][0] : words[name]);
  return element(
    "ul",
    {},
    ...names.map((name) => {
      const part = now[name] === undefined ? 0 : now[name],
        before = then ? (then[name] === undefined ? 0 : then[name]) : undefined;
      const bar = element("span", { class: `bar${part === null || part > 1 ? " over" : ""}` });
      bar.style.setProperty("--length", `${100 * length(part)}%`);
      const mark = before === undefined ? [] : [element("span", { class: "mark" })];
      if (mark.length) mark[0].style.setProperty("--length", `${100 * length(before)}%`);
      return element(
        "li",
        {},
        element("span", { class: "name" }, label(name)),
        element(
          "span",
          { class: "value" },
          said(part),
          ...(before === undefined ? [] : [element("span", { class: "then" }, ` ${otherName} ${said(before)}`)]),
        ),
        element("span", { class: "track", "aria-hidden": "true" }, bar, ...mark),
      );
    }),
  );
}
