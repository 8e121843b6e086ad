// The last ten tries, as a table and as points of cost against age; any of them can be what others are compared with.
const MOST_TRIES = 10,
  HEADS = ["try", "settings", "verdict", "lag, at most", "iterator age p99", "cost of a month", "again"];

function triesPlace() {
  const table = element("div", { class: "wide", tabindex: 0, role: "group", "aria-label": "Tries: table" }),
    points = element("div", { class: "points" });
  const place = element(
    "div",
    { class: "tries", hidden: true },
    element("h3", {}, "What was tried"),
    table,
    element("h3", {}, "Cost of a month against the iterator age, p99 (log scale)"),
    points,
  );
  return { place, table, points };
}

// `tries`: number, words, moves and figures of each; `against`: the number of the one that others are compared with.
function showTries({ place, table, points }, tries, words, against, mapping, act) {
  place.hidden = tries.length < 2;
  if (place.hidden) return;
  const age = (run) => run.event_source_mappings[mapping]?.iterator_age.p99_s;
  const rows = tries.map((each) => {
    const { number, run } = each,
      own = run.event_source_mappings[mapping];
    const cells = [
      each.words,
      own ? words.states[own.verdict][0] : "–",
      timeTold(own?.lag.peak_s),
      timeTold(age(run)),
      usdTold(run.bill.usd_per_month, run.bill.usd_per_month_at_least),
    ];
    return element(
      "tr",
      { class: number === against ? "chosen" : undefined },
      element("th", { scope: "row" }, String(number)),
      ...cells.map((text, i) =>
        element(
          "td",
          { class: i < 2 ? "text" : undefined, "data-head": HEADS[i + 1] },
          i < 2 ? text : together(text),
        ),
      ),
      element(
        "td",
        { "data-head": HEADS.at(-1) },
        element(
          "span",
          { class: "acts" },
          button("take up", () => act.take(each), { "aria-label": `Take up the settings of try ${number}` }),
          button("compare", () => act.compare(each), {
            "aria-pressed": String(number === against),
            "aria-label": `Compare with try ${number}`,
          }),
        ),
      ),
    );
  });
  const heads = HEADS.map((text, i) =>
    element("th", { scope: "col", class: i === 1 || i === 2 ? "text" : undefined }, text),
  );
  table.replaceChildren(
    element(
      "table",
      { "aria-label": "What was tried", class: "middling" },
      element("thead", {}, element("tr", {}, ...heads)),
      element("tbody", {}, ...rows),
    ),
  );
  const shown = tries.map((each) => ({
    cost: each.run.bill.usd_per_month,
    age: age(each.run) ?? Infinity,
    number: String(each.number),
    name: each === tries.at(-1) ? "now" : each.number === 1 ? "then" : "else",
  }));
  costCurve(points, shown, `${tries.length} tries: cost of a month against the iterator age`);
}
