/** The settings and menus in schema/ fit the code. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { colourScaleNames } from "../src/view/colour.js";
import { defaultSettings } from "../src/view/options.js";

interface Property {
  readonly default: unknown;
  readonly oneOf?: readonly { readonly const: string }[];
}

const root = join(import.meta.dirname, "..");
const schema = JSON.parse(readFileSync(join(root, "schema/plugin.json"), "utf8")) as {
  readonly properties: Readonly<Record<string, Property>>;
  readonly "jupyter.lab.menus": unknown;
};
const choices = (name: string): string[] => (schema.properties[name]?.oneOf ?? []).map((choice) => choice.const);

test("the defaults of the schema are those of the code", () => {
  const { language, ...drawing } = Object.fromEntries(
    Object.entries(schema.properties).map(([name, { default: value }]) => [name, value]),
  );
  expect(drawing).toEqual(defaultSettings);
  expect(language).toBe("auto");
});

test("the choices of the schema are those of the code", () => {
  expect(choices("colourScale")).toEqual([...colourScaleNames]);
  expect(choices("numbers")).toEqual(["auto", "always", "never"]);
  expect(choices("language")).toEqual(["auto", "en", "zh-CN"]);
});

test("menus name commands that exist", () => {
  const commands = readFileSync(join(root, "src/commands.ts"), "utf8");
  const named = [...JSON.stringify(schema["jupyter.lab.menus"]).matchAll(/"command":"([^"]+)"/g)].map(([, id]) => id ?? "");
  expect(named.length).toBeGreaterThan(8);
  for (const id of named) expect(commands).toContain(`"${id}"`);
});

test("every colour scale is in the context menu", () => {
  const scales = [...JSON.stringify(schema["jupyter.lab.menus"]).matchAll(/"scale":"([^"]+)"/g)].map(([, scale]) => scale);
  expect(scales).toEqual([...colourScaleNames]);
});
