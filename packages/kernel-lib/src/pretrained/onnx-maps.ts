import { sizeOf, transpose, type Tensor } from "../engine/index.js";
import type { ExposedAttention } from "../engine/onnx-models/index.js";
import type { Axis } from "../note/index.js";
import { AttentionMaps } from "../attention/attention-maps.js";

/** Which of a graph's attention is read, and on what tokens. */
export interface OnnxMapsInput {
  readonly found: readonly ExposedAttention[];
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly heads: readonly number[] | undefined;
  readonly vectors: boolean;
  /** Examples in the batch, and the first axes of all that the graph was given. */
  readonly batch: number;
  readonly leading: ReadonlySet<number>;
  readonly rows: Axis | undefined;
  readonly columns: Axis | undefined;
  readonly model: string;
}

/**
 * The attention of one kind as maps of its layers: the first example of the batch, without padding.
 *
 * @throws RangeError when the layers differ in their shapes, or a head is asked for that there is not
 */
export function onnxMaps({
  found,
  outputs,
  heads,
  vectors,
  batch,
  leading,
  rows,
  columns,
  model,
}: OnnxMapsInput): AttentionMaps {
  const [first] = found;
  if (first === undefined) throw new Error("internal: no attention to make maps of");
  const whole = found.map((one) => firstExample(read(outputs, one.outputs.weights), batch, leading));
  const shape = whole[0]?.shape ?? [];
  const other = whole.findIndex((layer) => layer.shape.join() !== shape.join());
  if (other >= 0) {
    throw new RangeError(
      `attend: the layers differ in their shapes: layer ${first.layer} has [${shape.join(", ")}], layer ${found[other]?.layer} [${whole[other]?.shape.join(", ")}]; choose layers of one shape`,
    );
  }
  const [H = 1, allQ = 1, allK = 1] = shape;
  const chosen = heads ?? Array.from({ length: H }, (_, head) => head);
  const wrong = chosen.find((head) => !Number.isInteger(head) || head < 0 || head >= H);
  if (wrong !== undefined) throw new RangeError(`attend: expected heads from 0 to ${H - 1}; got ${wrong}`);
  const [Q, K] = [rows?.tokens.length ?? allQ, columns?.tokens.length ?? allK];
  const vector = (name: "query" | "keys" | "values", length: number): Tensor[] | undefined => {
    if (!vectors || !found.every((one) => one.outputs[name] !== undefined)) return undefined;
    return found.map((one) => {
      const given = firstExample(read(outputs, one.outputs[name] ?? ""), batch, leading);
      const upright = name === "keys" && one.keysTransposed ? transpose(given, [0, 2, 1]) : given;
      return pickHeads(perHead(upright, H), chosen, [length, upright.shape[2] ?? 1]);
    });
  };
  const [query, keys, values] = [vector("query", Q), vector("keys", K), vector("values", K)];
  return new AttentionMaps({
    kind: first.kind,
    layers: found.map(({ layer }) => layer),
    heads: chosen,
    rows: rows ?? numbered(Q),
    columns: columns ?? numbered(K),
    weights: whole.map((layer) => pickHeads(layer, chosen, [Q, K])),
    ...(query && { query }),
    ...(keys && { keys }),
    ...(values && { values }),
    model,
  });
}

const numbered = (size: number): Axis => ({ tokens: Array.from({ length: size }, (_, i) => `${i}`) });

function read(outputs: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const found = outputs[name];
  if (found === undefined) throw new Error(`internal: the output ${name} was not fetched`);
  return found;
}

/**
 * [B, H, Q, K], [B·H, Q, K], [Q, K], or [K] of a single query → [H, Q, K] of the first example. Where the first of four axes is none of the batch, it counts windows of
 * a picture, or what all examples share, and stays.
 */
function firstExample({ shape, dtype, data }: Tensor, batch: number, leading: ReadonlySet<number>): Tensor {
  const matrix = shape.length === 1 ? [1, ...shape] : shape.slice(-2);
  const all = sizeOf(shape.slice(0, -2));
  const [first = 1] = shape;
  const examples = shape.length > 3 && leading.has(first) ? first : shape.length > 2 && first % batch === 0 ? batch : 1;
  const heads = Math.max(1, Math.floor(all / examples));
  return { shape: [heads, ...matrix], dtype, data: data.subarray(0, heads * sizeOf(matrix)) };
}

/** Keys and values that heads share in groups, once for each head. */
function perHead(x: Tensor, heads: number): Tensor {
  const [groups = 1, ...rest] = x.shape;
  if (groups === heads || heads % groups !== 0) return x;
  const size = sizeOf(rest);
  const data = new Float32Array(heads * size);
  for (let head = 0; head < heads; head++) {
    const group = Math.floor((head * groups) / heads);
    data.set(x.data.subarray(group * size, (group + 1) * size), head * size);
  }
  return { shape: [heads, ...rest], dtype: "float32", data };
}

/** Some heads, and of each matrix the first rows and columns. */
function pickHeads(x: Tensor, heads: readonly number[], [rows, columns]: readonly [number, number]): Tensor {
  const [all = 0, Q = 0, K = 0] = x.shape;
  if (heads.length === all && Q === rows && K === columns && heads.every((head, i) => head === i)) return x;
  const data = new Float32Array(heads.length * rows * columns);
  heads.forEach((head, h) => {
    for (let row = 0; row < rows; row++) {
      const from = (head * Q + row) * K;
      data.set(x.data.subarray(from, from + columns), (h * rows + row) * columns);
    }
  });
  return { shape: [heads.length, rows, columns], dtype: "float32", data };
}
