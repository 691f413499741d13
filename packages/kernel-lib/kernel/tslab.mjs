/**
 * tslab's parts, unmodified, on a TypeScript that takes the types of Node alone into every cell.
 *
 * Left to itself tslab takes the types of every `@types` package above the notebook – here also React's and D3's, for another
 * second at the start. Types that a cell imports are found as ever.
 */
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const typescript = "@tslab/typescript-for-tslab";

/** @type {typeof import("@tslab/typescript-for-tslab")} */
export const ts = require(typescript);

const typeRoots = [join(import.meta.dirname, "node_modules/@types")];
const loaded = require.cache[require.resolve(typescript)];
if (loaded) {
  loaded.exports = {
    ...ts,
    /** @param {any} files
     * @param {object} options
     * @param {any[]} rest
     */
    createWatchCompilerHost: (files, options, ...rest) =>
      // @ts-expect-error tslab uses one of the overloads
      ts.createWatchCompilerHost(files, { ...options, types: ["node"], typeRoots }, ...rest),
  };
}

/** @type {typeof import("tslab/dist/converter.js")} */
export const { createConverter } = require("tslab/dist/converter.js");
/** @type {typeof import("tslab/dist/executor.js")} */
export const { createExecutor } = require("tslab/dist/executor.js");
/** @type {typeof import("tslab/dist/jupyter.js")} */
export const jupyter = require("tslab/dist/jupyter.js");
