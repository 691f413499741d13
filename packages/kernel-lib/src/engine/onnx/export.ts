/** Graphs as ONNX files. */
import { fileBeside, writeModelFile } from "#model-files";
import { byteSize, type Graph, type Value } from "./graph.js";
import { bytesOfConstant, serialise, type Place } from "./serialise.js";

/** An ONNX model is one message of Protocol Buffers, which cannot have more bytes than this. */
const largestModel = 2 ** 31 - 1;

/** Smaller constants stay in the model even when the others are beside it. */
const smallConstant = 1024;

/** In the file beside the model constants begin at multiples of this, so that they can be mapped into memory. */
const alignment = 4096;

/**
 * The bytes of a model. With `path` they are written there; constants go into a second file `NAME.data` when `external` says so, or when
 * they do not fit into one model.
 *
 * @throws RangeError when the constants do not fit into one model and there is no path
 */
export async function writeModel(
  graph: Graph,
  name: string,
  options: { path?: string; external?: boolean },
): Promise<Uint8Array> {
  const { path } = options;
  const size = graph.constants().reduce((sum, value) => sum + byteSize(value), 0);
  const fits = size < largestModel - 2 ** 24; // what is left is enough for any graph
  if (!fits && path === undefined) {
    throw new RangeError(
      `exportOnnx: ${name} has ${(size / 1e9).toPrecision(3)} GB of weights, and a model of one piece can have 2 GB; give a path, and they are written beside it`,
    );
  }
  if (path === undefined) return serialise(graph, name);
  if (fits && options.external !== true) {
    const bytes = serialise(graph, name);
    await writeModelFile(path, [[0, bytes]]);
    return bytes;
  }
  const beside = fileBeside(path);
  const places = placesIn(beside.name, graph);
  await writeModelFile(beside.path, constantsIn(places));
  const bytes = serialise(graph, name, (value) => places.get(value));
  await writeModelFile(path, [[0, bytes]]);
  return bytes;
}

function placesIn(file: string, graph: Graph): Map<Value, Place> {
  const places = new Map<Value, Place>();
  let end = 0;
  for (const value of graph.constants()) {
    if (byteSize(value) < smallConstant) continue;
    const offset = Math.ceil(end / alignment) * alignment;
    places.set(value, { file, offset });
    end = offset + byteSize(value);
  }
  return places;
}

function* constantsIn(places: ReadonlyMap<Value, Place>): Generator<[offset: number, bytes: Uint8Array]> {
  for (const [value, { offset }] of places) yield [offset, bytesOfConstant(value)];
}
