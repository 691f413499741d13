/** The hosts of Node and Deno: this project's kernel, plain tslab, Deno's kernel, and a terminal. */
import { createRequire } from "node:module";
import { env, stderr } from "node:process";
import { languageOf, type Language } from "../note/index.js";
import { notebookFolder } from "./sidecar-node.js";
import { storeSidecar } from "./sidecar.js";
import { findKernelHost, type Host } from "./host.js";

/** Where the code runs. */
export function findHost(): Host {
  const language = languageOf(env["LC_ALL"] ?? env["LC_MESSAGES"] ?? env["LANG"] ?? "en");
  return findKernelHost(language, storeOf) ?? findTslab(language) ?? findDeno(language) ?? terminal(language);
}

const storeOf = (run: unknown, cell: string | undefined): Host["storeSidecar"] => {
  const folder = notebookFolder(cell);
  return (options) => storeSidecar(folder, run, options);
};

/** What plain tslab keeps of the running cell, in its module dist/jupyter.js; its public display takes one MIME type at a time. */
interface TslabJupyter {
  readonly lastWriteDisplayData: ((message: object, update: boolean) => void) | null;
}

let tslab: TslabJupyter | null | undefined;

function findTslab(language: Language): Host | undefined {
  if (tslab === undefined) {
    const modules = createRequire(import.meta.url).cache;
    const path = Object.keys(modules).find((name) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(name));
    tslab = path === undefined ? null : (modules[path]?.exports as TslabJupyter);
  }
  const write = tslab?.lastWriteDisplayData;
  if (!write) return undefined;
  return {
    kind: "tslab",
    language,
    // A new function for each run.
    run: write,
    signal: undefined,
    storeSidecar: storeOf(write, undefined),
    display: (bundle, { displayId, update = false, metadata = {} } = {}) =>
      write({ data: bundle, metadata, transient: displayId === undefined ? {} : { display_id: displayId } }, update),
  };
}

/** https://docs.deno.com/api/deno/~/Deno.jupyter */
interface DenoJupyter {
  broadcast(type: string, content: object): Promise<void>;
}

/** Deno has the name in every program, and throws at whoever reads from it outside its kernel. */
function denoBroadcast(): DenoJupyter["broadcast"] | undefined {
  try {
    const { jupyter } = (globalThis as { Deno?: { jupyter?: DenoJupyter } }).Deno ?? {};
    return jupyter?.broadcast.bind(jupyter);
  } catch {
    return undefined;
  }
}

function findDeno(language: Language): Host | undefined {
  const broadcast = denoBroadcast();
  if (!broadcast) return undefined;
  return {
    kind: "deno",
    language,
    run: undefined,
    signal: undefined,
    storeSidecar: storeOf(undefined, undefined),
    display: (bundle, { displayId, update = false, metadata = {} } = {}) => {
      const transient = displayId === undefined ? {} : { display_id: displayId };
      void broadcast(update ? "update_display_data" : "display_data", { data: bundle, metadata, transient });
    },
  };
}

const terminal = (language: Language): Host => ({
  kind: "terminal",
  language,
  run: undefined,
  signal: undefined,
  storeSidecar: undefined,
  display: (bundle) => console.log(bundle["text/plain"]),
  writeLine: (text, isLast) => {
    if (stderr.isTTY) stderr.write(`\r\u001B[K${text}${isLast ? "\n" : ""}`);
    else if (isLast) stderr.write(`${text}\n`);
  },
});
