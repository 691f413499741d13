/**
 * A value out of a file, for an error about it: what it is and how it begins, in at most some 200 characters. Values of strangers may have
 * megabytes, be twenty thousand lists deep, or not let themselves be made into text.
 */
export function shown(value: unknown): string {
  if (typeof value === "string") return value.length <= 100 ? JSON.stringify(value) : `${JSON.stringify(value.slice(0, 100))}…`;
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.slice(0, 8).map(inside).join(",")}${value.length > 8 ? ",…" : ""}]`;
  const names = Object.keys(value);
  const first = names.slice(0, 4).map((name) => `${shortened(name)}:${inside((value as Record<string, unknown>)[name])}`);
  return `{${first.join(",")}${names.length > 4 ? ",…" : ""}}`;
}

const shortened = (text: string): string => JSON.stringify(text.length > 20 ? `${text.slice(0, 20)}…` : text);

function inside(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "[]" : "[…]";
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0 ? "{}" : "{…}";
  return typeof value === "string" ? shortened(value) : String(value);
}
