/**
 * tslab's parts, unmodified, on a TypeScript that starts faster.
 *
 * Left to itself tslab takes the types of every `@types` package above the notebook into every cell – here also React's and D3's, for
 * another second at the start. Node's types suffice, without their comments, whose parsing costs a third of the rest. What a
 * cell imports is found as ever, with its comments.
 */
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const typescript = "@tslab/typescript-for-tslab";

/** @type {typeof import("@tslab/typescript-for-tslab")} */
export const ts = require(typescript);

/** @typedef {import("@tslab/typescript-for-tslab").System} System */

const typeRoots = [join(import.meta.dirname, "node_modules/@types")];
const nodeTypes = /[\\/]kernel[\\/]node_modules[\\/]@types[\\/]node[\\/]/;

/**
 * Reads the types of Node without their comments.
 * @param {System} sys
 * @returns {System}
 */
function withoutComments(sys) {
  const readFile = sys.readFile.bind(sys);
  return Object.assign(sys, {
    /** @param {string} path
     * @param {string} [encoding]
     */
    readFile: (path, encoding) => {
      const text = readFile(path, encoding);
      return nodeTypes.test(path) ? text?.replace(/\/\*\*[\s\S]*?\*\//g, "") : text;
    },
  });
}

const loaded = require.cache[require.resolve(typescript)];
if (loaded) {
  loaded.exports = {
    ...ts,
    /** @param {any} files
     * @param {object} options
     * @param {System} sys
     * @param {any[]} rest
     */
    createWatchCompilerHost: (files, options, sys, ...rest) =>
      ts.createWatchCompilerHost(files, { ...options, types: ["node"], typeRoots }, withoutComments(sys), ...rest),
  };
}

/** @type {typeof import("tslab/dist/converter.js")} */
export const { createConverter } = require("tslab/dist/converter.js");
/** @type {typeof import("tslab/dist/executor.js")} */
export const { createExecutor } = require("tslab/dist/executor.js");
/** @type {typeof import("tslab/dist/jupyter.js")} */
export const jupyter = require("tslab/dist/jupyter.js");
