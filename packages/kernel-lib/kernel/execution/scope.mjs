/**
 * The one scope that all cells share.
 *
 * Each name has a box, and compiled code reads and writes the box: `rate` is `$cell_rate.rate` (see rewrite.mjs). So what a later
 * cell assigns or declares again is what every earlier function sees. A box is an object with one property, named as the variable,
 * so that V8 makes of it what it makes of any field. Before its declaration has run, reading it throws, as JavaScript's own rule is.
 */

/**
 * @typedef {Record<string, unknown>} Box
 * @typedef {"let" | "const" | "var" | "function" | "class" | "enum" | "namespace" | "import"} Kind how a name was declared
 */

const refuse = () => {
  throw new TypeError("Assignment to constant variable.");
};

/** @param {string} name */
function makeBox(name) {
  const early = () => {
    throw new ReferenceError(`Cannot access '${name}' before initialization`);
  };
  return Object.create(Object.create(null, { [name]: { get: early, set: early } }));
}

export class Scope {
  /** @type {Map<string, Box>} */
  #boxes = new Map();

  /** @param {string} name */
  has(name) {
    return this.#boxes.has(name);
  }

  /**
   * The box of a name; a new one if it has none.
   * @param {string} name
   * @returns {Box}
   */
  box(name) {
    const known = this.#boxes.get(name);
    if (known) return known;
    const box = makeBox(name);
    this.#boxes.set(name, box);
    return box;
  }

  /**
   * Whether a name has a value.
   * @param {string} name
   */
  isReady(name) {
    return Object.hasOwn(this.#boxes.get(name) ?? {}, name);
  }

  /**
   * Gives a name its value.
   * @param {string} name
   * @param {unknown} value
   * @param {boolean} writable
   */
  define(name, value, writable) {
    Object.defineProperty(this.box(name), name, { value, writable, enumerable: true, configurable: true });
  }

  /**
   * Makes a name stand for whatever a getter gives: an import is live.
   * @param {string} name
   * @param {() => unknown} get
   */
  link(name, get) {
    Object.defineProperty(this.box(name), name, { get, set: refuse, enumerable: true, configurable: true });
  }

  /**
   * The names that have a value, with it, for whoever shows variables.
   * @returns {[string, unknown][]}
   */
  entries() {
    return [...this.#boxes].filter(([name]) => this.isReady(name)).map(([name, box]) => [name, box[name]]);
  }
}
