// From a move to its answer: a part of the traffic first where all of it takes long, then all of it.
const PAUSE_MS = 80,
  LONG_MS_OF_A_RUN = 1500,
  SHORT_MS_OF_A_RUN = 400;

// A knob was moved: when it has come to rest, simulate.
function moved(page) {
  clearTimeout(page.waiting);
  page.waiting = setTimeout(() => simulate(page, effective(page.known.knobs, page.moves)), PAUSE_MS);
}

// Simulate with some settings: of what takes long, a part of the traffic first.
function simulate(page, moves, then = () => {}) {
  const whole = (said) => ask(page, moves, undefined, said, then),
    short = shortened(page, expectedMs(page, moves));
  page.short = undefined;
  if (short)
    ask(page, moves, short, `simulating the first ${timeTold(short)} of traffic …`, () =>
      whole(page.status.textContent),
    );
  else whole("simulating …");
}

// How long all of it may take: as the last one did, and longer with more traffic.
function expectedMs({ took, known: { knobs } }, moves) {
  return took ? took.ms * Math.max(1, trafficOf(knobs, moves) / took.traffic) : 0;
}

function trafficOf(knobs, moves) {
  const knob = knobs.find(({ id }) => id === "traffic");
  return knob ? knob.steps[stepOf(knob, moves)].value : 1;
}

// The seconds of traffic that take a moment, with all that is written before, if all of it takes long; each producer
// must have begun by then.
function shortened({ known }, tookMs) {
  if (tookMs < LONG_MS_OF_A_RUN) return undefined;
  const { duration_s, producers } = known.recipe,
    begins_s = Math.min(0, ...producers.map((each) => each.start_s)),
    part = (duration_s - begins_s) * (SHORT_MS_OF_A_RUN / tookMs) + begins_s;
  if (part <= 0) return undefined;
  const [size] = [86400, 3600, 60, 1].filter((each) => part >= each),
    short = size ? Math.floor(part / size) * size : part;
  return producers.every((each) => each.start_s < short) && short < duration_s ? short : undefined;
}

// `said`: what is, meanwhile.
function ask(page, moves, duration_s, said, then) {
  const { runner, progress, status } = page;
  status.textContent = said;
  status.classList.remove("failed");
  progress.value = 0;
  runner.ask({ moves, duration_s }, (heard) => {
    if (heard.sets) page.sets = heard.sets;
    if (heard.part !== undefined) progress.value = heard.part;
    if (heard.problem) return fail(page, heard.problem);
    if (heard.error)
      return fail(page, heard.tooLarge ? tooLarge(heard.tooLarge) : `This cannot be simulated: ${heard.error}`);
    if (heard.figures) answered(page, moves, duration_s, heard, then);
  });
}

const tooLarge = (most) =>
  `Too many records wait at once with these settings: they take more than the ${most} of memory that a page has. ` +
  "shardsim run with the copied settings may have more.";

// What is shown stays: it is of the settings before.
function fail(page, why) {
  page.short = undefined;
  show(page);
  page.status.textContent = page.now ? `${why} What is shown is the last answer.` : why;
  page.status.classList.add("failed");
}

function answered(page, moves, duration_s, { figures, took_ms }, then) {
  const before = page.now;
  if (duration_s) page.short = { run: figures, moves };
  else {
    page.took = { ms: took_ms, traffic: trafficOf(page.known.knobs, moves) };
    page.short = undefined;
    remember(page, moves, figures);
    try {
      history.replaceState(
        null,
        "",
        Object.keys(page.moves).length ? linkOf(page) : location.href.split("#what-if?")[0],
      );
    } catch {} // where an address may not be changed it stays
  }
  page.mapping ??= worstOf(figures, page.known.words);
  show(page);
  const so = inShort(figures, page.mapping, page.known.words);
  page.status.textContent = duration_s
    ? `Simulated the first ${timeTold(duration_s)} of traffic: ${so}; all of it follows …`
    : `Simulated ${timeTold(figures.duration_s)} of traffic in ${timeTold(took_ms / 1000)}: ${so}.`;
  if (!duration_s) page.status.append(sameAs(page, before));
  then();
}

// A move that changes nothing is said to: where nothing fails, retries are of no use, and AWS refuses some requests.
function sameAs({ now, tries: [today] }, before) {
  const text = ({ run: { event_source_mappings, bill } }) => JSON.stringify([event_source_mappings, bill]);
  const same = (other) => other && other !== now && text(other) === text(now);
  if (same(today)) return " Every figure is that of today.";
  return same(before) ? ` Every figure is that of try ${before.number}.` : "";
}

// How a run went, in a line.
function inShort(figures, mapping, { states }) {
  const { usd_per_month, usd_per_month_at_least } = figures.bill,
    own = figures.event_source_mappings[mapping];
  const name = Object.keys(figures.event_source_mappings).length > 1 ? `${mapping} ` : "";
  const so = own ? `${name}${states[own.verdict][0]}, lag at most ${timeTold(own.lag.peak_s)}, ` : "";
  const refused = Object.values(figures.streams).flatMap((each) => Object.values(each.reshardings_refused ?? {}));
  const requests = refused.reduce((a, b) => a + b, 0),
    no = requests ? `, ${countTold(requests)} ${requests === 1 ? "request" : "requests"} for shards refused` : "";
  return `${so}${usdTold(usd_per_month, usd_per_month_at_least)} a month${no}`;
}
