import type { Language } from "./wording.js";

/** A value as an error message quotes it: short, on one line. */
export function shown(value: unknown, language: Language = "en"): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : kindOf(value, language);
}

/** What kind of value it is. */
export function kindOf(value: unknown, language: Language = "en"): string {
  const kind = value === null ? "null" : Array.isArray(value) ? "list" : typeof value;
  const [english, chinese] = kinds[kind] ?? [kind, kind];
  return language === "en" ? english : chinese;
}

const kinds: Readonly<Record<string, readonly [english: string, chinese: string]>> = {
  undefined: ["nothing", "空"],
  null: ["null", "null"],
  list: ["a list", "列表"],
  object: ["an object", "对象"],
  string: ["a text", "文本"],
  number: ["a number", "数"],
  boolean: ["true or false", "true 或 false"],
};
