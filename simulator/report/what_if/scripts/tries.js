// The last ten tries, as a table and as points of cost against age; any of them can be what others are compared with.
const MOST_TRIES = 10;

function triesPlace() {
  const table = element("div", { class: "wide", tabindex: 0, role: "group", "aria-label": "Tries: table" }), points = element("div", { class: "points" });
  const place = element("div", { class: "tries", hidden: true }, element("h3", {}, "What was tried"), table,
    element("h3", {}, "Cost of a month against the iterator age, p99"), points);
  return { place, table, points };
}

// `tries`: number, words, moves and figures of each; `against`: the number of the one that others are compared with.
function showTries({ place, table, points }, tries, words, against, mapping, act) {
  place.hidden = tries.length < 2;
  if (place.hidden) return;
  const age = (run) => run.event_source_mappings[mapping]?.iterator_age.p99_s;
  const head = ["try", "settings", "verdict", "iterator age p99", "cost of a month", ""].map((text) => element("th", { scope: "col", class: text === "settings" || text === "verdict" ? "text" : undefined }, text || element("span", { class: "unseen" }, "act")));
  const rows = tries.map((each) => {
    const { run } = each, own = run.event_source_mappings[mapping];
    return element("tr", { class: each.number === against ? "chosen" : undefined }, element("th", { scope: "row" }, String(each.number)),
      element("td", { class: "text" }, each.words), element("td", { class: "text" }, own ? words.states[own.verdict][0] : "–"),
      element("td", {}, timeTold(age(run))), element("td", {}, usdTold(run.bill.usd_per_month, run.bill.usd_per_month_at_least)),
      element("td", {}, button("take up", () => act.take(each), { "aria-label": `Take up the settings of try ${each.number}` }), " ",
        button("compare with", () => act.compare(each), { "aria-pressed": String(each.number === against), "aria-label": `Compare with try ${each.number}` })));
  });
  table.replaceChildren(element("table", { "aria-label": "What was tried" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows)));
  const shown = tries.map((each) => ({ cost: each.run.bill.usd_per_month, age: age(each.run) ?? Infinity, number: String(each.number), name: each === tries.at(-1) ? "now" : each.number === 1 ? "then" : "else" }));
  costCurve(points, shown, `${tries.length} tries: cost of a month against the iterator age`);
}
