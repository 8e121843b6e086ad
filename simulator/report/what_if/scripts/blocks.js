// The measures that the kernel hands out: blocks of words, by the fields that simulator/kernel/blocks.py names.
class Block {
  // `layout`: how many words a row has, and of each field where it begins, how many there are, and what it is made of.
  constructor(words, layout) {
    this.words = words;
    this.layout = layout;
    this.rows = words.length / layout.words;
  }

  // Where a field of a row is, `path` such as "cell.integral".
  place(row, path, i = 0) {
    let { layout } = this,
      at = row * layout.words;
    for (const name of path.split(".")) {
      const field = layout.fields[name];
      at += field.at;
      layout = field.of;
      if (field.n > 1) at += i * field.words;
    }
    return at;
  }

  big(row, path, i) {
    return this.words[this.place(row, path, i)];
  }

  number(row, path, i) {
    return Number(this.big(row, path, i));
  }

  // A sum that is kept as two: high * 2**30 + low.
  sum(row, path, i) {
    const at = this.place(row, path, i);
    return (this.words[at] << 30n) + this.words[at + 1];
  }

  // Several, of one field or row by row.
  several(row, path) {
    const { n } = this.layout.fields[path],
      at = this.place(row, path);
    return Array.from(this.words.subarray(at, at + n), Number);
  }

  column(path, i) {
    return Array.from({ length: this.rows }, (_, row) => this.number(row, path, i));
  }

  // Its first rows.
  upto(rows) {
    return new Block(this.words.subarray(0, rows * this.layout.words), this.layout);
  }
}

// All measures of a run that is over: of each stream, function, mapping and other reader its blocks by name.
function blocksOf(machine, recipe) {
  const { kinds } = recipe.blocks;
  const of = (thing, number) =>
    Object.fromEntries(
      kinds[thing].blocks.map(([name, layout], kind) => [
        name,
        new Block(machine.block(kinds[thing].first + kind, number), layout),
      ]),
    );
  const all = (thing, things) => things.map((_, number) => of(thing, number));
  return {
    end_ns: machine.now,
    streams: all("stream", recipe.streams),
    functions: all("function", recipe.functions),
    mappings: all("mapping", recipe.mappings),
    readers: all("other reader", recipe.readers),
  };
}

// The rows of a series that a run has, after the one of what was before t = 0.
function rowsOf(block, end, interval) {
  return block.upto(Math.min(block.rows, Number(roundedUp(end, interval)) + 1));
}
