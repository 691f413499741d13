/** Everything the extension says, in the sources and in the settings, has a Chinese translation. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Gettext } from "@jupyterlab/translation";
import { expect, test, vi } from "vitest";
// @ts-expect-error: a script of the build, without types
import { compileCatalogue } from "../scripts/compile-locale.mjs";

const root = join(import.meta.dirname, "..");
const po = readFileSync(join(root, "locale/zh_CN/LC_MESSAGES/jupyterlab_heed.po"), "utf8");
const catalogue = compileCatalogue(po, "1.2.3") as Record<string, string[]> & { "": Record<string, string> };
const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
const said = new Map<string, { plural: boolean }>();
for (const name of sources) {
  const text = readFileSync(join(root, "src", name), "utf8");
  for (const [, method, message] of text.matchAll(/\b(__|_n)\(\s*"([^"]*)"/g))
    said.set(message ?? "", { plural: method === "_n" });
}

const values = (text: string): string[] => [...text.matchAll(/%\d/g)].map(([value]) => value).sort();

test("phrases are written out where they are said, so that they can be collected", () => {
  for (const name of sources) {
    const text = readFileSync(join(root, "src", name), "utf8");
    // a variable would hide its phrase; schemas are collected below, and the probe of the catalogue is said elsewhere too
    for (const [, call] of text.matchAll(/\.(?:__|_n)\(\s*([^"\s][^,)]*)/g))
      expect(`${name}: ${call}`).toBe("wording.ts: probe");
  }
  expect(said.size).toBeGreaterThan(50);
});

test.each([...said])("%j has a translation", (message, { plural }) => {
  const forms = catalogue[message];
  expect(forms, message).toBeDefined();
  // with one form JupyterLab would take the message for one without plural
  expect(forms).toHaveLength(plural ? 2 : 1);
  for (const form of forms ?? []) expect(values(form), message).toEqual(values(message));
});

test("nothing is translated that is not said any more", () => {
  const contexts = Object.keys(catalogue).filter((key) => key !== "" && !key.includes("\u0004"));
  for (const key of contexts) expect([...said.keys()]).toContain(key);
});

test("titles and descriptions of the settings, and labels of menus, have a translation", () => {
  const schema = JSON.parse(readFileSync(join(root, "schema/plugin.json"), "utf8")) as Record<string, unknown>;
  const expected: string[] = [`settings\u0004${String(schema["jupyter.lab.setting-icon-label"])}`];
  const visit = (value: unknown, context: string, names: readonly string[]): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (names.includes(key) && typeof inner === "string") expected.push(`${context}\u0004${inner}`);
      else visit(inner, context, names);
    }
  };
  expected.push(`schema\u0004${String(schema["title"])}`, `schema\u0004${String(schema["description"])}`);
  visit(schema["properties"], "settings", ["title", "description"]);
  visit(schema["jupyter.lab.menus"], "menu", ["label"]);
  expect(expected.length).toBeGreaterThan(15);
  for (const key of expected) expect(Object.keys(catalogue)).toContain(key);
  const known = Object.keys(catalogue).filter((key) => key.includes("\u0004"));
  for (const key of known) expect(expected).toContain(key);
});

test("JupyterLab's own reader finds phrases, plurals and values in the catalogue", () => {
  expect(catalogue[""]).toMatchObject({ domain: "jupyterlab_heed", language: "zh-CN", version: "1.2.3" });
  vi.stubGlobal("document", { documentElement: { getAttribute: () => null } });
  const words = new Gettext({ domain: "jupyterlab_heed", locale: "zh-CN" });
  words.loadJSON(catalogue as never, "jupyterlab_heed");
  expect(words.__("rank %1 of %2", 3, 12)).toBe("第 3 位，共 12 个");
  expect(words._n("%1 head", "%1 heads", 1)).toBe("1 个头");
  expect(words._n("%1 head", "%1 heads", 12)).toBe("12 个头");
});
