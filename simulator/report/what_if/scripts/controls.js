// The settings that a reader moves: a slider, a switch or a choice for each, by what it belongs to.
function controls(knobs, moves, moved) {
  const groups = new Map();
  for (const knob of knobs) groups.set(knob.group, [...(groups.get(knob.group) ?? []), knob]);
  const kinds = new Map(); // how many groups there are of a kind: of several the first is open
  const shown = new Map(),
    showAll = () => shown.forEach((show) => show()),
    place = element("div", { class: "knobs" });
  for (const [name, mine] of groups) {
    const kind = name.split(" ")[0],
      first = !kinds.has(kind);
    kinds.set(kind, true);
    const group = element(
      "details",
      { open: first || mine.some((knob) => knob.id in moves) },
      element("summary", {}, element("h3", {}, name)),
    );
    for (const knob of mine) {
      const made = control(knob, knobs, moves, () => {
        showAll();
        moved(knob);
      });
      shown.set(knob.id, made.show);
      group.append(made.place);
    }
    place.append(group);
  }
  return { place, show: showAll };
}

function control(knob, knobs, moves, moved) {
  const id = `knob-${knob.id}`,
    values = knob.steps.map((step) => step.value);
  const flag = values.every((value) => typeof value === "boolean"),
    words = values.every((value) => typeof value === "string");
  const input = flag
    ? element("input", { type: "checkbox", id, role: "switch" })
    : words
      ? element("select", { id }, ...knob.steps.map((step, i) => element("option", { value: i }, step.told)))
      : element("input", { type: "range", id, min: 0, max: knob.steps.length - 1, step: 1 });
  const output = element("output", { for: id }),
    today = element("span", {}, `today ${knob.steps[knob.today].told}`);
  const more = [knob.aws && `AWS: ${knob.aws}`, knob.remark].filter(Boolean).map((text) => `; ${text}`);
  const note = element("p", { class: "note", id: `${id}-note` }, today, ...more);
  input.setAttribute("aria-describedby", note.id);
  const place = element(
    "div",
    { class: `knob${flag ? " flag" : ""}` },
    element("label", { for: id }, knob.label),
    ...(words ? [] : [output]), // a choice shows what it is
    input,
    note,
  );
  const show = () => {
    const at = stepOf(knob, moves),
      { told, value } = knob.steps[at];
    place.hidden = !hasEffect(knob, knobs, moves);
    if (flag) input.checked = value;
    else input.value = at;
    output.textContent = told;
    if (input.type === "range") input.setAttribute("aria-valuetext", told);
    place.classList.toggle("moved", at !== knob.today);
  };
  input.addEventListener("input", () => {
    const at = flag ? values.indexOf(input.checked) : Number(input.value);
    if (at === knob.today) delete moves[knob.id];
    else moves[knob.id] = at;
    moved();
  });
  show();
  return { place, show };
}
