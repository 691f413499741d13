/** Runs a cell: tslab's converter turns TypeScript into JavaScript, tslab's executor runs it. */
import Module from "node:module";
import { inspect } from "node:util";
import { Cell } from "./cell.mjs";
import { hasTopLevelForAwait } from "./for-await.mjs";
import { waitName } from "./host.mjs";
import { Places } from "./places.mjs";
import { writeOutShorthand } from "./shorthand.mjs";
import { CompileError } from "./traceback.mjs";
import { createConverter, createExecutor, jupyter, ts } from "./tslab.mjs";

/** A value with a method of this name says itself how it is shown; Deno's kernel has the same rule. */
const displaySymbol = Symbol.for("Jupyter.display");

export class Runner {
  #executor;
  #handler;
  /** Where lines of compiled cells come from. */
  places = new Places();

  /**
   * @param {import("../src/notebook/host.js").KernelHost} host
   * @param {<Result>(work: () => Result) => Result} protect does work that an interrupt must not end half-way
   */
  constructor(host, protect) {
    protectLoading(protect);
    this.#executor = createExecutor(process.cwd(), this.#createConverters(protect), {
      log: (value) => Object.assign(currentCell(), { value }),
      error: (failure) => Object.assign(currentCell(), { failure }),
    });
    // What tslab's own `display` calls.
    Object.assign(jupyter, {
      /**
       * @param {any} message
       * @param {boolean} update
       */
      lastWriteDisplayData: ({ data, metadata, transient: { display_id } }, update) =>
        host.display(data, { metadata, update, ...(display_id && { displayId: display_id }) }),
    });
    this.#handler = new jupyter.JupyterHandlerImpl(this.#executor, false);
  }

  /**
   * Runs a cell and shows the value of its last expression; rejects with the error of a cell that fails.
   * @param {Cell} cell
   * @param {string} code
   */
  async run(cell, code) {
    if (!(await this.#executor.execute(code))) throw cell.failure;
    if (cell.value === undefined) return;
    const bundle = await describeValue(cell.value);
    if (Object.keys(bundle).length > 0) cell.result(bundle);
  }

  /**
   * Answers a request that TypeScript can answer without running anything.
   * @param {string} type
   * @param {any} content
   * @returns {object}
   */
  answer(type, content) {
    switch (type) {
      case "is_complete_request":
        return this.#handler.handleIsComplete(content);
      case "inspect_request":
        return this.#handler.handleInspect(content);
      case "complete_request":
        return this.#handler.handleComplete(content);
      default:
        throw new TypeError(`unknown request ${type}`);
    }
  }

  close() {
    this.#executor.close();
  }

  /** tslab's converter, made to throw what is wrong with a cell, to name its code, and to let an interrupt end its waits.
   * @param {<Result>(work: () => Result) => Result} protect
   */
  #createConverters(protect) {
    const converter = protect(() => createConverter({ isJS: false, isBrowser: false }));
    /** @type {import("tslab/dist/converter.js").Converter} */
    const node = {
      ...converter,
      convert: (previous, source) => {
        const { code, original } = writeOutShorthand(source);
        const converted = protect(() => converter.convert(previous, code));
        if (converted.diagnostics.length > 0) {
          const inSource = converted.diagnostics.map((one) =>
            one.fileName ? one : { ...one, start: original(one.start), end: original(one.end) },
          );
          throw new CompileError(inSource, source);
        }
        const name = this.places.add(source, code, converted.output ?? "", currentCell().count);
        return {
          ...converted,
          hasToplevelAwait: converted.hasToplevelAwait || hasTopLevelForAwait(code),
          ...(converted.output && { output: `${interruptible(converted.output)}\n//# sourceURL=${name}` }),
          ...(converted.sideOutputs && {
            sideOutputs: converted.sideOutputs.map((side) => ({ ...side, data: interruptible(side.data) })),
          }),
        };
      },
      addModule: (name, source, meta) => {
        const diagnostics = protect(() => converter.addModule(name, source, meta));
        if (diagnostics.length > 0) throw new CompileError(diagnostics, source);
        return [];
      },
      inspect: (...request) => protect(() => converter.inspect(...request)),
      complete: (...request) => protect(() => converter.complete(...request)),
    };
    return { node, browser: node, close: () => converter.close() };
  }
}

function currentCell() {
  const cell = Cell.context.getStore();
  if (cell === undefined) throw new Error("runner: no cell is running");
  return cell;
}

/**
 * Lets modules load to their end: one that is left half-way stays so for the rest of the kernel's life.
 * @param {<Result>(work: () => Result) => Result} protect
 */
function protectLoading(protect) {
  /** @type {{ _load: (...request: unknown[]) => unknown }} */
  const loader = /** @type {any} */ (Module);
  const load = loader._load;
  loader._load = (...request) => protect(() => load.apply(loader, request));
}

/**
 * How a value is shown.
 * @param {any} value
 * @returns {Promise<import("../src/notebook/host.js").Bundle>}
 */
async function describeValue(value) {
  const describe = Object(value) === value ? value[displaySymbol] : undefined;
  if (typeof describe !== "function") return { "text/plain": inspect(value) };
  const bundle = await describe.call(value);
  if (typeof bundle !== "object" || bundle === null) {
    throw new TypeError(`Symbol.for("Jupyter.display"): expected an object of MIME types; got ${inspect(bundle)}`);
  }
  return bundle;
}

/**
 * Sends every `await` of compiled code through a wait that an interrupt ends. Lines stay where they are.
 * @param {string} code
 */
function interruptible(code) {
  if (!code.includes("await")) return code;
  /** @type {[number, string][]} */
  const inserts = [];
  /** @param {import("@tslab/typescript-for-tslab").Node} node */
  const visit = (node) => {
    if (ts.isAwaitExpression(node)) wrap(node.expression, waitName);
    if (ts.isForOfStatement(node) && node.awaitModifier) wrap(node.expression, `${waitName}.each`);
    ts.forEachChild(node, visit);
  };
  /** @param {import("@tslab/typescript-for-tslab").Node} node
   * @param {string} name
   */
  const wrap = (node, name) => inserts.push([node.getStart(file), `${name}(`], [node.end, ")"]);
  const file = ts.createSourceFile("cell.js", code, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  visit(file);
  let result = "";
  let from = 0;
  for (const [place, text] of inserts.toSorted(([a], [b]) => a - b)) {
    result += code.slice(from, place) + text;
    from = place;
  }
  return result + code.slice(from);
}
