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

/** Frames of the call through the inspector itself: `isCodeRunning`, the function, the expression. */
const ownFrames = 3;

/** Whether code other than the kernel's and Node's is among the frames that were interrupted. */
function isCodeRunning() {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = 200;
  // Without regular expressions: one may be what was interrupted.
  Error.prepareStackTrace = (_, sites) =>
    sites.slice(ownFrames).some((site) => {
      const file = site.getFileName() ?? site.getScriptNameOrSourceURL();
      if (!file) return site.isEval();
      return !file.startsWith("node:") && !file.startsWith(here) && !file.startsWith(hereUrl);
    });
  /** @type {{ stack?: unknown }} */
  const holder = {};
  Error.captureStackTrace(holder);
  const isRunning = holder.stack === true;
  Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  return isRunning;
}

/** @param {(force: boolean) => boolean} mayEnd asked at the very moment; says yes at most where it takes note of it */
export function installEndCode(mayEnd) {
  const session = new Session();
  session.connect();
  Object.defineProperty(globalThis, Symbol.for(endCodeName), {
    value: (/** @type {boolean} */ force) => {
      if (isCodeRunning() && mayEnd(force)) session.post("Runtime.terminateExecution", () => {});
    },
  });
}
