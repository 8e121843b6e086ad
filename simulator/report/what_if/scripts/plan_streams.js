// The writing end of a plan: as simulator/kernel/plan_streams.py writes it.
const HALF = (1n << 64n) - 1n,
  LAST_HASH_KEY = (1n << 128n) - 1n;

// The first hash key of each shard at the start, and one beyond the last of all (model.md, section 2).
function firstKeys(stream) {
  const step = (LAST_HASH_KEY + 1n) / BigInt(stream.shards);
  const firsts = unequal(stream)
    ? stream.firsts.map(BigInt)
    : Array.from({ length: stream.shards }, (_, j) => BigInt(j) * step);
  return [...firsts, LAST_HASH_KEY + 1n];
}

// With another number of shards than the ranges have, they are equal.
const unequal = (stream) => stream.firsts !== null && stream.firsts.length === stream.shards;

// The parallelization factors above 1 of those who read a stream.
function factorsOf(recipe, stream) {
  const found = recipe.mappings.filter((each) => each.stream === stream).map((each) => each.parallelization_factor);
  return [...new Set(found)].filter((factor) => factor > 1).sort((a, b) => a - b);
}

function writeStream(words, recipe, stream, number) {
  const factors = factorsOf(recipe, number);
  words.whole(stream.shards, ns(stream.retention_s), unequal(stream));
  if (unequal(stream))
    words.whole(
      ...firstKeys(stream)
        .slice(0, -1)
        .flatMap((first) => [first >> 64n, first & HALF]),
    );
  words.whole(stream.large, factors.length, ...factors);
  words.fragment(stream.rest);
  writeReshaping(words, stream);
}

function writeProducer(words, recipe, producer) {
  words.whole(producer.stream, producer.drop);
  const rate = profile(producer.rate, recipe.traffic, words.tables);
  writeProfile(words, rate);
  words.number(integral(rate, producer.start_s));
  words.whole(ns(Math.min(producer.stop_s, recipe.duration_s)), producer.poisson, producer.arrivals_key);
  writeKeys(words, recipe, producer);
  words.fragment(producer.rest);
}

function writeKeys(words, recipe, producer) {
  const { keys } = producer,
    stream = recipe.streams[producer.stream];
  if (keys.unique) return words.whole(0, keys.key);
  words.fragment(keys.drawing);
  const hashes = hashesOf(producer),
    firsts = firstKeys(stream);
  const shards = Uint32Array.from(hashes, (hash) => shardOf(hash, firsts));
  words.array(shards);
  for (const factor of factorsOf(recipe, producer.stream))
    words.array(
      Uint8Array.from(hashes, (hash, i) => {
        const [first, next] = firsts.slice(shards[i], shards[i] + 2);
        return Number(((hash - first) * BigInt(factor)) / (next - first));
      }),
    );
  if (reshapes(stream)) writeInOrder(words, hashes);
}

const HASHES = new Map(); // by producer: that of each of its keys

function hashesOf({ name, keys }) {
  const names = keys.names ?? Array.from({ length: keys.count }, (_, i) => `${name}-${i}`);
  if (!HASHES.has(name)) HASHES.set(name, names.map(keyHash));
  return HASHES.get(name);
}

function shardOf(hash, firsts) {
  let [low, high] = [0, firsts.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (firsts[middle] <= hash) low = middle;
    else high = middle;
  }
  return low;
}

const ORDERS = new WeakMap(); // by the hashes of keys: their numbers in ascending order of these

function writeInOrder(words, hashes) {
  if (!ORDERS.has(hashes)) ORDERS.set(hashes, inOrder(hashes));
  const order = ORDERS.get(hashes);
  words.array(BigUint64Array.from(order.flatMap((i) => [hashes[i] >> 64n, hashes[i] & HALF])));
  words.array(Uint32Array.from(order));
}

const inOrder = (hashes) =>
  Array.from(hashes.keys()).sort((a, b) => (hashes[a] < hashes[b] ? -1 : hashes[a] > hashes[b] ? 1 : a - b));
