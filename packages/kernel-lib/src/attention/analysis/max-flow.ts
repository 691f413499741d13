/** The largest flow through a network from a source to a sink, by Dinic's algorithm (1970), O(V² E). */
export class FlowNetwork {
  readonly #firstEdge: Int32Array;
  readonly #nextEdge: number[] = [];
  readonly #target: number[] = [];
  readonly #given: number[] = [];
  #left: Float64Array = new Float64Array(0);

  constructor(nodes: number) {
    this.#firstEdge = new Int32Array(nodes).fill(-1);
  }

  /** An edge that carries at most `capacity`. */
  connect(from: number, to: number, capacity: number): void {
    this.#half(from, to, capacity);
    this.#half(to, from, 0);
  }

  #half(from: number, to: number, capacity: number): void {
    this.#nextEdge.push(this.#firstEdge[from] ?? -1);
    this.#firstEdge[from] = this.#target.length;
    this.#target.push(to);
    this.#given.push(capacity);
  }

  /** The largest flow; the network itself stays as it is. */
  flow(source: number, sink: number): number {
    this.#left = Float64Array.from(this.#given);
    let total = 0;
    for (let levels = this.#levels(source); (levels[sink] ?? -1) >= 0; levels = this.#levels(source)) {
      const next = Int32Array.from(this.#firstEdge);
      for (let pushed = this.#push(source, sink, Number.POSITIVE_INFINITY, levels, next); pushed > 0;) {
        total += pushed;
        pushed = this.#push(source, sink, Number.POSITIVE_INFINITY, levels, next);
      }
    }
    return total;
  }

  /** The number of edges with room left from the source to each node; −1 where none leads. */
  #levels(source: number): Int32Array {
    const levels = new Int32Array(this.#firstEdge.length).fill(-1);
    levels[source] = 0;
    const queue = [source];
    for (const node of queue) {
      for (let edge = this.#firstEdge[node] ?? -1; edge >= 0; edge = this.#nextEdge[edge] ?? -1) {
        const target = this.#target[edge] ?? 0;
        if (levels[target] !== -1 || (this.#left[edge] ?? 0) <= smallest) continue;
        levels[target] = (levels[node] ?? 0) + 1;
        queue.push(target);
      }
    }
    return levels;
  }

  #push(node: number, sink: number, limit: number, levels: Int32Array, next: Int32Array): number {
    if (node === sink) return limit;
    for (let edge = next[node] ?? -1; edge >= 0; edge = this.#nextEdge[edge] ?? -1) {
      next[node] = edge;
      const target = this.#target[edge] ?? 0;
      const room = this.#left[edge] ?? 0;
      if (room <= smallest || levels[target] !== (levels[node] ?? 0) + 1) continue;
      const pushed = this.#push(target, sink, Math.min(limit, room), levels, next);
      if (pushed <= 0) continue;
      this.#left[edge] = room - pushed;
      this.#left[edge ^ 1] = (this.#left[edge ^ 1] ?? 0) + pushed;
      return pushed;
    }
    next[node] = -1;
    return 0;
  }
}

/** Less than this is rounding, not room. */
const smallest = 1e-12;
