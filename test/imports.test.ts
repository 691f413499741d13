/** Imports point one way, and what runs in a browser needs nothing of Node. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import { rolldown, type OutputChunk } from "rolldown";
import { describe, expect, test } from "vitest";
import { extensionFolder, libraryFolder } from "../scripts/setup/places.mjs";

const source = join(libraryFolder, "src");

/** What each folder may import from, besides itself: the path text → … → picture points one way. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  dtypes: [],
  checks: [],
  engine: ["dtypes"],
  storage: ["dtypes", "engine"],
  text: ["storage"],
  vision: ["engine"],
  metrics: ["vision"],
  data: ["metrics", "vision", "storage"],
  note: ["dtypes", "storage"],
  attention: ["text", "engine", "note"],
  layers: ["attention", "engine"],
  training: ["engine"],
  pretrained: ["layers", "attention", "engine", "text", "vision", "note", "storage"],
  models: ["pretrained", "layers", "attention", "engine", "text", "vision", "data", "metrics", "note", "storage", "training"],
  language: ["note", "attention", "engine", "text"],
  notebook: ["dtypes", "note", "storage"],
};

/** What puts folders together for one entry point: they may import from all. */
const entryFolder = "entries";

/** Folders that may touch Node, each through files that a browser gets another of. */
const mayTouchNode = new Set(["text", "storage", "training", "notebook", "engine", "pretrained", "data"]);
/** Packages that only Node runs. */
const nativePackages = ["onnxruntime-node", "@node-rs/jieba"];
const isNode = (name: string): boolean =>
  name.startsWith("node:") ||
  builtinModules.includes(name) ||
  nativePackages.some((one) => name === one || name.startsWith(`${one}/`));
const isEngine = (name: string): boolean => name.startsWith("@jax-js/") || name.startsWith("onnx");

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
const files = filesIn(source);

/** The modules a file names: `import … from`, `export … from`, `import("…")`, `require("…")`; `types` too unless left out. */
function importsOf(path: string, { types = true } = {}): string[] {
  const text = readFileSync(path, "utf8")
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/^\s*\/\/.*$/gm, "");
  const pattern = /(?:(import|export)\s+(type\s)?[^"';]*?from\s*|import\s*\(\s*|require\s*\(\s*|import\s+)"([^"]+)"/g;
  return [...text.matchAll(pattern)].filter(([, , type]) => types || !type).map(([, , , name = ""]) => name);
}

/** Whether a file of the library may not import that module. */
function isForbidden(file: string, name: string): boolean {
  const folder = folderOf(file);
  if (name.startsWith(".")) {
    const target = folderOf(relative(source, join(source, dirname(file), name)));
    if (target === "checks") return false; // what public calls ask of what they are given
    return target !== folder && allowed[folder]?.includes(target) !== true;
  }
  return (isNode(name) && !mayTouchNode.has(folder)) || (isEngine(name) && folder !== "engine");
}

const folderOf = (file: string): string => file.split("/")[0] ?? "";
const inner = files.filter((file) => file.includes("/") && folderOf(file) !== entryFolder);

describe("the path", () => {
  test("every folder has its place", () => {
    expect(Object.keys(allowed).toSorted()).toEqual([...new Set(inner.map(folderOf))].toSorted());
  });

  test("points one way by itself", () => {
    const reach = (folder: string, seen: readonly string[]): void => {
      expect(seen, `${[...seen, folder].join(" → ")} goes round`).not.toContain(folder);
      for (const next of allowed[folder] ?? []) reach(next, [...seen, folder]);
    };
    for (const folder of Object.keys(allowed)) reach(folder, []);
  });

  test.each(inner)("%s imports only what comes before it", (file) => {
    expect(importsOf(join(source, file)).filter((name) => isForbidden(file, name))).toEqual([]);
  });
});

const manifest = JSON.parse(readFileSync(join(libraryFolder, "package.json"), "utf8")) as {
  /** Where a browser's `#name` leads. */
  imports: Record<string, { source: { node: string; default: string }; node: string; default: string }>;
  exports: Record<string, { source: string; types: string; default: string } | string>;
  typesVersions: Record<"*", Record<string, readonly string[]>>;
};
const { imports } = manifest;

/** The entry points, `heed/data` …, and the file of each below src. */
const entries = Object.fromEntries(
  Object.entries(manifest.exports).flatMap(([path, target]) =>
    typeof target === "string" ? [] : [[path.replace(".", "heed"), target.source.replace("./src/", "")] as const],
  ),
);

const built = (path: string, ending = "js"): string => path.replace("./src/", "./dist/").replace(/\.ts$/, `.${ending}`);

test("every #name leads to a file of its own for Node and for browsers, in source and when built", () => {
  for (const [name, { source: from, node, default: other }] of Object.entries(imports)) {
    expect(from.node, name).not.toBe(from.default);
    for (const path of [from.node, from.default]) expect(existsSync(join(libraryFolder, path)), `${name}: ${path}`).toBe(true);
    expect([node, other], name).toEqual([built(from.node), built(from.default)]);
  }
});

/** All files of the library that a browser loads for these. */
function reachOf(entries: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const name of importsOf(path, { types: false })) {
      const target =
        imports[name]?.source.default ?? (name.startsWith(".") ? join(dirname(path), name.replace(/\.js$/, ".ts")) : undefined);
      if (target !== undefined) visit(target.startsWith("./") ? join(libraryFolder, target) : target);
    }
  };
  for (const entry of entries) visit(join(source, entry));
  return reached;
}

test("what a browser reaches from the library names nothing of Node", () => {
  const reached = reachOf([...new Set(Object.values(entries))]);
  for (const path of reached) {
    for (const name of importsOf(path, { types: false })) {
      expect(isNode(name), `${relative(source, path)} imports ${name}`).toBe(false);
    }
  }
  expect(reached.size).toBeGreaterThan(100);
});

test("every entry point leads to the same file for code, for types and for compilers that know no exports", () => {
  const { exports, typesVersions } = manifest;
  expect(Object.keys(entries)).toContain("heed/data");
  for (const [path, target] of Object.entries(exports)) {
    if (typeof target === "string") continue;
    expect(target).toEqual({ source: target.source, types: built(target.source, "d.ts"), default: built(target.source) });
    expect(existsSync(join(libraryFolder, target.source)), path).toBe(true);
    if (path !== ".") expect(typesVersions["*"][path.slice(2)], path).toEqual([target.types]);
  }
});

test("a note needs neither the engine nor a notebook", () => {
  const folders = new Set([...reachOf(["note/index.ts"])].map((path) => folderOf(relative(source, path))));
  expect([...folders].toSorted()).toEqual(["checks", "dtypes", "note", "storage"]);
});

test("the extension sees only heed/note and heed/language", () => {
  const folder = join(extensionFolder, "src");
  const names = filesIn(folder).flatMap((file) => importsOf(join(folder, file)));
  expect(new Set(names.filter((name) => /^heed(\/|$)/.test(name)))).toEqual(new Set(["heed/note", "heed/language"]));
});

describe("bundled for a browser, as it is published,", () => {
  test.each(Object.keys(entries))("%s needs nothing of Node", async (entry) => {
    const bundle = await rolldown({
      input: "entry",
      platform: "browser",
      cwd: libraryFolder,
      resolve: { conditionNames: ["browser", "import", "default"] },
      logLevel: "silent",
      plugins: [
        {
          name: "entry",
          resolveId: (id) => (id === "entry" ? "\0entry" : undefined),
          load: (id) => (id === "\0entry" ? `export * from ${JSON.stringify(entry)};` : undefined),
        },
      ],
    });
    const { output } = await bundle.generate({ format: "esm" });
    await bundle.close();
    const chunks = output.filter((one): one is OutputChunk => one.type === "chunk");
    const own = new Set(chunks.map(({ fileName }) => fileName));
    const outside = chunks.flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports]).filter((name) => !own.has(name));
    expect(outside).toEqual([]);
    const modules = chunks
      .flatMap(({ moduleIds }) => moduleIds)
      .filter((id) => /[\\/]node_modules[\\/](onnxruntime-node|@node-rs)[\\/]/.test(id));
    expect(modules).toEqual([]);
  });
});
