import type { OptionNames } from "../checks/read-options.js";
import { isTensor, Random, type Tensor, type Tree } from "../engine/index.js";
import { mapTree } from "../engine/tree.js";
import type { StoredModel } from "../storage/trained-model.js";
import { named } from "../training/named.js";
import { shown } from "../storage/shown.js";

/** A model's config and its weights, each under its path in the tree: `encoder.forward.inputWeight`. */
export function storedModel(config: StoredModel["config"], parameters: unknown): StoredModel {
  return { config, tensors: named(parameters, isTensor) };
}

/** Where stored models say how many layers they have. */
const layerCounts: ReadonlySet<string> = new Set(["layers", "num_hidden_layers"]);

/**
 * Checks what no kind of model can be built from: options that are neither numbers nor texts, and more layers than there are
 * weights, of which even the form would fill the memory.
 *
 * @throws TypeError for a config of another kind of model or an option of another type; RangeError for too many layers
 */
export function checkStored(name: string, modelType: string, { config, tensors }: StoredModel): void {
  requireModelType(name, modelType, config);
  for (const [option, value] of Object.entries(config)) {
    if (vocabularies.has(option)) continue;
    const isPlain = isPrimitive(value) || (lists.has(option) && Array.isArray(value) && value.every(isFlat));
    if (!isPlain) throw new TypeError(`${name}: expected ${shown(option)} to be a number or a text; got ${shown(value)}`);
    const most = Object.keys(tensors).length;
    if (layerCounts.has(option) && Number(value) > most)
      throw new RangeError(`${name}: expected at most ${most} layers, as there are no more weights; got ${shown(value)}`);
  }
}

const vocabularies: ReadonlySet<string> = new Set(["source", "target", "vocabulary"]);
const isPrimitive = (value: unknown): boolean => typeof value !== "object" || value === null;
/** The options that are lists: of texts, or of objects of numbers. */
const lists: ReadonlySet<string> = new Set(["labels", "convolutions", "architectures"]);
const isFlat = (value: unknown): boolean => isPrimitive(value) || Object.values(value as object).every(isPrimitive);

function requireModelType(name: string, modelType: string, config: StoredModel["config"]): void {
  if (config["model_type"] === modelType) return;
  throw new TypeError(`${name}: expected a config with model_type "${modelType}"; got ${shown(config["model_type"])}`);
}

/** Of a stored config the options that a kind of model has; what else stands there belongs to others. */
export function optionsIn<Options>(config: StoredModel["config"], names: OptionNames<Options>): Options {
  return Object.fromEntries(Object.entries(config).filter(([name]) => Object.hasOwn(names, name))) as Options;
}

/**
 * Draws tensors that have a shape and no numbers. First weights drawn from it are the form of a model: stored weights are checked against
 * it before anything is allocated, whatever sizes a config claims.
 */
export class FormOnly extends Random {
  constructor() {
    super(0);
  }

  override fork(): this {
    return this;
  }

  override uniform(shape: readonly number[]): Tensor {
    return { shape, dtype: "float32", data: new Float32Array() };
  }

  override normal(shape: readonly number[]): Tensor {
    return this.uniform(shape);
  }
}

/**
 * A tree of weights like `template`, with the tensors that have its paths as names.
 *
 * @throws TypeError naming the tensors that are missing, unknown, or of another shape
 */
export function treeFromTensors<T>(caller: string, template: T, tensors: Readonly<Record<string, Tensor>>): T {
  const expected = new Set<string>();
  const missing: string[] = [];
  const filled = mapTree(template as Tree<Tensor>, isTensor, (like, path) => {
    expected.add(path);
    const found = Object.hasOwn(tensors, path) ? tensors[path] : undefined;
    if (found === undefined) {
      missing.push(path);
      return like;
    }
    if (found.dtype !== like.dtype || found.shape.join() !== like.shape.join()) {
      throw new TypeError(
        `${caller}: expected ${path} to be ${like.dtype} [${like.shape.join(", ")}]; got ${found.dtype} [${found.shape.join(", ")}]`,
      );
    }
    return found;
  });
  const unknown = Object.keys(tensors).filter((name) => !expected.has(name));
  if (missing.length > 0) throw new TypeError(`${caller}: the weights lack ${listed(missing)}`);
  if (unknown.length > 0) throw new TypeError(`${caller}: the weights hold ${listed(unknown)}, which this model does not have`);
  return filled as T;
}

function listed(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}
