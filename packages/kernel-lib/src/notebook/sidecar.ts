/** Weights that are too many for a notebook go into a `.safetensors` file beside it, with finer overviews for who zooms in. */
import { decodeFloat16, encodeFloat16 } from "../dtypes/float16.js";
import { encodeBase64 } from "../note/base64.js";
import { chooseBlock, limits, toPyramid, type PlainTensor, type PyramidLevel, type StoreSidecar } from "../note/index.js";
import { encodeHeader, type SafetensorsPart } from "../storage/safetensors/index.js";
import type { SidecarOptions, NotebookFolder } from "./host.js";

/**
 * Weights that would take more bytes than this inside the notebook go beside it. 144 heads of 128 tokens (3.2 MB) stay inside, 12 heads
 * of 512 tokens (4.2 MB) do not.
 */
const defaultSidecarThreshold = 4_000_000;

/** What a file says of itself under `heed` in its metadata, so that it is told from files of another origin. */
const sidecarMark = "weights of a note";

/** A matrix of more cells than this is given finer overviews than the one inside the note; a smaller one is read whole. */
const pyramidOver = 2 ** 20;
/** The finest overview: cells of the weights along a side. */
const finestBlock = 4;

/** Bytes that weights take inside a notebook: one each, as base64. */
const bytesInside = ({ data }: PlainTensor): number => (data.length * 4) / 3;

/**
 * Keeps weights beside the notebook of the running cell if they would take more than `sidecarThreshold` bytes inside. Where no file can be
 * written they stay inside, and it is said.
 *
 * @param run the same during one run of the cell
 */
export function storeSidecar(folder: NotebookFolder, run: unknown, { sidecarThreshold, id }: SidecarOptions): StoreSidecar {
  const over = sidecarThreshold ?? folder.sidecarThreshold ?? defaultSidecarThreshold;
  return (weights, about) => {
    if (bytesInside(weights) <= over) return undefined;
    // parts are drawn over their picture, for which an overview of them is of no use
    if (about.kind === "image" && weights.data.length <= limits.inlineCells) return undefined;
    const place = placeOf(run, id);
    try {
      return write(folder, place, weights, about);
    } catch (error) {
      console.warn(
        `show: the weights could not be written beside the notebook, so they stay inside (${error instanceof Error ? error.message : String(error)})`,
      );
      return undefined;
    }
  };
}

let places: { run: unknown; byId: Map<string, number>; next: number } = { run: undefined, byId: new Map(), next: 1 };

/** The number of a picture among those of a run; the same for pictures that replace one another. */
function placeOf(run: unknown, id: string | undefined): number {
  if (places.run !== run) places = { run, byId: new Map(), next: 1 };
  const known = id === undefined ? undefined : places.byId.get(id);
  if (known !== undefined) return known;
  const place = places.next++;
  if (id !== undefined) places.byId.set(id, place);
  return place;
}

function write(
  folder: NotebookFolder,
  place: number,
  weights: PlainTensor,
  about: Parameters<StoreSidecar>[1],
): ReturnType<StoreSidecar> {
  const { rows, columns } = about.axes;
  const isSelf = rows.tokens.join("\0") === columns.tokens.join("\0");
  const tensor = isSelf ? "weights" : "cross.weights";
  const levels = pyramidOf(weights.shape);
  const parts: SafetensorsPart[] = [
    { name: tensor, dtype: "F16", shape: weights.shape },
    ...levels.flatMap(({ block, max, mean }) => {
      const shape = [
        ...weights.shape.slice(0, -2),
        ...weights.shape.slice(-2).map((size, i) => Math.ceil(size / (block[i] ?? 1))),
      ];
      return [max, mean].map((name) => ({ name, dtype: "F16" as const, shape }));
    }),
  ];
  const metadata = (sha256: string): Record<string, string> => ({
    heed: sidecarMark,
    sha256,
    tokens: JSON.stringify(columns.tokens),
    ...(!isSelf && { targetTokens: JSON.stringify(rows.tokens) }),
    ...(about.title !== undefined && { title: about.title }),
    ...(folder.notebook !== undefined && { notebook: folder.notebook }),
    ...(folder.cell !== undefined && { cell: folder.cell }),
  });
  const error = { most: 0 };
  const hashes: string[] = [];
  let file = "";
  let headerHash = "";
  folder.write({
    headerBytes: encodeHeader(parts, metadata("0".repeat(64))).length,
    data: encode(weights, levels, error, (codes) => hashes.push(folder.sha256(codes).slice(0, 2 * hashBytes))),
    finish: (sha256) => {
      const header = encodeHeader(parts, metadata(sha256));
      file = sidecarName(folder, place, sha256);
      headerHash = folder.sha256(header);
      return { name: file, header };
    },
  });
  const matrixHashes = encodeBase64(bytesOfHex(hashes.join("")));
  return { file, tensor, headerHash, matrixHashes, maxError: error.most, ...(levels.length > 0 && { pyramid: levels }) };
}

/** The overviews between the weights and the one inside the note, from fine to coarse. */
function pyramidOf(shape: readonly number[]): PyramidLevel[] {
  const [rows = 1, columns = 1] = shape.slice(-2);
  const levels: PyramidLevel[] = [];
  if (rows * columns <= pyramidOver) return levels;
  for (let block = finestBlock; block < chooseBlock(shape); block *= 2) {
    levels.push({ block: [block, block], max: `max/${block}`, mean: `mean/${block}` });
  }
  return levels;
}

/** The data of the file, matrix by matrix, in half precision: the weights, then each overview's maxima and means. */
function* encode(
  { shape, data }: PlainTensor,
  levels: readonly PyramidLevel[],
  error: { most: number },
  onMatrix: (codes: Uint8Array) => void,
): Generator<Uint8Array> {
  const [rows = 1, columns = 1] = shape.slice(-2);
  const size = rows * columns;
  const blocks = levels.map(({ block }) => block);
  const finer: Uint8Array[][] = levels.flatMap(() => [[], []]);
  for (let start = 0; start < data.length; start += size) {
    const part = data instanceof Float32Array ? data.subarray(start, start + size) : sliceOf(data, start, size);
    const codes = encodeFloat16(part);
    // the overviews are of what is in the file
    const stored = decodeFloat16(codes);
    for (let i = 0; i < size; i++) {
      const off = Math.abs((stored[i] ?? 0) - (part[i] ?? 0));
      if (off > error.most) error.most = off;
    }
    if (!Number.isFinite(error.most)) {
      throw new RangeError("show: expected weights up to 65,504 for a file in half precision; got a larger one");
    }
    onMatrix(bytesOf(codes));
    yield bytesOf(codes);
    const matrix = { shape: [rows, columns], data: stored };
    for (const [i, { max, mean }] of toPyramid(matrix, blocks).entries()) {
      finer[i * 2]?.push(bytesOf(encodeFloat16(Float32Array.from(max.data))));
      finer[i * 2 + 1]?.push(bytesOf(encodeFloat16(Float32Array.from(mean.data))));
    }
  }
  for (const matrices of finer) yield* matrices;
}

/** Of each matrix so many bytes of its hash go into the note: numbers that changed are noticed where they are read. */
const hashBytes = 16;

const bytesOfHex = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));

const bytesOf = ({ buffer }: Uint16Array): Uint8Array => new Uint8Array(buffer);

const sliceOf = (data: ArrayLike<number>, start: number, size: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => data[start + i] ?? 0);

/**
 * The name of a file: the notebook's, the cell's and the picture's number in it, so that running the cell again replaces it. Where the
 * cell is not known, the content's, so that the same content is written once.
 */
export function sidecarName(
  { notebook, cell }: Pick<NotebookFolder, "notebook" | "cell">,
  place: number,
  sha256: string,
): string {
  const stem = plainName(notebook ?? "", 40) || "attention";
  const id = plainName(cell ?? "", 64);
  // of a random id its first part tells cells of one notebook apart
  const short = /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(id) ? id.slice(0, 8) : id;
  return `${stem}.${short === "" ? sha256.slice(0, 16) : `${short}-${place}`}.safetensors`;
}

/** Letters, digits and what is safe between them, on every system and in every address. */
function plainName(name: string, most: number): string {
  const plain = name.replaceAll(/[^\p{L}\p{N}_-]+/gu, "-").replaceAll(/^-+|-+$/g, "");
  return Array.from(plain).slice(0, most).join("");
}
