// What was tried: the last ten settings, and always the first, which is today.
function remember(page, moves, run) {
  const { knobs } = page.known,
    key = JSON.stringify(Object.entries(moves).sort());
  const words =
    knobs
      .filter((knob) => knob.id in moves)
      .map((knob) => `${nameOf(knob, knobs)} ${knob.steps[moves[knob.id]].told}`)
      .join(", ") || "today";
  const known = page.tries.findIndex((each) => each.key === key);
  const [again] = known > 0 ? page.tries.splice(known, 1) : [];
  page.count = (page.count ?? 0) + (again || known === 0 ? 0 : 1);
  if (known === 0) page.now = page.tries[0];
  else page.tries.push((page.now = { number: again?.number ?? page.count, key, words, moves, run }));
  if (page.tries.length > MOST_TRIES + 1) page.tries.splice(1, 1);
}

// The label of a knob, with what it belongs to where there are several such.
const nameOf = (knob, knobs) =>
  knobs.filter((each) => each.label === knob.label).length > 1
    ? `${knob.label} (${knob.group.split(" ").slice(1).join(" ")})`
    : knob.label;
