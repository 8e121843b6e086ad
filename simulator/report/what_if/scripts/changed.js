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

// The overrides, as pairs of path and text. Failures, requests and rules are told whole.
function setsOf(recipe, knobs, moves) {
  const moved = knobs.filter((knob) => knob.id in moves && moves[knob.id] !== knob.today),
    found = changed(recipe, knobs, moves);
  const movedIn = (of, part) =>
    found[of].filter((_, i) => moved.some(({ path }) => path[0] === of && path[1] === i && path[2] === part));
  const reshapedIn = (part) => movedIn("streams", part).filter((stream) => stream.mode !== "on_demand");
  return Object.entries(
    Object.fromEntries([
      ...moved.flatMap((knob) => knob.steps[moves[knob.id]].sets),
      ...reshapedIn("requests").map((each) => [`streams.${each.name}.resharding`, requestsText(each)]),
      ...reshapedIn("rule").map((each) => [`streams.${each.name}.scaling`, ruleText(each)]),
      ...movedIn("functions", "failures").map((each) => [
        `functions.${each.name}.failures`,
        JSON.stringify(each.failures.map(failureText)),
      ]),
    ]),
  );
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
  if (needed > left)
    return (
      `${counted(needed)} are provisioned for functions without a reserve, of ${counted(left)} that the account and ` +
      "the reserves leave them."
    );
  return recipe.streams.map(problemOfRule).find(Boolean) ?? "";
}
