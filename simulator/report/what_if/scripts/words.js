// Words of a plan, one after the other: as simulator/kernel/words.py writes them.
class Words {
  // `tables`: of the recipe, by number.
  constructor(tables) {
    this.tables = tables;
    this.n = 0;
    this.view = new DataView(new ArrayBuffer(1 << 18));
    this.placed = [];
  }

  // Whole numbers, or keys.
  whole(...values) {
    this.room(values.length);
    for (const value of values) this.view.setBigUint64(8 * this.n++, BigInt.asUintN(64, BigInt(value)), true);
  }

  // Floats.
  number(...values) {
    this.floats(values);
  }

  floats(values) {
    this.room(values.length);
    for (const value of values) this.view.setFloat64(8 * this.n++, value, true);
  }

  // An array, padded to a word; it is not counted.
  array(values) {
    this.bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  // Its length, then an array of floats.
  counted(values) {
    this.whole(values.length);
    this.floats(values);
  }

  // How many there are, then each.
  each(items, write) {
    this.whole(items.length);
    items.forEach(write);
  }

  // The quantile function of a distribution (quantiles.js).
  quantile(of) {
    this.whole(of.kind);
    if (of.kind === 0) this.number(of.value);
    if (of.kind === 1) this.number(of.low, of.high);
    if (of.kind === 2) this.counted(of.values);
    if (of.kind === 3) this.table(nodes(of, this.tables));
  }

  // What was written as words when the recipe was.
  fragment(parts) {
    for (const part of parts) typeof part === "number" ? this.table(this.tables[part]) : this.bytes(bytesOf(part));
  }

  // A table, or in which word its like begins: tables are large, and many things may share one.
  table(values) {
    const known = this.placed.find((each) => each.values.every((value, i) => value === values[i]));
    this.whole(known ? known.at : 0);
    if (known) return;
    this.placed.push({ values, at: this.n });
    this.floats(values);
  }

  // All of them.
  content() {
    return new Uint8Array(this.view.buffer, 0, 8 * this.n);
  }

  bytes(bytes) {
    const words = Math.ceil(bytes.length / 8);
    this.room(words);
    new Uint8Array(this.view.buffer).set(bytes, 8 * this.n);
    this.n += words;
  }

  room(words) {
    let size = this.view.byteLength;
    while (8 * (this.n + words) > size) size *= 2;
    if (size === this.view.byteLength) return;
    const grown = new Uint8Array(size);
    grown.set(new Uint8Array(this.view.buffer, 0, 8 * this.n));
    this.view = new DataView(grown.buffer);
  }
}

const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

// The tables of a recipe: differences of differences, or what one is off a multiple of one before it.
function unpackedTables(packed, order) {
  const tables = [];
  for (const each of packed) tables.push(each.off ? multiple(tables[each.of], each) : unpacked(each, order));
  return tables;
}

function unpacked(base64, order) {
  const words = unfolded(base64),
    n = words.length;
  for (let k = 0; k < order; k++) for (let i = 1; i < n; i++) words[i] += words[i - 1];
  return new Float64Array(words.buffer);
}

function multiple(of, { times, off }) {
  const values = of.map((value) => value * times),
    words = new BigUint64Array(values.buffer);
  unfolded(off).forEach((by, i) => (words[i] += by));
  return values;
}

// Whole numbers that are kept by bytes, the least of all first.
function unfolded(base64) {
  const bytes = bytesOf(base64),
    n = bytes.length / 8,
    words = new BigUint64Array(n);
  const folded = new Uint8Array(words.buffer);
  for (let i = 0; i < n; i++) for (let j = 0; j < 8; j++) folded[8 * i + j] = bytes[j * n + i];
  for (let i = 0; i < n; i++) words[i] = (words[i] >> 1n) ^ -(words[i] & 1n);
  return words;
}
