// 'What if': settings that a reader moves, and what a run of the scenario comes to with them, simulated in this page.
async function begin(section) {
  const { kernel, worker, ...known } = await unpackedContent(document.getElementById("what-if-data").textContent);
  const page = { known, moves: movesFrom(location.hash, known.knobs), tries: [], against: 1, sets: [] };
  lay(section, page);
  section.hidden = document.querySelector('nav [href="#what-if"]').parentElement.hidden = false;
  if (location.hash.startsWith("#what-if")) section.scrollIntoView();
  whenSeen(section, () => start(page, worker, { kernel, content: known }));
}

// Nothing is simulated for a reader who does not come to it.
function whenSeen(place, then) {
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    then();
  });
  seen.observe(place);
}

// First today, and then what a link has asked for.
function start(page, worker, given) {
  try {
    page.runner = new Runner(worker, given);
    simulate(page, {}, () => Object.keys(page.moves).length && moved(page));
  } catch (error) {
    fail(page, `This browser does not let the page simulate: ${error.message}.`);
  }
}

function lay(section, page) {
  const answers = answersPlace(),
    tries = triesPlace(),
    { knobs } = page.known;
  const status = element("p", { role: "status" }),
    progress = element("progress", { max: 1, value: 0, "aria-label": "How much is simulated" });
  const settings = controls(knobs, page.moves, (knob) => {
    page.mapping = concerned(page, knob);
    moved(page);
  });
  const reset = () => {
    for (const id of Object.keys(page.moves)) delete page.moves[id];
    settings.show();
    moved(page);
  };
  const sets = () => page.sets.map(([path, text]) => `--set ${quoted(`${path}=${text}`)}`).join(" ");
  const copies = [
    button("back to today", reset),
    copying("copy as --set …", sets),
    copying("copy as link", () => linkOf(page)),
  ];
  Object.assign(page, { answers, triesShown: tries, status, progress, settings });
  section.append(
    element("div", { class: "status" }, status, progress),
    element(
      "div",
      { class: "panes" },
      element("div", { class: "pane" }, element("div", { class: "buttons" }, ...copies), settings.place),
      element(
        "div",
        { class: "pane told", tabindex: 0, role: "group", "aria-label": "What comes of it" },
        answers.place,
        tries.place,
      ),
    ),
  );
  new ResizeObserver(() => show(page)).observe(section);
}

// The mapping to be looked at after a move: the one that was, or the first that the setting belongs to.
function concerned({ mapping, known: { recipe } }, { path: [thing, number] }) {
  const of = { mappings: (_, i) => i === number, functions: (each) => each.function === number };
  const theirs = recipe.mappings.filter(of[thing] ?? ((each) => thing !== "streams" || each.stream === number));
  return theirs.some(({ name }) => name === mapping) ? mapping : (theirs[0]?.name ?? mapping);
}

function worstOf(figures, { states }) {
  const order = Object.keys(states),
    all = Object.entries(figures.event_source_mappings);
  return all.sort(([, a], [, b]) => order.indexOf(b.verdict) - order.indexOf(a.verdict))[0]?.[0];
}

function show(page) {
  if (!page.now) return;
  const { known, short, now, tries } = page,
    against = tries.find((each) => each.number === page.against) ?? tries[0];
  const run = short?.run ?? now.run,
    other = short || against === now ? undefined : against.run,
    otherName = against.number === 1 ? "today" : `try ${against.number}`;
  const choose = (name) => {
    page.mapping = name;
    show(page);
  };
  showAnswers(page.answers.parts, { run, other, otherName, words: known.words, mapping: page.mapping, choose });
  showTries(
    page.triesShown,
    [...tries.filter((each) => each !== now), now].sort((a, b) => a.number - b.number),
    known.words,
    page.against,
    page.mapping,
    {
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
    },
  );
}

const section = document.getElementById("what-if");

if (section && typeof DecompressionStream !== "undefined" && typeof WebAssembly !== "undefined") begin(section);
