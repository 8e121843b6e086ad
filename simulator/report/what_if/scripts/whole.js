// A whole run, in steps of about a tenth of a second, so that progress is told (simulator/kernel/whole.py).
const FIRST_NS = NS,
  SHORT_MS = 50,
  LONG_MS = 200;

// Simulate a plan to its end: the machine, over. `told`: how much of the run is done, as a part. Raises TooLarge.
function measure(module, recipe, plan, mostBytes, told = () => {}) {
  const machine = new Machine(module, plan, mostBytes),
    begin = BigInt(recipe.begin_ns);
  const duration = ns(recipe.duration_s),
    latest = duration + ns(recipe.drain_s);
  let until = begin,
    step = FIRST_NS,
    status = RUNNING;
  while (status !== OVER) {
    const began = performance.now();
    until += step;
    do status = machine.goOn(until < latest ? until : NEVER);
    while (status === RUNNING);
    const took = performance.now() - began;
    if (took < SHORT_MS) step *= 2n;
    else if (took > LONG_MS) step = step > 1n ? step / 2n : 1n;
    told(Math.min(1, ratio(machine.now - begin, duration - begin)));
  }
  return machine;
}
