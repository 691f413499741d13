/** How a run of a cell is interrupted: its signal, its waits, and the work whose result an interrupt shall not lose. */

/** The reason of an interrupted wait. */
export class Interrupted extends Error {
  constructor() {
    super("the cell was interrupted");
    this.name = "Interrupted";
  }
}

/** Another reason to end a cell, which the person is told as it is. */
export class Ending extends Error {}

/** How long work that ended by itself has until the waits for it have ended as well, in ms. */
const afterwards = 300;

export class Interruption {
  /** Those whose code waits for something: also of cells that have ended and left work behind. @type {Set<Interruption>} */
  static waiting = new Set();

  /** Hears of an interrupt that came while the code was busy. */
  static hear = () => {};

  #controller = new AbortController();
  /** @type {Set<(reason: Error) => void>} */
  #waits = new Set();
  /** @type {Set<Promise<unknown>>} */
  #work = new Set();
  #isAbandoned = false;

  /** Aborted when the cell is interrupted. */
  get signal() {
    Interruption.hear();
    return this.#controller.signal;
  }

  /**
   * Ends every wait of the cell's code with an error, as if what is waited for had failed. Work that hears the signal and ends by itself is
   * waited for: what it returns reaches whoever waits for it. Resolves when all this is done.
   */
  async interrupt() {
    const reason = new Interrupted();
    this.#controller.abort(reason);
    const waits = [...this.#waits];
    if (this.#work.size > 0) {
      await Promise.allSettled(this.#work);
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (waits.some((wait) => this.#waits.has(wait))) await new Promise((resolve) => setTimeout(resolve, afterwards));
    }
    this.#end(waits, reason);
  }

  /** Leaves the cell's code where it waits now, or next: it gets no further. */
  abandon() {
    this.#controller.abort(new Interrupted());
    this.#isAbandoned = true;
    this.#end([...this.#waits], this.signal.reason);
  }

  /**
   * @param {readonly ((reason: Error) => void)[]} waits
   * @param {Error} reason
   */
  #end(waits, reason) {
    for (const reject of waits) {
      if (this.#waits.has(reject)) reject(reason);
      this.#settled(reject);
    }
  }

  /** @param {(reason: Error) => void} wait */
  #settled(wait) {
    this.#waits.delete(wait);
    this.#noteWaiting();
  }

  #noteWaiting() {
    if (this.#waits.size + this.#work.size > 0) Interruption.waiting.add(this);
    else Interruption.waiting.delete(this);
  }

  /**
   * Waits as `await value` does, or until the cell is interrupted. Code that catches that and goes on, for example to tidy up, may wait
   * again, until it is abandoned.
   * @param {unknown} value
   * @returns {Promise<unknown>}
   */
  wait(value) {
    return new Promise((resolve, reject) => {
      if (this.#isAbandoned) return void Promise.resolve(value).catch(() => {});
      this.#waits.add(reject);
      Interruption.waiting.add(this);
      const settled = () => this.#settled(reject);
      Promise.resolve(value).finally(settled).then(resolve, reject);
    });
  }

  /**
   * Takes note of work that ends by itself soon after the signal is aborted, and whose result shall not be lost.
   * @param {Promise<unknown>} work
   */
  letFinish(work) {
    this.#work.add(work);
    Interruption.waiting.add(this);
    const settled = () => {
      this.#work.delete(work);
      this.#noteWaiting();
    };
    work.then(settled, settled);
  }
}
