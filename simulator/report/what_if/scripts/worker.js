// The page's other thread: it is given the kernel and the recipe once, and then settings; it answers with figures.
const GIB = 2 ** 30;

// The memory that a run may take: half of the machine's where a browser tells it, and what WebAssembly can address.
const mostBytes = () => Math.min(3.9, (globalThis.navigator?.deviceMemory ?? 4) / 2) * GIB;

const own = {};

function prepare({ kernel, content }) {
  own.module = new WebAssembly.Module(kernel);
  HASHES.clear();
  own.knobs = content.knobs;
  own.recipe = { ...content.recipe, tables: unpackedTables(content.recipe.tables, content.recipe.order) };
}

// The figures with some settings; `duration_s`: of the traffic, where it is to be shorter.
function simulated({ moves, duration_s }, told) {
  const recipe = changed(own.recipe, own.knobs, moves);
  if (duration_s) recipe.duration_s = duration_s;
  const machine = measure(own.module, recipe, plan(recipe, recipe.tables), Math.floor(mostBytes()), told);
  return figuresOf(recipe, blocksOf(machine, recipe));
}

// As JSON has it: what is infinite, or not known, is null.
const plain = (figures) => JSON.parse(JSON.stringify(figures));

function answer({ data }) {
  if (data.content) return prepare(data);
  const began = performance.now();
  try {
    const problem = problemOf(changed(own.recipe, own.knobs, data.moves));
    postMessage({ id: data.id, sets: setsOf(own.recipe, own.knobs, data.moves), ...(problem ? { problem } : {}) });
    if (problem) return;
    const figures = plain(simulated(data, (part) => postMessage({ id: data.id, part })));
    postMessage({ id: data.id, figures, took_ms: performance.now() - began });
  } catch (error) {
    postMessage({
      id: data.id,
      error: String(error),
      tooLarge: error instanceof TooLarge ? `${(mostBytes() / GIB).toFixed(1)} GiB` : "",
    });
  }
}

if (typeof document === "undefined" && typeof onmessage !== "undefined") onmessage = answer;
