// The kernel's WebAssembly file at work: its memory, and its few functions (simulator/kernel/machine.py, c/door.c).
const RUNNING = 0,
  OVER = 1;

class TooLarge extends Error {}

class Machine {
  // Begin the run of a plan, which may take so much memory.
  constructor(module, plan, mostBytes) {
    this.door = new WebAssembly.Instance(module, {}).exports;
    this.kernel = this.door.new_run(BigInt(plan.length), BigInt(mostBytes));
    if (!this.kernel) throw new TooLarge();
    new Uint8Array(this.door.memory.buffer, this.door.plan_of(this.kernel) >>> 0, plan.length).set(plan);
    this.check(this.door.begin_run(this.kernel, BigInt(plan.length)));
  }

  // Go on until all that was decided before a time has happened, or for a portion: RUNNING, REACHED or OVER.
  goOn(until) {
    return this.check(this.door.go_on_run(this.kernel, until));
  }

  get now() {
    return this.door.now_of(this.kernel);
  }

  // The records of a stream that wait at their producers, or that somebody has not done with.
  recordsKept(stream) {
    return Number(this.door.records_kept(this.kernel, stream));
  }

  // A copy of a block of measures, when the run is over.
  block(kind, number) {
    const pieces = [];
    for (let n; (n = Number(this.door.block_words(this.kernel, kind, number, BigInt(pieces.length))));) {
      const address = this.door.block(this.kernel, kind, number, BigInt(pieces.length)) >>> 0;
      pieces.push(new BigInt64Array(this.door.memory.buffer, address, n).slice());
    }
    const all = new BigInt64Array(pieces.reduce((n, piece) => n + piece.length, 0));
    pieces.reduce((at, piece) => (all.set(piece, at), at + piece.length), 0);
    return all;
  }

  check(status) {
    if (status === -1) throw new Error("this is no plan of a run");
    if (status === -2) throw new TooLarge();
    return status;
  }
}
