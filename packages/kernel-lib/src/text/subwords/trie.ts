/** Texts by their beginnings: all of them, or the longest, that begin at a place of another text, in time that depends on their length alone. */
export class Trie<Value> {
  /** From a node and a unit to the next node; the root is 0. */
  readonly #next = new Map<number, number>();
  readonly #values = new Map<number, Value>();
  #nodes = 1;

  /** The value of a text added twice is the last one. */
  set(text: string, value: Value): void {
    let node = 0;
    for (let at = 0; at < text.length; at++) {
      const key = keyOf(node, text.charCodeAt(at));
      let next = this.#next.get(key);
      if (next === undefined) {
        next = this.#nodes++;
        this.#next.set(key, next);
      }
      node = next;
    }
    this.#values.set(node, value);
  }

  /** Calls with every text that begins at `start` of `source`, shorter ones first: where it ends, and its value. */
  eachAt(source: string, start: number, call: (end: number, value: Value) => void): void {
    let node: number | undefined = 0;
    for (let at = start; at < source.length; at++) {
      node = this.#next.get(keyOf(node, source.charCodeAt(at)));
      if (node === undefined) return;
      const value = this.#values.get(node);
      if (value !== undefined) call(at + 1, value);
    }
  }
}

/** Below 2^53 for more nodes than fit into memory. */
const keyOf = (node: number, unit: number): number => node * 0x10000 + unit;
