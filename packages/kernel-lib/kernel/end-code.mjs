/**
 * Ends the JavaScript that runs in this thread now, as a browser's "stop script" does: neither `catch` nor `finally` run, what waits goes on.
 *
 * It is called by the control thread through V8's inspector, which interrupts code wherever it is, also between two turns of the event loop.
 * There nothing must be ended: it would strike whatever runs next, such as the kernel's own reading of messages.
 */
import { Session } from "node:inspector";

/** Where the control thread finds the function. */
export const endCodeName = "heed.end-code";

const here = import.meta.dirname;
const hereUrl = new URL(".", import.meta.url).href;

/** @param {NodeJS.CallSite} site */
const fileOf = (site) => site.getFileName() ?? site.getScriptNameOrSourceURL() ?? "";

/** @param {string} file */
const isKernels = (file) => file !== "" && (file.startsWith("node:") || file.startsWith(here) || file.startsWith(hereUrl));

/** Whether code other than the kernel's and Node's is among the frames that were interrupted. */
export function isCodeRunning() {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = 200;
  // Without regular expressions: one may be what was interrupted.
  Error.prepareStackTrace = (_, sites) => {
    // The innermost are the kernel's own, called by the inspector's expression, which has no file.
    const from = sites.findIndex((site) => !isKernels(fileOf(site))) + 1;
    return sites.slice(from).some((site) => (fileOf(site) === "" ? site.isEval() : !isKernels(fileOf(site))));
  };
  /** @type {{ stack?: unknown }} */
  const holder = {};
  Error.captureStackTrace(holder);
  const isRunning = holder.stack === true;
  Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  return isRunning;
}

/** Made at the start: in the midst of an interruption none can be. @type {Session | undefined} */
let session;

/**
 * Ends what runs, if that is not the kernel's or Node's own. Must be called through the inspector, as the last that is done in that call:
 * the next call of a function would be what ends.
 * @param {() => void} note called before
 */
export function endRunningCode(note) {
  if (session === undefined || !isCodeRunning()) return;
  note();
  session.post("Runtime.terminateExecution", () => {});
}

/**
 * @param {(force: boolean) => boolean} mayEnd asked at the very moment
 * @param {() => void} onEnd told when it is done
 */
export function installEndCode(mayEnd, onEnd) {
  (session = new Session()).connect();
  Object.defineProperty(globalThis, Symbol.for(endCodeName), {
    value: (/** @type {boolean} */ force) => {
      if (mayEnd(force)) endRunningCode(onEnd);
    },
  });
}
