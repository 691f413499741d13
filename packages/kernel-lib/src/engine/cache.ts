/** Keeps what is costly to make: a bounded number of things of bounded size by key, the one unused for longest goes first. */
interface Entry<T> {
  readonly made: Promise<T>;
  bytes: number;
  users: number;
  dropped: boolean;
}

/** What is kept needs at most about so much memory, the newest thing excepted. */
const mostBytes = 2 ** 30;

export class Cache<T extends { readonly bytes: number }> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #limit: number;
  readonly #free: (thing: T) => Promise<void>;

  constructor(limit: number, free: (thing: T) => Promise<void>) {
    if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`cacheSize: expected a whole number ≥ 1; got ${limit}`);
    this.#limit = limit;
    this.#free = free;
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Runs `task` with what belongs to `key`, made if need be. Calls at the same time share one making; what is in use is not freed;
   * a failed making is forgotten, so that the next call tries again.
   */
  async use<Result>(key: string, make: () => Promise<T>, task: (thing: T) => Promise<Result>): Promise<Result> {
    const entry = this.#entries.get(key) ?? { made: make(), bytes: 0, users: 0, dropped: false };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.users++;
    try {
      const thing = await entry.made.catch((error: unknown) => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
        throw error;
      });
      entry.bytes = thing.bytes;
      this.#dropOldest();
      return await task(thing);
    } finally {
      entry.users--;
      await this.#freeIfUnused(entry);
    }
  }

  /** Drops everything; what is in use is freed when its last use ends. */
  async clear(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map((entry) => this.#drop(entry)));
  }

  #dropOldest(): void {
    let bytes = [...this.#entries.values()].reduce((sum, entry) => sum + entry.bytes, 0);
    for (const [key, entry] of this.#entries) {
      const fits = this.#entries.size <= this.#limit && bytes <= mostBytes;
      if (fits || this.#entries.size === 1) return;
      bytes -= entry.bytes;
      this.#entries.delete(key);
      void this.#drop(entry);
    }
  }

  #drop(entry: Entry<T>): Promise<void> {
    entry.dropped = true;
    return this.#freeIfUnused(entry);
  }

  async #freeIfUnused(entry: Entry<T>): Promise<void> {
    if (!entry.dropped || entry.users > 0) return;
    entry.dropped = false;
    await entry.made.then(this.#free, () => undefined);
  }
}
