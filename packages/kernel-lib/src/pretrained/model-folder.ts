/** A Hugging Face folder: its config, and the weights its family needs, checked before anything is read. */
import { findFile, isFile, isFolder, joinPath } from "#weight-files";
import { sizeOf, type Tensor } from "../engine/index.js";
import {
  configReader,
  familyOf,
  type Family,
  type FamilyModel,
  type HeadName,
  type ParameterShapes,
} from "./families/index.js";
import { readJson } from "../storage/read-json.js";
import { openSafetensors, type SafetensorsFile } from "../storage/safetensors/open.js";

/** What is in the folder of a model. */
export interface ModelFolder {
  readonly config: Readonly<Record<string, unknown>>;
  readonly model: FamilyModel;
  /** Under the names of the family, without the name of the base model in front. */
  readonly weights: Readonly<Record<string, Tensor>>;
  /** The heads whose weights are there. */
  readonly heads: readonly HeadName[];
}

/** How a model is loaded. */
export interface LoadOptions {
  /** Called with the share of the weights that has been read. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Reads a model's config and weights. Nothing is kept when something is wrong.
 *
 * @throws RangeError for an unknown architecture; TypeError for a config or weights that do not fit it; SyntaxError for broken files
 */
export async function readModelFolder(folder: string, { onProgress, signal }: LoadOptions = {}): Promise<ModelFolder> {
  if (!(await isFolder(folder))) throw new RangeError(`loadModel: expected a folder; there is none at ${folder}`);
  const config = await readJson(folder, "config.json");
  if (config === undefined) throw new RangeError(`loadModel: expected config.json in ${folder}; there is none`);
  const family = familyOf(configReader(config));
  const file = await openSafetensors(await findWeights(folder));
  const places = placesOf(file, family);
  const largest = file.names.reduce((most, name) => Math.max(most, sizeOf(file.shape(name))), 1);
  const reader = configReader(config, "config.json", { names: new Set(places.keys()), largest });
  const model = family.read(reader);
  const heads = headsIn(file, places, model, reader.architectures);
  const shapes: Record<string, readonly number[]> = { ...model.shapes };
  for (const head of heads) Object.assign(shapes, model.heads[head]?.shapes);
  const optional = {
    ...model.optional,
    ...Object.assign({}, ...heads.map((head) => model.heads[head]?.optional)),
  } as ParameterShapes;
  for (const [name, shape] of Object.entries(optional)) if (places.has(name)) shapes[name] = shape;
  checkShapes(file, places, shapes);
  const weights: Record<string, Tensor> = {};
  const total = Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);
  let done = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    signal?.throwIfAborted();
    weights[name] = await file.read(places.get(name) ?? name);
    done += sizeOf(shape);
    onProgress?.(done / total);
  }
  return { config: config as Record<string, unknown>, model, weights, heads };
}

async function findWeights(folder: string): Promise<string> {
  const names = ["model.safetensors", "model.safetensors.index.json"];
  for (const name of names) {
    const found = await findFile(folder, name);
    if (found !== undefined) return found;
  }
  const pickled =
    (await isFile(joinPath(folder, "pytorch_model.bin"))) || (await isFile(joinPath(folder, "pytorch_model.bin.index.json")));
  const cure = pickled
    ? "; convert pytorch_model.bin in Python: AutoModel.from_pretrained(folder).save_pretrained(folder)"
    : "";
  throw new RangeError(`loadModel: expected ${names.join(" or ")} in ${folder}; there is neither${cure}`);
}

/** The family's name of each weight → its name in the file. */
function placesOf(file: SafetensorsFile, family: Family): Map<string, string> {
  const places = new Map<string, string>();
  for (const name of file.names) {
    let plain = name;
    const prefix = family.prefixes.find((start) => plain.startsWith(start));
    if (prefix !== undefined) plain = plain.slice(prefix.length);
    for (const [from, to] of family.renames ?? []) plain = plain.replace(from, to);
    if (!places.has(plain)) places.set(plain, name);
  }
  return places;
}

/** Architectures in which a head that has no weights of its own, or whose weights bear the names of another, is not what they are. */
const otherTask: Readonly<Partial<Record<HeadName, RegExp>>> = {
  logits: /For\w*(?:Classification|QuestionAnswering|MultipleChoice)$|EncoderModel$/u,
  classes: /For(?:TokenClassification|QuestionAnswering|MultipleChoice)$/u,
};

/**
 * Heads whose weights are all there. One that needs none of its own (its output matrix being the embeddings) is there unless the
 * config names another task, and the file has no output matrix.
 */
function headsIn(
  file: SafetensorsFile,
  places: ReadonlyMap<string, string>,
  model: FamilyModel,
  architectures: readonly string[],
): HeadName[] {
  return (Object.keys(model.heads) as HeadName[]).filter((head) => {
    const { shapes = {}, optional = {} } = model.heads[head] ?? {};
    const isOwn = Object.keys(head === "logits" ? { ...shapes, ...optional } : {}).some((name) => places.has(name));
    if (!isOwn && architectures.some((name) => otherTask[head]?.test(name))) return false;
    return Object.entries(shapes).every(([name, shape]) => {
      const place = places.get(name);
      // A classifier of another task bears the same name at another size.
      return place !== undefined && (head !== "classes" || file.shape(place).join() === shape.join());
    });
  });
}

function checkShapes(file: SafetensorsFile, places: ReadonlyMap<string, string>, shapes: ParameterShapes): void {
  const missing = Object.keys(shapes).filter((name) => !places.has(name));
  if (missing.length > 0) {
    const more = missing.length > 3 ? ` and ${missing.length - 3} more` : "";
    throw new TypeError(
      `loadModel: the weights do not fit config.json: ${missing.slice(0, 3).join(", ")}${more} are missing; the file has ${file.names.length} tensors, such as ${file.names.slice(0, 2).join(", ")}`,
    );
  }
  for (const [name, shape] of Object.entries(shapes)) {
    const place = places.get(name) ?? name;
    const got = file.shape(place);
    if (got.join() !== shape.join()) {
      throw new TypeError(
        `loadModel: expected ${place} to be [${shape.join(", ")}] as config.json says; got [${got.join(", ")}] in the file`,
      );
    }
    if (!readable.has(file.dtype(place))) {
      throw new TypeError(`loadModel: expected ${place} to hold floating-point numbers; got ${file.dtype(place)}`);
    }
  }
}

const readable: ReadonlySet<string> = new Set(["F64", "F32", "F16", "BF16"]);
