// The plan of a run, made of a recipe: the very words that simulator/kernel/plan.py writes of the same scenario.
function plan(recipe, tables) {
  const words = new Words(tables),
    duration = ns(recipe.duration_s),
    latest = duration + ns(recipe.drain_s);
  const measuring = measuringOf(recipe);
  words.whole(recipe.magic, recipe.begin_ns, duration, latest);
  words.whole(1, measuring.interval_ns, measuring.usual_ns, measuring.warmup_ns, measuring.load_ns);
  words.counted(tables[recipe.exponential]);
  words.each(recipe.streams, (stream, number) => writeStream(words, recipe, stream, number));
  words.each(recipe.producers, (producer) => writeProducer(words, recipe, producer));
  const pools = poolsOf(recipe);
  words.each(pools.distinct, (units) =>
    words.whole(units, BigInt(recipe.account.ticks_a_unit) * BigInt(Math.max(0, units))),
  );
  words.each(recipe.functions, (fn, number) => writeFunction(words, fn, pools.of[number]));
  words.each(recipe.mappings, (mapping) => writeMapping(words, recipe, mapping));
  words.each(recipe.readers, (reader) => writeReader(words, recipe, reader));
  return words.content();
}

// What the kernel needs to know to measure a run: simulator/measures/run.py and run_times.py. Times in nanoseconds.
function measuringOf(recipe) {
  const { rows } = recipe.measuring,
    duration = ns(recipe.duration_s),
    latest = duration + ns(recipe.drain_s);
  const usual_ns = niceInterval(recipe, duration, latest, rows.usual);
  return {
    interval_ns: usual_ns,
    usual_ns,
    warmup_ns: recipe.warmup_s ? ns(recipe.warmup_s) : -NEVER,
    load_ns: niceInterval(recipe, duration, duration, rows.load),
  };
}

function niceInterval(recipe, traffic, longest, rows) {
  const { nice_ns, day_ns, rows: most } = recipe.measuring;
  const wanted = [roundedUp(traffic, BigInt(rows)), roundedUp(longest, BigInt(most.most))].reduce((a, b) =>
    a > b ? a : b,
  );
  const nice = nice_ns.map(BigInt).find((each) => each >= wanted);
  return nice ?? roundedUp(wanted, BigInt(day_ns)) * BigInt(day_ns);
}

// A lag above this counts as being behind (conclusions.md): simulator/measures/verdict.py.
function behindNs(recipe, mapping) {
  const wait = mapping.consumer === "polling" ? mapping.polling.interval_s : mapping.propagation_s;
  return BigInt(recipe.measuring.patience_ns) + 2n * (ns(wait) + ns(mapping.window_s));
}

// The pools of concurrency, by their units, and which of them each function draws from (model.md, section 6).
function poolsOf(recipe) {
  const distinct = [],
    of = [];
  let shared = -1;
  for (const fn of recipe.functions) {
    if (fn.reserved !== null) of.push(distinct.push(fn.reserved) - 1);
    else of.push(shared < 0 ? (shared = distinct.push(sharedUnits(recipe)) - 1) : shared);
  }
  return { distinct, of };
}

function sharedUnits(recipe) {
  return recipe.functions.reduce((left, fn) => left - (fn.reserved ?? 0), recipe.account.units);
}

function writeFunction(words, fn, pool) {
  words.whole(pool, fn.provisioned, ns(fn.idle_s), ns(fn.timeout_s));
  const takes = work(fn);
  for (const each of [takes.per_batch, takes.per_record, takes.per_mib, fn.cold_start]) words.quantile(each);
  words.each(
    fn.failures.filter((each) => each.kind !== "poison"),
    (failure) => {
      const always = failure.kind === "random",
        slow = failure.kind === "slow";
      words.whole(
        { random: 0, outage: 1, slow: 2 }[failure.kind],
        always ? 0n : ns(failure.from),
        always ? NEVER : ns(failure.to),
      );
      words.number(slow ? 0 : failure.probability, slow ? 1 : failure.fails_after, slow ? failure.factor : 1);
    },
  );
  words.whole(false); // no handler: a page has none
  words.number(0);
}

function writeMapping(words, recipe, mapping) {
  const factor = mapping.parallelization_factor;
  words.whole(mapping.stream, mapping.function, mapping.consumer === "push");
  words.whole(
    factor,
    factorsOf(recipe, mapping.stream).indexOf(factor),
    mapping.poisoned,
    mapping.filter,
    mapping.batch_size,
  );
  words.whole(ns(mapping.window_s), ns(mapping.invoke_overhead_s), mapping.retries);
  words.whole(mapping.record_age_s > 0 ? ns(mapping.record_age_s) : NEVER, mapping.bisect, mapping.partial);
  words.whole(mapping.destination, ...mapping.position_ns, ns(mapping.starts_after_s), ns(mapping.discovery_s));
  words.fragment(mapping.disabled);
  writePolls(words, recipe, mapping);
  words.whole(ns(mapping.latency_s));
  words.number(mapping.missed);
  words.whole(mapping.repoll, mapping.missed_key, ns(mapping.propagation_s), behindNs(recipe, mapping));
  words.fragment(mapping.backoffs);
  const failures = recipe.functions[mapping.function].failures;
  const drawn = mapping.keys.filter((_, i) => i < 4 || (i < 4 + failures.length && failures[i - 4].kind !== "poison"));
  words.whole(...drawn);
}

function writeReader(words, recipe, reader) {
  words.whole(reader.stream, ns(reader.starts_after_s));
  words.fragment(reader.disabled);
  writePolls(words, recipe, reader);
}

// How the shards of a stream are polled, and when each of the start is first: simulator/model/phase.py.
function writePolls(words, recipe, { polling, stream, starts_after_s }) {
  const { shards } = recipe.streams[stream],
    starts = ns(starts_after_s),
    interval = polling.interval_s * 1e9;
  words.whole(ns(polling.interval_s), polling.limit);
  words.number(polling.jitter);
  words.whole(polling.jitter_key);
  const after =
    {
      random: (j) => halfUp(interval * unit(bits(BigInt(polling.phase_key), j))),
      spread: (j) => halfUp((interval * (j + 0.5)) / shards),
    }[polling.phase] ?? (() => ns(polling.phase));
  for (let j = 0; j < shards; j++) words.whole(starts + after(j));
}
