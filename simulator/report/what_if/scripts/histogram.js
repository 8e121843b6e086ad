// Percentiles of times in logarithmic buckets: as simulator/measures/histogram.py and unserved.py take them.
const EDGES = new Float64Array(1),
  EDGE_WORDS = new BigUint64Array(EDGES.buffer);

class Histogram {
  constructor(counts, sum, least, greatest) {
    this.counts = counts;
    this.sum = sum;
    this.least = least;
    this.greatest = greatest;
    this.n = counts.reduce((n, count) => n + count, 0);
  }

  static of(block) {
    return new Histogram(
      block.several(0, "counts"),
      block.sum(0, "sum"),
      block.number(0, "least_ns"),
      block.number(0, "greatest_ns"),
    );
  }

  // A percentile in seconds, off by at most 0.4 %; NaN without values.
  percentile(percent) {
    if (!this.n) return NaN;
    return Math.min(Math.max(percentileNs(this.counts, percent), this.least), this.greatest) / 1e9;
  }

  get mean() {
    return this.n ? ratio(this.sum, BigInt(this.n) * NS) : NaN;
  }
}

// The lower edge of a bucket: its bits as a float are the exponent and the first eight bits of the mantissa.
function bucketEdge(bucket) {
  EDGES[0] = 2 ** 10;
  EDGE_WORDS[0] = ((EDGE_WORDS[0] >> 44n) + BigInt(bucket)) << 44n;
  return EDGES[0];
}

function percentileNs(counts, percent) {
  let all = 0;
  for (const count of counts) all += count;
  const rank = (percent / 100) * all,
    first = counts.findIndex((count) => count),
    last = counts.findLastIndex((count) => count);
  let bucket = 0,
    upto = counts[0];
  while (upto < rank && bucket < counts.length - 1) upto += counts[++bucket];
  for (; bucket < first; upto += counts[++bucket]);
  for (; bucket > last; upto -= counts[bucket--]);
  const within = (rank - (upto - counts[bucket])) / counts[bucket],
    low = bucketEdge(bucket);
  return low + (bucketEdge(bucket + 1) - low) * Math.min(Math.max(within, 0), 1);
}

// A percentile of the latencies of processed records, of those left, known by their ages, and of lost ones: the least
// that it can be, and the most.
function latencyPercentile(processed, left, lost, percent) {
  const least = leastLatency(processed, left, lost, percent);
  return { least, most: left.n ? mostLatency(processed, left, lost, percent) : least };
}

function leastLatency(processed, left, lost, percent) {
  if (!(lost || left.n)) return processed.percentile(percent);
  const known = processed.n + left.n,
    rank = (percent / 100) * (known + lost);
  if (rank > known || !known) return Infinity;
  const counts = processed.counts.map((count, i) => count + left.counts[i]);
  const value = percentileNs(counts, (100 * rank) / known);
  const [least, greatest] = [Math.min(processed.least, left.least), Math.max(processed.greatest, left.greatest)];
  return Math.min(Math.max(value, least), greatest) / 1e9;
}

// If none of those left ever ends.
function mostLatency(processed, left, lost, percent) {
  const rank = (percent / 100) * (processed.n + left.n + lost);
  return rank > processed.n || !processed.n ? Infinity : processed.percentile((100 * rank) / processed.n);
}
