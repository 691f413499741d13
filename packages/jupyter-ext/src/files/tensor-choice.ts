/** Which tensors of a file can be attention, and which of their axes are layers and heads: guessed, and the reader may know better. */
import { limits, type SafetensorsHeader } from "heed/note";
import { isFloat } from "./weights-file.js";

/** A tensor whose last two axes can be queries and keys. */
export interface TensorOption {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What a leading axis is: of the `one` that is neither, a single entry is shown. */
export type AxisRole = "layers" | "heads" | "one";

/** A tensor as it is read: what each leading axis is, and which entry of those that are neither layers nor heads. */
export interface TensorReading {
  readonly tensor: string;
  readonly roles: readonly AxisRole[];
  /** For each leading axis; used where its role is `one`. */
  readonly entries: readonly number[];
}

/** The tensors that can be attention, the likeliest first. */
export function attentionTensors({ entries }: SafetensorsHeader): TensorOption[] {
  const options = [...entries].flatMap(([name, entry]): TensorOption[] => {
    const [rows = 0, columns = 0] = entry.shape.slice(-2);
    const isMatrix = entry.shape.length >= 2 && entry.shape.every((size) => size > 0);
    return isFloat(entry) && isMatrix && Math.max(rows, columns) <= limits.tokens ? [{ name, shape: entry.shape }] : [];
  });
  return options
    .map((option, place) => ({ option, place, likely: likelihood(option) }))
    .sort((a, b) => b.likely - a.likely || a.place - b.place)
    .map(({ option }) => option);
}

/** Names that people give to attention, and shapes that it has. */
function likelihood({ name, shape }: TensorOption): number {
  const named = /(^|\.)weights$/.test(name) ? 5 : /attn|attention/i.test(name) && !/\.(weight|bias)$/.test(name) ? 3 : 0;
  const isOverview = /^(max|mean)\/\d+$/.test(name) ? -5 : 0;
  const isSquare = shape.at(-1) === shape.at(-2) ? 1 : 0;
  return named + isOverview + isSquare + (shape.length >= 3 ? 1 : 0);
}

/**
 * What the leading axes are: [H, Q, K]; [L, H, Q, K], or [B, H, Q, K] where the first axis has one entry or the file has one such tensor
 * for each layer; [L, B, H, Q, K].
 */
export function guessReading({ name, shape }: TensorOption, all: readonly TensorOption[]): TensorReading {
  const leading = shape.length - 2;
  const roles = shape.slice(0, leading).map((_, axis): AxisRole => {
    if (axis === leading - 1) return "heads";
    return axis === 0 && (leading > 2 || !(shape[0] === 1 || isOfLayer(name, all))) ? "layers" : "one";
  });
  return { tensor: name, roles, entries: roles.map(() => 0) };
}

/** Whether other tensors have the same name but for a number in it. */
function isOfLayer(name: string, all: readonly TensorOption[]): boolean {
  const pattern = name.replaceAll(/\d+/g, "#");
  return pattern !== name && all.some((other) => other.name !== name && other.name.replaceAll(/\d+/g, "#") === pattern);
}

/** The same reading with another role for an axis. Only one axis is layers and one is heads. */
export function withRole(reading: TensorReading, axis: number, role: AxisRole): TensorReading {
  const roles = reading.roles.map((other, i) => (i === axis ? role : other === role && role !== "one" ? "one" : other));
  return { ...reading, roles };
}

/** [L, H, Q, K] as it is shown, without the axes that are not there, and where each head is in the tensor. */
export function sliceOf(shape: readonly number[], { roles, entries }: TensorReading): { shape: number[]; matrices: number[] } {
  const leading = shape.slice(0, -2);
  const size = (role: AxisRole): number | undefined => leading[roles.indexOf(role)];
  const [layers, heads] = [size("layers"), size("heads")];
  const matrices: number[] = [];
  for (let layer = 0; layer < (layers ?? 1); layer++) {
    for (let head = 0; head < (heads ?? 1); head++) {
      const place = leading.map((_, axis) =>
        roles[axis] === "layers" ? layer : roles[axis] === "heads" ? head : (entries[axis] ?? 0),
      );
      matrices.push(place.reduce((matrix, at, axis) => matrix * (leading[axis] ?? 1) + at, 0));
    }
  }
  return { shape: [...[layers, heads].flatMap((count) => count ?? []), ...shape.slice(-2)], matrices };
}

const fitting = (lists: (string[] | undefined)[], size: number): string[] =>
  lists.find((list) => list?.length === size) ?? Array.from({ length: size }, (_, i) => `${i}`);

/** The tokens of the rows and the columns, by the names that heed's own files give them; numbers where there are none that fit. */
export function tokensOf(
  metadata: Readonly<Record<string, string>>,
  tensor: string,
  [rows, columns]: readonly [number, number],
): { readonly rows: string[]; readonly columns: string[] } {
  const source = readTokens(metadata["tokens"]);
  const target = readTokens(metadata["targetTokens"]);
  const prefers = (isTarget: boolean): (string[] | undefined)[] => (isTarget ? [target, source] : [source, target]);
  return {
    rows: fitting(prefers(/^(decoder|cross)\./.test(tensor)), rows),
    columns: fitting(prefers(tensor.startsWith("decoder.")), columns),
  };
}

function readTokens(json: string | undefined): string[] | undefined {
  if (json === undefined) return undefined;
  try {
    const tokens: unknown = JSON.parse(json);
    if (!Array.isArray(tokens) || tokens.length > limits.tokens) return undefined;
    return tokens.map((token) => String(token).slice(0, limits.label));
  } catch {
    // tokens in some other form are no tokens; the weights can be looked at without
    return undefined;
  }
}
