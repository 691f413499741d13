import type { IStateDB } from "@jupyterlab/statedb";

const key = "jupyterlab-heed:pins";
/** Notebooks whose pins are remembered. */
const mostNotebooks = 200;

/** Which notes are kept on top of the list, by notebook; remembered with the workspace. */
export class Pins {
  readonly #state: IStateDB | null;
  readonly #onChange: () => void;
  /** By the notebook's path; the last used at the end. */
  readonly #pinned = new Map<string, Set<string>>();

  constructor(state: IStateDB | null, onChange: () => void) {
    this.#state = state;
    this.#onChange = onChange;
    void this.#restore();
  }

  has(path: string, id: string): boolean {
    return this.#pinned.get(path)?.has(id) ?? false;
  }

  toggle(path: string, id: string): void {
    const pinned = this.#pinned.get(path) ?? new Set();
    if (!pinned.delete(id)) pinned.add(id);
    this.#keep(path, pinned);
  }

  /** The notebook has another name. */
  move(from: string, to: string): void {
    const pinned = this.#pinned.get(from);
    if (!pinned) return;
    this.#pinned.delete(from);
    this.#keep(to, pinned);
  }

  #keep(path: string, pinned: Set<string>): void {
    this.#pinned.delete(path);
    if (pinned.size > 0) this.#pinned.set(path, pinned);
    for (const oldest of this.#pinned.keys()) {
      if (this.#pinned.size <= mostNotebooks) break;
      this.#pinned.delete(oldest);
    }
    const all = Object.fromEntries([...this.#pinned].map(([notebook, ids]) => [notebook, [...ids]]));
    this.#state?.save(key, all).catch((error: unknown) => console.error(`${key}: the pins could not be kept`, error));
    this.#onChange();
  }

  async #restore(): Promise<void> {
    const stored: unknown = await this.#state?.fetch(key).catch(() => undefined);
    if (typeof stored !== "object" || stored === null) return;
    for (const [path, ids] of Object.entries(stored)) {
      if (Array.isArray(ids) && !this.#pinned.has(path)) this.#pinned.set(path, new Set(ids.map(String)));
    }
    this.#onChange();
  }
}
