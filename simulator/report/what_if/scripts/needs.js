// Settings that have an effect only with another one: how long an outage lasts says whether it begins at all.
const stepOf = (knob, moves) => moves[knob.id] ?? knob.today;

function hasEffect(knob, knobs, moves) {
  const needs = knob.needs.map(([id, without]) => [knobs.find((each) => each.id === id), without]);
  return (
    !needs.length ||
    needs.some(
      ([other, without]) =>
        !other || (other.steps[stepOf(other, moves)].value !== without && hasEffect(other, knobs, moves)),
    )
  );
}

// The moves of what has an effect.
const effective = (knobs, moves) =>
  Object.fromEntries(
    knobs
      .filter((knob) => knob.id in moves && hasEffect(knob, knobs, moves))
      .map((knob) => [knob.id, moves[knob.id]]),
  );
