import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";

const source = join(import.meta.dirname, "../packages/kernel-lib/src");

/** What each folder may import from, besides itself: the path text → … → picture points one way. */
const allowed: Record<string, string[]> = {
  text: [],
  vision: ["engine", "text"],
  engine: [],
  note: [],
  attention: ["text", "vision", "engine", "note"],
  layers: ["attention", "engine"],
  training: ["engine"],
  models: ["layers", "attention", "engine", "text", "vision", "note", "training"],
  weights: ["models", "layers", "attention", "engine", "text", "note"],
  language: ["note", "attention", "engine", "text"],
  notebook: ["note"],
};
const nodeFolders = new Set(["text", "weights", "training", "notebook", "engine"]);

const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const importsOf = (file: string): string[] =>
  [...readFileSync(join(source, file), "utf8").matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map((match) => match[1] ?? "");

test.each(files)("%s imports only what comes before it", (file) => {
  const folder = file.split("/")[0] ?? "";
  for (const name of importsOf(file)) {
    if (name.startsWith(".")) {
      const target = relative(source, join(source, file, "..", name)).split("/")[0] ?? "";
      if (file.includes("/") && target !== folder) expect(allowed[folder], `${file} imports ${name}`).toContain(target);
    } else if (name.startsWith("node:")) {
      expect([...nodeFolders], `${file} imports ${name}`).toContain(folder);
    } else if (name.startsWith("@jax-js/") || name.startsWith("onnx")) {
      expect(folder, `${file} names an engine`).toBe("engine");
    }
  }
});

test("the extension sees only heed/note and heed/language", () => {
  const extension = join(import.meta.dirname, "../packages/jupyter-ext/src");
  for (const file of readdirSync(extension, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"))) {
    const names = [...readFileSync(join(extension, file), "utf8").matchAll(/from\s*"(heed[^"]*)"/g)].map((match) => match[1]);
    for (const name of names) expect(["heed/note", "heed/language"], `${file} imports ${name}`).toContain(name);
  }
});
