// A recipe with other settings, which is a recipe again; and what `--set` makes a scenario of the same settings.

// `moves`: by the id of a knob, the number of its step.
function changed(recipe, knobs, moves) {
  const { tables, ...rest } = recipe,
    found = structuredClone(rest);
  found.tables = tables;
  for (const knob of knobs) if (knob.id in moves) put(found, knob.path, knob.steps[moves[knob.id]].value);
  for (const fn of found.functions) fn.failures = fn.failures.filter(happens);
  return found;
}

function put(recipe, path, value) {
  const of = path.slice(0, -1).reduce((part, name) => part[name], recipe),
    name = path.at(-1);
  const lasts = of.to - of.from;
  if (name === "lasts") of.to = of.from + value;
  else of[name] = value;
  if (name === "from") of.to = value + lasts;
}

// A failure that may be added has no effect as it is, and an outage none that lasts no time.
const happens = (failure) =>
  failure.kind === "outage" ? failure.to > failure.from : !(failure.added && failure.probability === 0);

// The overrides, as pairs of path and text.
function setsOf(recipe, knobs, moves) {
  const moved = knobs.filter((knob) => knob.id in moves && moves[knob.id] !== knob.today),
    found = changed(recipe, knobs, moves);
  const failing = new Set(moved.filter((knob) => knob.path[2] === "failures").map((knob) => knob.path[1]));
  return [
    ...moved.flatMap((knob) => knob.steps[moves[knob.id]].sets),
    ...[...failing].map((i) => [
      `functions.${found.functions[i].name}.failures`,
      JSON.stringify(found.functions[i].failures.map(failureText)),
    ]),
  ];
}

const failureText = ({ added, from, to, at, probability, ...rest }) => ({
  ...rest,
  ...(probability === undefined || at?.length ? {} : { probability }),
  ...(from === undefined ? {} : { from: `${from}s`, to: `${to}s` }),
  ...(at?.length ? { at: at.map((time) => `${time}s`) } : {}),
});

// What no scenario may be, in words; nothing if it may be (simulator/scenario/rules.py).
function problemOf(recipe) {
  const left = sharedUnits(recipe);
  const needed = recipe.functions.reduce((sum, fn) => sum + (fn.reserved === null ? fn.provisioned : 0), 0);
  const more = recipe.functions.find((fn) => fn.reserved !== null && fn.provisioned > fn.reserved);
  if (more) return `More is provisioned for ${more.name} than its reserve.`;
  if (left < 0) return `The reserves are ${counted(-left)} more than the account's concurrency.`;
  return needed > left ? "The reserves leave less than is provisioned for the functions without one." : "";
}
