/** The settings and menus in schema/ fit the code. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ISettingRegistry } from "@jupyterlab/settingregistry";
import { expect, test } from "vitest";
import { translateSchema } from "../src/schema-wording.js";
import { colourScaleNames } from "../src/view/colour.js";
import { defaultSettings } from "../src/view/options.js";

interface Property {
  readonly default: unknown;
  readonly oneOf?: readonly { readonly const: string }[];
}

const root = join(import.meta.dirname, "..");
const schema = JSON.parse(readFileSync(join(root, "schema/plugin.json"), "utf8")) as ISettingRegistry.ISchema & {
  readonly properties: Readonly<Record<string, Property>>;
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
  expect(choices("figureFont")).toEqual(["sans", "serif"]);
  expect(choices("language")).toEqual(["auto", "en", "zh-CN"]);
});

test("menus and shortcuts name commands that exist", () => {
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const commands = sources.map((name) => readFileSync(join(root, "src", name), "utf8")).join("");
  const named = [
    ...JSON.stringify([schema["jupyter.lab.menus"], schema["jupyter.lab.shortcuts"]]).matchAll(/"command":"([^"]+)"/g),
  ].map(([, id]) => id ?? "");
  expect(named.length).toBeGreaterThan(8);
  for (const id of named) expect(commands).toContain(`"${id}"`);
});

test("the settings are translated for JupyterLab's settings editor", () => {
  const translated = translateSchema(schema, { _p: (context: string, text: string) => `${context}: ${text}` });
  expect(translated.title).toBe("schema: Attention notes");
  expect(translated["jupyter.lab.setting-icon-label"]).toBe("settings: Attention notes");
  expect(translated.properties?.["numbers"]).toMatchObject({
    title: "settings: Numbers in cells",
    default: "auto",
    oneOf: [{ const: "auto", title: "settings: Where they fit" }, { const: "always" }, { const: "never" }],
  });
  // JupyterLab asks for a translation only where the schema says that there is a transformer
  expect(schema["jupyter.lab.transform"]).toBe(true);
});
