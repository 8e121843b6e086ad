// 'What if': settings that a reader moves, and what a run of the scenario comes to with them, simulated in this page.
const PAUSE_MS = 80, LONG_MS_OF_A_RUN = 1500, SHORT_MS_OF_A_RUN = 400;

async function begin(section) {
  const content = await unpackedContent(document.getElementById("what-if-data").textContent);
  const script = document.getElementById("what-if-worker").textContent;
  const { kernel, ...known } = content, moves = movesFrom(location.hash, known.knobs);
  const page = { known, moves, tries: [], against: 1, mapping: undefined, runner: new Runner(script, { kernel, content: known }), sets: [] };
  lay(section, page);
  for (const each of [section, document.querySelector("nav [href=\"#what-if\"]").parentElement]) each.hidden = false;
  simulate(page, {}, () => Object.keys(moves).length && moved(page));
  if (location.hash.startsWith("#what-if")) section.scrollIntoView();
}

// What the page holds, packed: the kernel, the recipe with its knobs, and words.
async function unpackedContent(base64) {
  const bytes = Uint8Array.from(atob(base64.trim()), (letter) => letter.charCodeAt(0));
  const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  const content = JSON.parse(text);
  return { ...content, kernel: Uint8Array.from(atob(content.kernel), (letter) => letter.charCodeAt(0)).buffer };
}

function lay(section, page) {
  const answers = answersPlace(), tries = triesPlace(), { knobs } = page.known;
  const status = element("p", { role: "status" }), progress = element("progress", { max: 1, value: 0, "aria-label": "How much is simulated" });
  const settings = controls(knobs, page.moves, () => moved(page));
  const reset = () => {
    for (const id of Object.keys(page.moves)) delete page.moves[id];
    settings.show();
    moved(page);
  };
  const sets = () => page.sets.map(([path, text]) => `--set ${quoted(`${path}=${text}`)}`).join(" ");
  const copies = [button("back to today", reset), copying("copy as --set …", sets), copying("copy as link", () => linkOf(page))];
  Object.assign(page, { answers, triesShown: tries, status, progress, settings });
  section.append(element("div", { class: "status" }, status, progress), element("div", { class: "panes" },
    element("div", { class: "pane" }, element("div", { class: "buttons" }, ...copies), settings.place),
    element("div", { class: "pane" }, answers.place, tries.place)));
  new ResizeObserver(() => show(page)).observe(section);
}

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

function copying(label, text) {
  const made = button(label, async () => {
    const said = text() || "nothing is changed";
    try {
      await navigator.clipboard.writeText(said);
      made.textContent = "copied";
    } catch {
      prompt("To be copied:", said);
    }
    setTimeout(() => (made.textContent = label), 1500);
  });
  return made;
}

// The state in the fragment: the value of each knob that was moved.
function linkOf({ known, moves }) {
  const moved = known.knobs.filter((knob) => knob.id in moves).map((knob) => [knob.id, String(knob.steps[moves[knob.id]].value)]);
  return `${location.href.split("#")[0]}#what-if?${new URLSearchParams(moved)}`;
}

function movesFrom(hash, knobs) {
  const values = new URLSearchParams(hash.startsWith("#what-if?") ? hash.slice(9) : ""), found = Object.create(null);
  for (const knob of knobs) {
    const at = values.has(knob.id) ? knob.steps.findIndex((step) => String(step.value) === values.get(knob.id)) : -1;
    if (at >= 0 && at !== knob.today) found[knob.id] = at;
  }
  return found;
}

// A knob was moved: when it has come to rest, simulate.
function moved(page) {
  clearTimeout(page.waiting);
  page.waiting = setTimeout(() => simulate(page, { ...page.moves }), PAUSE_MS);
}

// Simulate with some settings: of what takes long, a part of the traffic first.
function simulate(page, moves, then = () => {}) {
  const whole = () => ask(page, moves, undefined, then), short = shortened(page);
  if (short) ask(page, moves, short, whole);
  else whole();
}

// The seconds of traffic that take a moment, if all of it takes long; each producer must have begun by then.
function shortened({ tookMs, known }) {
  if (!tookMs || tookMs < LONG_MS_OF_A_RUN) return undefined;
  const { duration_s, producers } = known.recipe, part = duration_s * (SHORT_MS_OF_A_RUN / tookMs);
  const [size] = [86400, 3600, 60, 1].filter((each) => part >= each), short = size ? Math.floor(part / size) * size : part;
  return producers.every((each) => each.start_s < short) && short < duration_s ? short : undefined;
}

function ask(page, moves, duration_s, then) {
  const { runner, progress, status } = page;
  status.textContent = duration_s ? `simulating the first ${timeTold(duration_s)} of traffic …` : "simulating …";
  status.classList.remove("failed");
  progress.value = 0;
  runner.ask({ moves, duration_s }, (said) => {
    if (said.sets) page.sets = said.sets;
    if (said.part !== undefined) progress.value = said.part;
    if (said.problem) return fail(page, said.problem);
    if (said.error) return fail(page, said.tooLarge ? tooLarge(said.tooLarge) : `This cannot be simulated: ${said.error}`);
    if (said.figures) answered(page, moves, duration_s, said, then);
  });
}

const tooLarge = (most) => `Too many records wait at once with these settings: they take more than the ${most} of memory that this page may have. ` +
  "shardsim run with the copied settings may have more.";

function fail(page, why) {
  page.status.textContent = why;
  page.status.classList.add("failed");
}

function answered(page, moves, duration_s, { figures, took_ms }, then) {
  if (duration_s) page.short = { run: figures, moves };
  else {
    page.tookMs = took_ms;
    page.short = undefined;
    remember(page, moves, figures);
    try {
      history.replaceState(null, "", Object.keys(page.moves).length ? linkOf(page) : location.href.split("#what-if?")[0]);
    } catch {} // where an address may not be changed it stays
  }
  page.mapping ??= worstOf(figures, page.known.words);
  show(page);
  const so = inShort(figures, page.mapping, page.known.words);
  page.status.textContent = duration_s ? `Simulated the first ${timeTold(duration_s)} of traffic: ${so}; all of it follows …`
    : `Simulated ${timeTold(figures.duration_s)} of traffic in ${timeTold(took_ms / 1000)}: ${so}.`;
  then();
}

// How a run went, in a line.
function inShort(figures, mapping, { states }) {
  const { usd_per_month, usd_per_month_at_least } = figures.bill, own = figures.event_source_mappings[mapping];
  const so = own ? `${states[own.verdict][0]}, iterator age p99 ${timeTold(own.iterator_age.p99_s)}, ` : "";
  return `${so}${usdTold(usd_per_month, usd_per_month_at_least)} a month`;
}

function worstOf(figures, { states }) {
  const order = Object.keys(states), all = Object.entries(figures.event_source_mappings);
  return all.sort(([, a], [, b]) => order.indexOf(b.verdict) - order.indexOf(a.verdict))[0]?.[0];
}

// The last ten, and always the first, which is today.
function remember(page, moves, run) {
  const { knobs } = page.known, key = JSON.stringify(moves);
  const words = knobs.filter((knob) => knob.id in moves).map((knob) => `${nameOf(knob, knobs)} ${knob.steps[moves[knob.id]].told}`).join(", ") || "today";
  const known = page.tries.findIndex((each) => each.key === key);
  const [again] = known > 0 ? page.tries.splice(known, 1) : [];
  page.count = (page.count ?? 0) + (again || known === 0 ? 0 : 1);
  if (known === 0) page.now = page.tries[0];
  else page.tries.push((page.now = { number: again?.number ?? page.count, key, words, moves, run }));
  if (page.tries.length > MOST_TRIES + 1) page.tries.splice(1, 1);
}

// The label of a knob, with what it belongs to where there are several such.
const nameOf = (knob, knobs) => (knobs.filter((each) => each.label === knob.label).length > 1 ? `${knob.label} (${knob.group.split(" ").slice(1).join(" ")})` : knob.label);

function show(page) {
  if (!page.now) return;
  const { known, short, now, tries } = page, against = tries.find((each) => each.number === page.against) ?? tries[0];
  const run = short?.run ?? now.run, other = short || against === now ? undefined : against.run, otherName = against.number === 1 ? "today" : `try ${against.number}`;
  const choose = (name) => {
    page.mapping = name;
    show(page);
  };
  showAnswers(page.answers.parts, { run, other, otherName, words: known.words, mapping: page.mapping, choose });
  showTries(page.triesShown, [...tries.filter((each) => each !== now), now].sort((a, b) => a.number - b.number), known.words, page.against, page.mapping, {
    take: (each) => {
      for (const id of Object.keys(page.moves)) delete page.moves[id];
      Object.assign(page.moves, each.moves);
      page.settings.show();
      moved(page);
    },
    compare: (each) => {
      page.against = page.against === each.number ? 1 : each.number;
      show(page);
    },
  });
}

const section = document.getElementById("what-if");
if (section && typeof DecompressionStream !== "undefined" && typeof WebAssembly !== "undefined") begin(section);
