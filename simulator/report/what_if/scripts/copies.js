// What a reader takes away: the settings as words of the command line, or in a link to the page.
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

function copying(label, text) {
  const made = button(label, async () => {
    const said = text() || "nothing is changed";
    try {
      await navigator.clipboard.writeText(said);
      made.textContent = "copied";
    } catch {
      prompt("To be copied:", said);
    }
    setTimeout(() => (made.textContent = label), 1500);
  });
  return made;
}

// The state in the fragment: the value of each knob that was moved.
function linkOf({ known, moves }) {
  const some = effective(known.knobs, moves);
  const moved = known.knobs
    .filter((knob) => knob.id in some)
    .map((knob) => [knob.id, String(knob.steps[some[knob.id]].value)]);
  return `${location.href.split("#")[0]}#what-if?${new URLSearchParams(moved)}`;
}

function movesFrom(hash, knobs) {
  const values = new URLSearchParams(hash.startsWith("#what-if?") ? hash.slice(9) : ""),
    found = Object.create(null);
  for (const knob of knobs) {
    const at = values.has(knob.id) ? knob.steps.findIndex((step) => String(step.value) === values.get(knob.id)) : -1;
    if (at >= 0 && at !== knob.today) found[knob.id] = at;
  }
  return found;
}
