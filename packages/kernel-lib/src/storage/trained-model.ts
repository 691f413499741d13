/** Models that were trained here, in a folder: `config.json` and `model.safetensors`. */
import { findFile, joinPath, makeFolder, writeFile } from "#weight-files";
import type { Tensor } from "../engine/index.js";
import { readJson } from "./read-json.js";
import { readSafetensors } from "./safetensors/open.js";
import { writeSafetensors, type SafetensorsOptions } from "./safetensors/write.js";

/** A model as it is stored: `config.json` and the tensors of `model.safetensors` by their names. */
export interface StoredModel {
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Texts of further files beside these, by their plain names, for other programs that read the folder. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A kind of model that can be read back: `Seq2seq`, `TranslationTransformer`, … */
export interface TrainedKind<Model> {
  fromStored(stored: StoredModel): Model;
}

/**
 * Saves a trained model: its config and vocabularies as `config.json`, its weights as `model.safetensors`, each whole or not at all.
 *
 * @param folder made if it is not there
 * @param options `floats: "F16"` halves the file; weights are then rounded to 11 bits
 * @example
 * ```ts
 * import { loadTrained, saveTrained, Seq2seq } from "heed";
 * import { chineseEnglishPairs } from "heed/data";
 * const model = Seq2seq.forPairs(chineseEnglishPairs({ count: 20, seed: 1 }), { width: 8 });
 * await saveTrained(model, "zh-en");
 * const same = await loadTrained("zh-en", Seq2seq);
 * console.log(same.source.size === model.source.size); // true
 * ```
 */
export async function saveTrained(
  model: { toStored(): StoredModel },
  folder: string,
  options: SafetensorsOptions = {},
): Promise<void> {
  const { config, tensors, files = {} } = model.toStored();
  await makeFolder(folder);
  await writeSafetensors(joinPath(folder, "model.safetensors"), tensors, { format: "heed" }, options);
  const texts = { ...files, "config.json": `${JSON.stringify(config, null, 1)}\n` };
  for (const [name, text] of Object.entries(texts)) await writeFile(joinPath(folder, name), [new TextEncoder().encode(text)]);
}

/**
 * Loads a model that {@link saveTrained} saved.
 *
 * @throws TypeError when the folder holds a model of another kind, or weights that do not fit its config; SyntaxError for a broken or
 *   truncated file. Nothing is kept then.
 */
export async function loadTrained<Model>(folder: string, kind: TrainedKind<Model>): Promise<Model> {
  const config = await readJson(folder, "config.json");
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new TypeError(
      `loadTrained: expected a config.json with an object in ${folder}; got ${config === undefined ? "none" : "something else"}`,
    );
  }
  const tensors = await readSafetensors((await findFile(folder, "model.safetensors")) ?? joinPath(folder, "model.safetensors"));
  return kind.fromStored({ config: config as Record<string, unknown>, tensors });
}
