// What was offered to each limit over its capacity, never what got through: as simulator/measures/limits.py has it.
const most = (values) => values.reduce((a, b) => Math.max(a, b), 0);
const offered = (mean, peak = NaN) => ({ offered_mean: mean, offered_peak: peak });

// A stream's shards: what is asked of them by several.
class Shards {
  constructor(recipe, found) {
    const { spans, shards, totals } = found,
      n = spans.rows,
      duration = ns(recipe.duration_s),
      begin = BigInt(recipe.begin_ns);
    const upto = (name) => Array.from({ length: n }, (_, j) => (j < shards.rows ? shards.number(j, name) : 0));
    [this.offered, this.offeredBytes, this.records, this.bytes] = ["offered", "offered_bytes", "records", "bytes"].map(
      upto,
    );
    [this.busiestRecords, this.busiestBytes, this.busiestCalls] = [
      "busiest_records",
      "busiest_bytes",
      "busiest_calls",
    ].map(upto);
    this.open = Array.from({ length: n }, (_, j) => {
      const [opens, closes] = [spans.big(j, "opens_ns"), spans.big(j, "closes_ns")];
      const lasted = (closes < duration ? closes : duration) - (opens > 0n ? opens : begin);
      return Number(lasted > 0n ? lasted : 0n);
    });
    const changed = (j) =>
      spans.several(j, "parents").some((parent) => parent >= 0) || spans.big(j, "closes_ns") < NEVER;
    this.openS = this.open.map((open, j) => Math.max(open, changed(j) ? 1e9 : 1) / 1e9);
    this.n = n;
    for (const name of ["produced", "dropped", "throttled", "put_units", "kib"]) this[name] = totals.number(0, name);
  }

  get allRecords() {
    return this.records.reduce((a, b) => a + b, 0);
  }

  get allBytes() {
    return this.bytes.reduce((a, b) => a + b, 0);
  }

  // The hours that shards were open while traffic came, added up.
  get hours() {
    return (
      ratio(
        this.open.reduce((a, b) => a + BigInt(b), 0n),
        NS,
      ) / 3600
    );
  }
}

function offeredToWrite(recipe, stream) {
  const { records_per_s, bytes_per_s } = recipe.measuring.limits;
  const mean = (offered, capacity) => most(offered.map((each, j) => each / stream.openS[j] / capacity));
  return {
    write_records: offered(
      mean(stream.offered, records_per_s),
      most(stream.busiestRecords.map((n) => n / records_per_s)),
    ),
    write_bytes: offered(mean(stream.offeredBytes, bytes_per_s), most(stream.busiestBytes.map((n) => n / bytes_per_s))),
  };
}

// `polling`: by who polls, the calls wanted of each shard; a mapping that is pushed to has none but itself.
function offeredToRead(recipe, stream, polling, endS) {
  const { calls_per_s, read_bytes_per_s, bytes_per_s } = recipe.measuring.limits,
    readers = Math.max(1, polling.length);
  const wanted = stream.open.map((_, j) => polling.reduce((sum, calls) => sum + (calls[j] ?? 0), 0));
  return {
    ...(polling.length
      ? {
          read_calls: offered(
            most(wanted.map((calls) => calls / endS / calls_per_s)),
            most(stream.busiestCalls.map((calls) => calls / calls_per_s)),
          ),
        }
      : {}),
    read_bytes: offered(
      most(stream.bytes.map((bytes, j) => (readers * bytes) / stream.openS[j] / read_bytes_per_s)),
      most(stream.busiestBytes.map((bytes) => (readers * Math.min(bytes, bytes_per_s)) / read_bytes_per_s)),
    ),
  };
}

// The time that the records of each lane need: simulator/measures/lane_work.py.
function neededS(recipe, mapping, stream, found) {
  const size = stream.allBytes / Math.max(1, stream.allRecords),
    records = fullBatch(recipe, mapping, size);
  const { totals, lanes } = found,
    done = (name) => totals.number(0, `${name}_records`);
  const each = (name) => ratio(totals.sum(0, name), BigInt(done(name))) / 1e9;
  const unknown = batchS(recipe, mapping, records, size) / records;
  const eachS = done("full") ? each("full") : done("all") ? each("all") : unknown;
  const n = lanes.column("accepted").findLastIndex((accepted) => accepted) + 1;
  return Array.from(
    { length: n },
    (_, lane) =>
      lanes.number(lane, "worked_ns") / 1e9 +
      (lanes.number(lane, "accepted") - lanes.number(lane, "processed")) * eachS,
  );
}

// The records of a full batch: batch_size, or as many as fit into 6 MiB of payload (simulator/measures/expected.py).
function fullBatch(recipe, mapping, meanBytes) {
  const { payload_bytes, envelope_bytes } = recipe.measuring.limits;
  return Math.max(
    1,
    Math.min(mapping.batch_size, Math.floor(payload_bytes / (envelope_bytes + 4 * Math.ceil(meanBytes / 3)))),
  );
}

// How long a lane is busy with a batch, in the mean, without cold starts, throttles and errors.
function batchS(recipe, mapping, records, meanBytes) {
  const takes = work(recipe.functions[mapping.function]);
  const each = takes.per_record.mean + (meanBytes / 2 ** 20) * takes.per_mib.mean;
  return mapping.invoke_overhead_s + takes.per_batch.mean + records * each;
}

// `wanted`: of the units that the function takes from, the most in use or missed at once.
function offeredToFunction(recipe, number, streams, found, wanted) {
  const needs = recipe.mappings.map((each, i) => neededS(recipe, each, streams[each.stream], found[i]));
  const mapping = recipe.mappings[number],
    fn = recipe.functions[mapping.function];
  const shares = (each) =>
    each.function === mapping.function || (fn.reserved === null && recipe.functions[each.function].reserved === null);
  const all = recipe.mappings.reduce(
    (sum, each, i) => (shares(each) ? sum + total(needs[i]) / readS(recipe, each) : sum),
    0,
  );
  const units = fn.reserved ?? sharedUnits(recipe),
    ofUnits = (each) => (units ? each / units : each ? Infinity : 0);
  return {
    lanes: offered(most(needs[number]) / readS(recipe, mapping)),
    concurrency: offered(ofUnits(all), ofUnits(wanted)),
  };
}

// The time of the traffic that a mapping does not skip.
function readS(recipe, mapping) {
  const starts = recipe.producers.filter((each) => each.stream === mapping.stream).map((each) => each.start_s);
  const begin = Math.min(0, ...starts),
    { position } = mapping;
  const since = position === "latest" ? mapping.starts_after_s : position === "trim_horizon" ? begin : position;
  return Math.max(recipe.duration_s - Math.max(begin, since), 1 / 1e9);
}
