// How many shards were open over time, beside the answers: where something changes them, or asked for it.
function showShards(place, now, then, otherName, refusals) {
  const curve = element("div");
  place.replaceChildren(element("p", {}, ...shardsTold(now, refusals).map((text) => `${text} `)), curve);
  const lines = [...(then ? [{ ...course(then), name: "then" }] : []), { ...course(now), name: "now" }];
  const those = then ? `; ${otherName} ${countTold(course(then).steps.at(-1)[1])}` : "";
  openCurve(curve, lines, `Open shards over time: ${countTold(lines.at(-1).steps.at(-1)[1])} at the end${those}`);
}

// From when on there were how many; where nothing changes them, at all times.
const course = ({ open_shards, shards, end_s }) => ({ steps: open_shards ?? [[0, shards]], end: end_s });

function shardsTold({ open_shards, reshardings_done: done, reshardings_refused: refused }, words) {
  if (!open_shards) return ["Nothing changes the shards."];
  const requests = (n) => (n === 1 ? "1 request was" : `${n ? countTold(n) : "no"} requests were`);
  return [
    `${countTold(open_shards[0][1])} at the start, ${countTold(open_shards.at(-1)[1])} at the end; ` +
      `${requests(done)} carried out.`,
    ...Object.entries(refused).map(([why, n]) => `${requests(n)} refused: ${words[why] ?? why}.`),
  ];
}
