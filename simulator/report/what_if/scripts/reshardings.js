// How the shards of a stream changed, by the names of summary.json: simulator/kernel/changed.py, measures/summary.py.
// `open_shards`: from when on there are how many, as pairs.
function reshardingsOf({ spans, requests }, end, refusals) {
  const made = Array.from({ length: requests.rows }, (_, i) => i).filter((i) => requests.big(i, "at_ns") < end);
  const refused = {};
  for (const i of made) {
    const why = refusals[requests.number(i, "refused")];
    if (why) refused[why] = (refused[why] ?? 0) + 1;
  }
  const open = openShards(spans, end);
  return {
    open_shards: open,
    open_shards_at_end: open.at(-1)[1],
    reshardings_done: made.filter((i) => requests.big(i, "done_ns") !== NEVER).length,
    reshardings_refused: refused,
  };
}

function openShards(spans, end) {
  const changes = new Map([[0n, 0]]);
  const change = (time, by) => time <= end && changes.set(time, (changes.get(time) ?? 0) + by);
  for (let j = 0; j < spans.rows; j++) {
    const opens = spans.big(j, "opens_ns");
    change(opens > 0n ? opens : 0n, 1);
    change(spans.big(j, "closes_ns"), -1);
  }
  let open = 0;
  return [...changes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([time, by]) => [seconds(time), (open += by)]);
}
