/**
 * Ends a cell before the kernel runs out of memory: V8 would end the process, and with it all that the notebook holds.
 *
 * The control thread looks at how much memory the process has (control-thread.mjs). Where that is much it asks here, also in the midst of
 * running code, what of it are objects that are still in use.
 */
import v8 from "node:v8";
import vm from "node:vm";
import { endRunningCode, isCodeRunning } from "./end-code.mjs";
import { setImmediate } from "./immediates.mjs";
import { Ending } from "./interruption.mjs";

/** Where the control thread finds the function. */
export const guardName = "heed.memory-guard";

/** How much objects may take that have lived a while: V8's limit without its three spaces for new ones, of 64 MB (node-flags.json). */
export const oldLimit = () => v8.getHeapStatistics().heap_size_limit - 3 * 2 ** 26;

/** @param {string} space of V8's heap */
const isYoung = (space) => space.startsWith("new_");

/** Of the heap's limit: above the first it is looked at what is in use, above the second the cell ends. */
const full = { before: 0.8, after: 0.75 };
/** How much more must be in use than was after the last collection, before the next. */
const growth = 1.04;

class OutOfMemory extends Ending {
  /**
   * @param {number} used in bytes
   * @param {number} limit in bytes
   */
  constructor(used, limit) {
    super(
      `the cell was ended: objects in use take ${gigabytes(used)} of the ${gigabytes(limit)} that JavaScript may use here. ` +
        "Let go of what is no longer needed (name = undefined), or start Jupyter with NODE_OPTIONS=--max-old-space-size=MEGABYTES",
    );
    this.name = "OutOfMemory";
  }
}

/** @param {number} bytes */
const gigabytes = (bytes) => `${(bytes / 1e9).toPrecision(2)} GB`;

/** @returns {() => void} V8's own collection of garbage */
function findCollector() {
  v8.setFlagsFromString("--expose-gc");
  return vm.runInNewContext("gc");
}

/**
 * @param {object} kernel
 * @param {() => boolean} kernel.mayEnd whether what runs may be ended
 * @param {(reason: Ending) => void} kernel.end told why, once it is
 */
export function installMemoryGuard({ mayEnd, end }) {
  /** @type {(() => void) | undefined} */
  let collect;
  const limit = oldLimit();
  /** What was in use after the last collection, if much. */
  let kept = 0;
  /** What is used, if it is more than a part of the limit. @param {number} part */
  const usedAbove = (part) => {
    const used = v8
      .getHeapSpaceStatistics()
      .reduce((sum, space) => sum + (isYoung(space.space_name) ? 0 : space.space_used_size), 0);
    return used > part * limit ? used : undefined;
  };
  Object.defineProperty(globalThis, Symbol.for(guardName), {
    value: () => {
      const before = usedAbove(full.before) ?? 0;
      // V8 takes collections that free nothing for the end.
      if (before <= kept * growth || !mayEnd() || !isCodeRunning()) return;
      // Much of it may be garbage that V8 has not yet had a reason to collect.
      collect ??= findCollector();
      collect();
      const used = usedAbove(full.after);
      kept = used ?? 0;
      if (used === undefined) return;
      const reason = new OutOfMemory(used, limit);
      endRunningCode(() => setImmediate(() => end(reason)));
    },
  });
}
