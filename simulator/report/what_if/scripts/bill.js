// What a month of such traffic costs: as simulator/measures/bill.py, billed.py and owed.py have it, equal to the cent.
const GB = 2 ** 30,
  MILLION = 1e6,
  HOUR_S = 3600,
  DAY_S = 86400,
  WEEK_S = 7 * DAY_S,
  MONTH_S = 730 * HOUR_S;

// `streams`: Shards; `mappings`: what was measured of each, see figures.js.
function billOf(recipe, streams, mappings) {
  const traffic = recipe.duration_s - Math.min(0, ...recipe.producers.map((each) => each.start_s));
  const used = [
    ...ofFunctions(recipe, streams, mappings, traffic),
    ...ofStreams(recipe, streams, mappings, traffic),
    ...ofFanOut(recipe, streams, mappings),
  ];
  const items = priced(used, recipe.prices, traffic),
    sum = (name) => items.reduce((all, item) => all + item[name], 0);
  return {
    traffic_s: traffic,
    usd: sum("usd"),
    usd_per_month: sum("usd_per_month"),
    usd_per_month_at_least: mappings.some((each) => each.ends.unprocessed > 0),
    wasted_usd_per_month: sum("wasted_usd_per_month"),
    items,
  };
}

const quantity = (item, resource, amount, wasted = 0, owed = 0) => ({ item, resource, amount, wasted, owed });

// The lines of a bill. A tier counts the whole month's quantity of an item, of all that use it.
function priced(used, prices, traffic) {
  const some = used.filter(({ amount, owed }) => amount + owed > 0),
    months = MONTH_S / traffic,
    month = {};
  for (const { item, amount, owed } of some) month[item] = (month[item] ?? 0) + (amount + owed) * months;
  return some.map(({ item, resource, amount, wasted, owed }) => {
    const unit = usdAUnit(prices[item].tiers, month[item]),
      [usd, owes, wastes] = [amount, owed, wasted].map((part) => part * unit);
    return {
      item,
      resource,
      quantity: amount,
      unit: prices[item].unit,
      unit_price_usd: unit,
      usd,
      usd_per_month: (usd + owes) * months,
      wasted_usd_per_month: wastes * months,
    };
  });
}

function usdAUnit(tiers, quantity) {
  const upTo = (bound) => bound ?? Infinity;
  if (!(quantity > upTo(tiers[0][1]))) return tiers[0][0];
  let sum = 0,
    below = 0;
  for (const [usd, bound] of tiers) {
    sum += usd * Math.max(0, Math.min(quantity, upTo(bound)) - below);
    below = upTo(bound);
  }
  return sum / quantity;
}

function* ofFunctions(recipe, streams, mappings, traffic) {
  for (const [number, fn] of recipe.functions.entries()) {
    const served = mappings.filter((each) => each.spec.function === number),
      gb = fn.memory / GB,
      sum = (of) => served.map(of).reduce((a, b) => a + b, 0);
    const owed = served.map((each) => owedWork(recipe, each, streams[each.spec.stream]));
    const seconds = (i) => (sum((each) => each.billed.ms[i]) / 1e3) * gb,
      wasted = (i) => (sum((each) => each.billed.wastedMs[i]) / 1e3) * gb;
    const owes = (name) => owed.reduce((all, each) => all + each[name], 0);
    yield quantity(
      "lambda_million_requests",
      fn.name,
      sum((each) => each.billed.requests) / MILLION,
      sum((each) => each.billed.wastedRequests) / MILLION,
      owes("requests") / MILLION,
    );
    yield quantity(`lambda_gb_second_${fn.architecture}`, fn.name, seconds(0), wasted(0), owes("seconds") * gb);
    yield quantity(`lambda_provisioned_gb_second_${fn.architecture}`, fn.name, fn.provisioned * traffic * gb);
    yield quantity(`lambda_provisioned_duration_gb_second_${fn.architecture}`, fn.name, seconds(1), wasted(1));
  }
}

// What attempts were billed, and the part of it that fell to records they did not process.
function billed({ totals, wasted }) {
  const parts = (amount) =>
    exactSum(
      Array.from({ length: wasted.rows }, (_, size) => [amount(size), size])
        .filter(([of]) => of)
        .map(([of, size]) => ratio(of, size)),
    );
  return {
    requests: totals.number(0, "attempts"),
    ms: [totals.number(0, "billed_on_demand_ms"), totals.number(0, "billed_provisioned_ms")],
    wastedRequests: parts((size) => wasted.big(size, "records")),
    wastedMs: ["on_demand", "provisioned"].map((name) => parts((size) => wasted.sum(size, name))),
  };
}

// What the records that are left would take of a function, at least.
function owedWork(recipe, { spec, ends, billed }, stream) {
  if (!ends.unprocessed) return { requests: 0, seconds: 0 };
  if (!ends.processed) return expectedWork(recipe, spec, stream, ends.unprocessed);
  const part = ends.unprocessed / ends.processed;
  const useful = (billed.ms[0] - billed.wastedMs[0] + (billed.ms[1] - billed.wastedMs[1])) / 1e3;
  return { requests: (billed.requests - billed.wastedRequests) * part, seconds: useful * part };
}

function expectedWork(recipe, mapping, stream, left) {
  const sum = (values) => values.reduce((a, b) => a + b, 0),
    mean = sum(stream.offeredBytes) / sum(stream.offered);
  const records = fullBatch(recipe, mapping, mean);
  const took = batchS(recipe, mapping, records, mean) - mapping.invoke_overhead_s;
  return { requests: left / records, seconds: (left / records) * took };
}

function* ofStreams(recipe, streams, mappings, traffic) {
  for (const [number, { name, mode, retention_s }] of recipe.streams.entries()) {
    const of = streams[number];
    if (mode === "on_demand") {
      yield* ofOnDemandStream(recipe, number, of, mappings, traffic);
      continue;
    }
    const waiting = of.produced - of.dropped - of.allRecords,
      owed = (waiting * of.put_units) / Math.max(1, of.allRecords);
    yield quantity("kinesis_shard_hour", name, of.hours);
    yield quantity("kinesis_million_put_units", name, of.put_units / MILLION, 0, owed / MILLION);
    if (retention_s > DAY_S) yield quantity("kinesis_extended_retention_shard_hour", name, of.hours);
    yield quantity("kinesis_long_term_gb_month", name, gbMonths(of, WEEK_S, retention_s));
  }
}

function* ofFanOut(recipe, streams, mappings) {
  for (const { spec, readBytes } of mappings) {
    if (spec.consumer !== "push" || recipe.streams[spec.stream].mode !== "provisioned") continue;
    yield quantity("kinesis_fan_out_shard_hour", spec.name, streams[spec.stream].hours);
    yield quantity("kinesis_fan_out_gb", spec.name, readBytes / GB);
  }
}

function* ofOnDemandStream(recipe, number, of, mappings, traffic) {
  const { name, retention_s } = recipe.streams[number];
  const read = (pushed) =>
    mappings
      .filter(({ spec }) => spec.stream === number && (spec.consumer === "push") === pushed)
      .reduce((all, each) => all + each.readBytes, 0);
  yield quantity("on_demand_stream_hour", name, traffic / HOUR_S);
  yield quantity("on_demand_gb_in", name, (of.kib * 1024) / GB);
  yield quantity("on_demand_gb_out", name, read(false) / GB);
  yield quantity("on_demand_fan_out_gb", name, read(true) / GB);
  yield quantity("on_demand_extended_retention_gb_month", name, gbMonths(of, DAY_S, Math.min(retention_s, WEEK_S)));
  yield quantity("on_demand_long_term_gb_month", name, gbMonths(of, WEEK_S, retention_s));
}

// What the accepted records cost in storage between two ages.
const gbMonths = (of, since, until) => ((of.allBytes / GB) * Math.max(0, until - since)) / MONTH_S;
