// Whether a mapping keeps up, and what it waits for (conclusions.md): as simulator/measures/verdict.py has it.
const RISING = 0.02,
  LOSING = 0.001,
  MUCH = 0.1;
const CHOSEN = ["poll_interval", "read_latency", "propagation", "batching_window", "invoke_overhead", "processing"];

// The state of a mapping and the reason for it. `course`: what it rests on, see figures.js.
function stateOf(course) {
  const { lags, limit, quarter, duration } = course,
    behind = lags.last > limit;
  if (behind && quarter.stuck) return ["blocked", blocked(course)];
  if (behind && course.rise > RISING)
    return [
      "overloaded",
      `when the traffic ended it was ${told(seconds(lags.last))} behind and ` +
        `fell back ${fixed(course.rise, 2)} s every second`,
    ];
  if (course.lost > LOSING * course.records) return ["losing", losing(course)];
  if (behind || course.behind.some(([begin]) => begin <= duration))
    return ["backlogged", `was up to ${told(seconds(lags.peak))} behind, and ${catchingUp(course, behind)}`];
  return ["stable", `never more than ${fixed(seconds(lags.peak), 1)} s behind`];
}

function blocked({ quarter, durationS, lags }) {
  const of = quarter.waiting > 1 ? `${counted(quarter.stuck)} of ${counted(quarter.waiting)} lanes` : "its only lane";
  return (
    `${of} with records waiting got none of them done in the last ${told(0.25 * durationS)} of the traffic; ` +
    `the oldest had waited for ${told(seconds(lags.last))}`
  );
}

function losing({ droppedAtWrite, quarter, lost, records }) {
  const by = { "dropped at write": droppedAtWrite, ...quarter.lostAs },
    part = lost / records;
  const how = greatest(by).replaceAll("_", " ").replace("sent to ", "sent to a ");
  const share = part >= 0.1 ? percent(part) : `${twoDigits(100 * part)}%`;
  return `${counted(lost)} of ${counted(records)} records (${share}) were lost, most of them ${how}`;
}

// Whether and when it caught up, as the run shows, or else at its pace when the traffic ended.
function catchingUp({ lags, limit, rise, caughtUpS, durationS }, behind) {
  if (!behind) return "caught up";
  if (Number.isFinite(caughtUpS)) return `caught up ${told(caughtUpS - durationS)} after the end of the traffic`;
  if (rise >= 0) return "was not catching up when the traffic ended";
  const more = seconds(lags.last - limit) / -rise;
  return `at the pace of the last quarter catches up ${told(more)} after the end of the traffic`;
}

// The cause that binds, its share of all waiting, and why; "" where nothing binds. `waiting`: seconds by cause.
function binding(state, waiting, course) {
  const all = Object.values(waiting).reduce((a, b) => a + b, 0);
  const held = Object.fromEntries(Object.entries(waiting).filter(([cause]) => !CHOSEN.includes(cause)));
  const cause = greatest(held),
    share = cause && all ? held[cause] / all : 0,
    lost = state === "losing" && lostBy(course);
  if (lost) return [lost, all ? (waiting[lost] ?? 0) / all : 0, "most of what was lost was lost by it"];
  if (share && (share >= MUCH || state !== "stable")) return [cause, share, `${percent(share)} of all waiting`];
  const first = greatest(waiting);
  return [
    "",
    0,
    all
      ? `${percent(waiting[first] / all)} of all waiting is for the ${first.replaceAll("_", " ")}`
      : "no record waited",
  ];
}

// What most lost records were lost by, where that is known beside all waiting.
function lostBy({ quarter, writeLimit, droppedAtWrite, lost }) {
  const failure = greatest(quarter.byFailure),
    by = { [writeLimit]: droppedAtWrite };
  by[failure] = quarter.byFailure[failure] ?? 0;
  const first = greatest(by);
  return by[first] * 2 > lost ? first : "";
}

const greatest = (of) => Object.keys(of).reduce((best, each) => (best === "" || of[each] > of[best] ? each : best), "");

// A time as people say it.
function told(time) {
  for (const [unit, size] of [
    ["d", 86400],
    ["h", 3600],
    ["min", 60],
  ])
    if (time >= 2 * size) return `${fixed(time / size, 1)} ${unit}`;
  return `${fixed(time, 0)} s`;
}
