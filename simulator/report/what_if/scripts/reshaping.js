// What changes the shards of a stream: as simulator/kernel/plan_streams.py writes it, and as `--set` has it.
const REQUESTS = 1,
  ON_DEMAND = 2,
  SHARD_COUNT = 0; // what a request wants

// The requests of the file that are made, in order of time.
const requestsOf = (stream) =>
  stream.requests
    .filter(({ made, kind, shards }) => made && (kind !== SHARD_COUNT || shards))
    .sort((a, b) => a.at_s - b.at_s);

const ruled = ({ rule }) => rule.up.on || rule.down.on;
const reshapes = (stream) => stream.mode === "on_demand" || ruled(stream) || requestsOf(stream).length > 0;

function writeReshaping(words, stream) {
  if (!reshapes(stream)) return words.whole(0);
  if (stream.mode === "on_demand") {
    words.whole(ON_DEMAND);
    words.number(stream.growth.split_above * 60);
    words.whole(stream.growth.maximum);
    return words.fragment(stream.growth.delay);
  }
  words.whole(REQUESTS);
  words.each(requestsOf(stream), ({ at_s, kind, shards, rest }) => words.whole(ns(at_s), kind, shards, ...rest));
  words.fragment(stream.resharding_takes);
  words.whole(ruled(stream));
  if (ruled(stream)) writeRule(words, stream.rule);
}

function writeRule(words, { metrics, metric, minimum, maximum, delay, up, down }) {
  words.whole(metrics.indexOf(metric), minimum, maximum, ns(delay));
  writeDirection(words, up, up.above, up.add);
  writeDirection(words, down, down.below, down.subtract);
}

function writeDirection(words, { on, factor, period, periods, cooldown }, bound, by) {
  words.whole(on);
  if (!on) return;
  words.number(bound, factor);
  words.whole(period / 60, ...periods, by, ns(cooldown));
}

// The overrides of requests and rules, each told whole; in on-demand mode there are none.
const requestsText = (stream) =>
  JSON.stringify(
    requestsOf(stream).map(({ at_s, kind, shards, written }) => ({
      at: `${at_s}s`,
      ...(kind === SHARD_COUNT ? { shards } : written),
    })),
  );

function ruleText(stream) {
  const { metric, minimum, maximum, delay, up, down } = stream.rule;
  const rule = { metric, minimum, maximum, delay: `${delay}s` };
  if (up.on) rule.up = { above: up.above, ...directionText(up), ...(up.add ? { add: up.add } : { factor: up.factor }) };
  if (down.on)
    rule.down = {
      below: down.below,
      ...directionText(down),
      ...(down.subtract ? { subtract: down.subtract } : { factor: down.factor }),
    };
  return ruled(stream) ? JSON.stringify(rule) : "none";
}

const directionText = ({ period, periods: [points, of], cooldown }) => ({
  period: `${period}s`,
  points,
  of,
  cooldown: `${cooldown}s`,
});

// What no rule may be, in words; nothing if it may be (simulator/scenario/resharding_rules.py).
function problemOfRule(stream) {
  const { minimum, maximum, up, down } = stream.rule;
  if (stream.mode === "on_demand" || !ruled(stream)) return "";
  if (minimum > maximum) return `The fewest shards that the rule of ${stream.name} asks for are more than the most.`;
  return up.on && down.on && down.below > up.above
    ? `The rule of ${stream.name} would ask for fewer shards where it asks for more: below ${percent(down.below)}, ` +
        `and above ${percent(up.above)}.`
    : "";
}
