// Who simulates: another thread, which a new move ends; the next one stands ready.
class Runner {
  // `script`: of the thread; `given`: the kernel and what it needs to know.
  constructor(script, given) {
    this.address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    this.given = given;
    this.id = 0;
    this.busy = false;
    this.current = this.made();
    this.spare = this.made();
  }

  made() {
    const worker = new Worker(this.address);
    worker.postMessage(this.given);
    return worker;
  }

  // Simulate with some settings; what was asked before is given up. `hear` takes each message until an answer came.
  ask(question, hear) {
    if (this.busy) {
      this.current.terminate();
      [this.current, this.spare] = [this.spare, this.made()];
    }
    const id = ++this.id;
    this.busy = true;
    this.current.onmessage = ({ data }) => {
      if (data.id !== id) return;
      if (data.figures || data.error || data.problem) this.busy = false;
      hear(data);
    };
    this.current.onerror = (event) => {
      this.busy = false;
      hear({ id, error: event.message });
    };
    this.current.postMessage({ ...question, id });
  }
}
