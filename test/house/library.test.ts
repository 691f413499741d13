/**
 * The library as users get it: what is published, in a folder outside the project, whose package.json is npm's own (CommonJS), with and without
 * ONNX Runtime, which npm leaves out where its install script fails. The README's example prints there what the README says.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { libraryFolder, root } from "../../scripts/setup/places.mjs";

interface Manifest {
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(readFileSync(join(libraryFolder, "package.json"), "utf8")) as Manifest;

const folder = mkdtempSync(join(tmpdir(), "heed-library-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const modules = join(folder, "node_modules");
const link = (name: string): void => {
  mkdirSync(dirname(join(modules, name)), { recursive: true });
  symlinkSync(join(root, "node_modules", name), join(modules, name), "junction");
};

const readme = readFileSync(join(root, "README.md"), "utf8");
const block = (kind: string): string => new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\``, "msu").exec(readme)?.[1] ?? "";

beforeAll(() => {
  for (const name of ["package.json", ...manifest.files]) {
    cpSync(join(libraryFolder, name), join(modules, "heed", name), { recursive: true });
  }
  for (const name of Object.keys(manifest.dependencies)) link(name);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "own", version: "1.0.0", type: "commonjs" }));
  writeFileSync(join(folder, "attention.mts"), block("ts"));
  writeFileSync(
    join(folder, "required.cjs"),
    `const { attention } = require("heed");
attention({ query: [1, 0], keys: [[1, 1]] }).then(({ weights }) => console.log(weights.data[0]));`,
  );
});

/** Runs a file in the folder as a person would; Node before 22.18 must be told that a file has types. */
function run(file: string, ...options: readonly string[]): { printed: string; warned: string } {
  const types = (process.features as { typescript?: unknown }).typescript ? [] : ["--experimental-strip-types"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...types, ...options, file], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", LC_ALL: "en_US.UTF-8" },
  });
  expect(status, stdout + stderr).toBe(0);
  return { printed: stdout, warned: stderr };
}

/** Numbers of float32 may differ in their last digits from one processor, or runner, to the next. */
const rounded = (text: string): string => text.replaceAll(/\d+\.\d{6,}/gu, (number) => Number(number).toFixed(5));

const tsx = pathToFileURL(join(root, "node_modules/tsx/dist/loader.mjs")).href;

test("what may fail to install is no condition of installing heed", () => {
  expect(Object.keys(manifest.optionalDependencies)).toEqual(["onnxruntime-node"]);
  expect(manifest.dependencies).not.toHaveProperty("onnxruntime-node");
});

describe("without ONNX Runtime", () => {
  test("the README's example runs, and the warning says what to type", () => {
    const { printed, warned } = run("attention.mts");
    expect(rounded(printed)).toBe(rounded(block("text")));
    expect(warned).toContain(
      `npm install onnxruntime-node@${manifest.optionalDependencies["onnxruntime-node"]} --ignore-scripts`,
    );
    expect(warned).toContain("jax-js");
  });

  test("an ONNX file cannot be opened, and the error says the same", () => {
    const model = join(libraryFolder, "test/golden/onnx-models/no-attention.onnx");
    writeFileSync(
      join(folder, "open.mjs"),
      `import { openOnnx } from "heed"; await openOnnx(${JSON.stringify(model)}).catch((error) => console.log(error.message));`,
    );
    expect(run("open.mjs").printed).toMatch(/^openOnnx: ONNX Runtime cannot be loaded: it is not installed; type: npm install/);
  });
});

describe("with ONNX Runtime", () => {
  beforeAll(() => link("onnxruntime-node"));

  test.each([
    ["Node", []],
    ["tsx", ["--import", tsx]],
  ])("the README's example runs in %s, and nothing is warned of", (_, options) => {
    const { printed, warned } = run("attention.mts", ...options);
    expect(rounded(printed)).toBe(rounded(block("text")));
    expect(warned.replaceAll(/^.*ExperimentalWarning.*\n.*--trace-warnings.*\n/gmu, "")).toBe("");
  });

  test("CommonJS may require it", () => {
    expect(run("required.cjs").printed).toBe("1\n");
  });

  test("package.json of the type module takes the example as .ts", () => {
    mkdirSync(join(folder, "module"), { recursive: true });
    writeFileSync(join(folder, "module/package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(join(folder, "module/attention.ts"), block("ts"));
    expect(rounded(run("module/attention.ts").printed)).toBe(rounded(block("text")));
  });
});
