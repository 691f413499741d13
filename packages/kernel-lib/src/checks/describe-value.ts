/** A value as an error says what was given: short, on one line, and what to do about it where that is plain. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "nothing";
    case "string":
      return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
    case "number":
    case "boolean":
      return String(value);
    case "bigint":
      return `${value}n`;
    case "symbol":
      return "a symbol";
    case "function":
      return "a function";
    default:
      return describeObject(value as object | null);
  }
}

function describeObject(value: object | null): string {
  if (value === null) return "null";
  if ("then" in value && typeof value.then === "function") return "a promise; await it first";
  if (ArrayBuffer.isView(value)) return value.constructor.name;
  if ("shape" in value && Array.isArray(value.shape) && "data" in value) return `a tensor [${value.shape.join(", ")}]`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  const made: unknown = value.constructor;
  if (typeof made === "function" && made !== Object) return `an object of the class ${made.name}`;
  const names = Object.keys(value);
  return names.length === 0
    ? "an empty object"
    : `an object of ${names.slice(0, 4).join(", ")}${names.length > 4 ? ", …" : ""}`;
}

/** @throws TypeError unless the value is a function */
export function requireFunction(caller: string, what: string, value: unknown): void {
  if (typeof value !== "function") throw new TypeError(`${caller}: expected ${what}; got ${describeValue(value)}`);
}
