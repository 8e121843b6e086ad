// The figures of a run that is over, by the names of summary.json: as simulator/measures/by_kernel.py, result.py and
// summary.py make them.
function figuresOf(recipe, blocks) {
  const { interval_ns } = measuringOf(recipe),
    endS = seconds(blocks.end_ns);
  const streams = blocks.streams.map((found) => new Shards(recipe, found));
  const mappings = recipe.mappings.map((spec, i) =>
    measured(spec, blocks.mappings[i], rowsOf(blocks.mappings[i].rows, blocks.end_ns, interval_ns), streams),
  );
  const named = (things, of) => Object.fromEntries(things.map((each, i) => [each.name, of(i)]));
  return {
    end_s: endS,
    duration_s: recipe.duration_s,
    interval_s: seconds(interval_ns),
    streams: named(recipe.streams, (i) => ({
      ...ofStream(recipe, streams[i]),
      ...(reshapes(recipe.streams[i])
        ? reshardingsOf(blocks.streams[i], blocks.end_ns, recipe.blocks.refusals)
        : {}),
    })),
    functions: named(recipe.functions, (i) => ({
      concurrency_peak: blocks.functions[i].concurrency.number(0, "peak"),
    })),
    event_source_mappings: named(recipe.mappings, (i) =>
      ofMapping(recipe, i, { blocks, streams, mappings, endS, interval_ns }),
    ),
    bill: billOf(recipe, streams, mappings),
    lag_s: named(recipe.mappings, (i) =>
      mappings[i].rows
        .column("lag_peak_ns")
        .slice(1)
        .map((lag) => lag / 1e9),
    ),
  };
}

// What several figures of a mapping rest on.
function measured(spec, found, rows, streams) {
  const { totals } = found,
    stream = streams[spec.stream];
  const by = (names) => Object.fromEntries(names.map((name) => [name, totals.number(0, name)]));
  const ends = {
    produced: stream.produced,
    processed: totals.number(0, "processed"),
    skipped: totals.number(0, "skipped"),
    dropped_at_write: stream.dropped,
    ...by(["dropped", "sent_to_destination", "expired", "filtered", "unprocessed"]),
  };
  return {
    spec,
    rows,
    ends,
    wanted: ends.produced - ends.skipped - ends.filtered,
    billed: billed(found),
    readBytes: found.readers.column("bytes").reduce((a, b) => a + b, 0),
    latency: Histogram.of(found.latency),
    left: Histogram.of(found.left),
    unserved: totals.number(0, "unserved"),
  };
}

function ofStream(recipe, stream) {
  return {
    shards: stream.n,
    records_produced: stream.produced,
    records_accepted: stream.allRecords,
    accepted_bytes: stream.allBytes,
    write_throttled_records: stream.throttled,
    records_dropped_at_write: stream.dropped,
    limits: offeredToWrite(recipe, stream),
  };
}

function ofMapping(recipe, number, run) {
  const { blocks, streams, mappings, endS, interval_ns } = run,
    mine = mappings[number],
    { spec, ends } = mine;
  const found = blocks.mappings[number],
    { totals } = found,
    stream = streams[spec.stream];
  const waited = waitedNs(mine.rows, interval_ns, recipe.blocks.causes),
    { course, lags } = courseOf(recipe, mine, found, stream);
  const [state, reason] = stateOf(course);
  const since0 = Object.fromEntries(
    Object.entries(waited).map(([cause, ns]) => [cause, seconds(ns.total - ns.before)]),
  );
  const [cause, share, why] = binding(state, since0, course);
  const latency = latenciesOf(mine, [...recipe.blocks.percentiles.slice(1)]);
  const count = (name) => totals.number(0, name);
  return {
    stream: recipe.streams[spec.stream].name,
    verdict: state,
    verdict_reason: reason,
    binding_cause: cause || null,
    binding_share: share,
    binding_reason: why,
    records: ends,
    records_lost: ends.dropped_at_write + ends.dropped + ends.expired,
    records_to_destination: ends.sent_to_destination,
    unprocessed: ends.unprocessed,
    records_done_again: mine.rows
      .column("done_again")
      .slice(1)
      .reduce((a, b) => a + b, 0),
    ...Object.fromEntries(recipe.blocks.counts.map((name) => [name, count(name)])),
    latency: latency.least,
    latency_at_most: latency.most,
    waiting_s: Object.fromEntries(
      Object.entries(waited)
        .filter(([, ns]) => ns.total)
        .map(([cause, ns]) => [cause, seconds(ns.total)]),
    ),
    iterator_age: timesOf(Histogram.of(found.age), recipe),
    iterator_age_at_send: timesOf(Histogram.of(found.age_at_send), recipe),
    lag: { peak_s: seconds(lags.peak), when_traffic_ends_s: seconds(lags.last) },
    limits: {
      ...offeredToWrite(recipe, stream),
      ...offeredToRead(recipe, stream, pollersOf(recipe, number, blocks), endS),
      ...offeredToFunction(
        recipe,
        number,
        streams,
        blocks.mappings,
        blocks.functions[spec.function].wanted.number(0, "peak"),
      ),
    },
  };
}

// What a verdict rests on.
function courseOf(recipe, mine, found, stream) {
  const { totals, episodes } = found,
    { ends } = mine,
    { causes_of_failure } = recipe.blocks;
  const [earlier, last] = [totals.big(0, "lag_ns", 0), totals.big(0, "lag_ns", 1)];
  const peak = mine.rows
    .column("lag_peak_ns")
    .slice(1)
    .reduce((a, b) => Math.max(a, b), 0);
  const lags = { earlier, last, peak: BigInt(peak) };
  const codes = totals.several(0, "failures").slice(0, totals.number(0, "nfailures")),
    byFailure = totals.several(0, "by_failure");
  const asLost = totals.several(0, "lost_as"),
    lost = ["dropped", "sent_to_destination", "expired"];
  const quarter = {
    waiting: totals.number(0, "waiting_lanes"),
    stuck: totals.number(0, "stuck_lanes"),
    lost: totals.number(0, "lost"),
    lostAs: Object.fromEntries(lost.map((how, i) => [how, asLost[i]])),
    byFailure: Object.fromEntries(codes.map((code) => [causes_of_failure[code], byFailure[code]])),
  };
  const behind = Array.from({ length: episodes.rows }, (_, i) => [
    episodes.big(i, "begin_ns"),
    episodes.big(i, "end_ns"),
  ]);
  const limits = offeredToWrite(recipe, stream),
    durationS = recipe.duration_s,
    duration = ns(durationS);
  const course = {
    lags,
    behind,
    quarter,
    duration,
    durationS,
    limit: behindNs(recipe, mine.spec),
    droppedAtWrite: ends.dropped_at_write,
    records: mine.wanted,
    writeLimit: greatest(Object.fromEntries(Object.entries(limits).map(([name, each]) => [name, each.offered_mean]))),
    rise: seconds(last - earlier) / (0.25 * durationS),
    lost: ends.dropped_at_write + quarter.lost,
  };
  course.caughtUpS = caughtUpS(course, ends.unprocessed);
  return { course, lags };
}

// When it was no longer behind after the end of the traffic; infinite if not before the run ended.
function caughtUpS({ behind, duration }, left) {
  const over = behind.find(([begin, end]) => begin <= duration && duration <= end),
    until = over ? over[1] : duration;
  return left && until >= behind.at(-1)?.[1] ? Infinity : seconds(until);
}

// Of each that polls the stream of a mapping, the calls wanted of each shard; of a mapping that is pushed to nobody's.
function pollersOf(recipe, number, blocks) {
  const { stream, consumer } = recipe.mappings[number];
  if (consumer === "push") return [];
  const wanted = (block) => block.column("calls").map((calls, j) => calls + block.number(j, "refused"));
  const mappings = recipe.mappings.flatMap((each, i) =>
    each.stream === stream && each.consumer === "polling" ? [wanted(blocks.mappings[i].readers)] : [],
  );
  const readers = recipe.readers.flatMap((each, i) =>
    each.stream === stream ? [wanted(blocks.readers[i].reads)] : [],
  );
  return [...mappings, ...readers];
}

const AT_MOST = ["p50_s", "p95_s", "p99_s", "max_s"];
const percentileName = (percent) => (percent < 100 ? `p${percent}_s` : "max_s");

// Percentiles of all records, at least what they say; of the processed ones their number, mean and least.
function latenciesOf({ latency, left, unserved, ends, wanted }, percents) {
  const of = percents.map((percent) => [
    percentileName(percent),
    latencyPercentile(latency, left, unserved + ends.dropped_at_write, percent),
  ]);
  const least = Object.fromEntries(of.map(([name, each]) => [name, each.least])),
    most = Object.fromEntries(of.filter(([name]) => AT_MOST.includes(name)).map(([name, each]) => [name, each.most]));
  const mean = latency.n ? { mean_s: latency.mean, min_s: latency.least / 1e9 } : {};
  return { least: { n: latency.n, ...mean, ...(wanted > 0 ? least : {}) }, most };
}

function timesOf(histogram, recipe) {
  if (!histogram.n) return { n: 0 };
  const named = recipe.blocks.percentiles
    .slice(1, -1)
    .map((percent) => [percentileName(percent), histogram.percentile(percent)]);
  return {
    n: histogram.n,
    mean_s: histogram.mean,
    min_s: histogram.least / 1e9,
    ...Object.fromEntries(named),
    max_s: histogram.greatest / 1e9,
  };
}
