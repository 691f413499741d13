/** Runs work at most once a frame and never twice at a time; what was asked for meanwhile is done once, afterwards. */
export class EveryFrame {
  readonly #work: () => Promise<void>;
  #isRunning = false;
  #frame = 0;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  request(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => void this.#run());
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  async #run(): Promise<void> {
    this.#frame = 0;
    if (this.#isRunning) return this.request();
    this.#isRunning = true;
    try {
      await this.#work();
    } finally {
      this.#isRunning = false;
    }
  }
}
