import { readOptions } from "../checks/read-options.js";
import { readImagePreparation } from "./families/index.js";
import { readGeneration } from "./generate.js";
import { readModelFolder, type LoadOptions } from "./model-folder.js";
import { readJson } from "../storage/read-json.js";
import { readModelText } from "./model-text.js";
import { readPooling } from "./predict.js";
import { PretrainedModel } from "./pretrained-model.js";

/**
 * Loads a pretrained model from a Hugging Face folder on disk: `config.json`, `model.safetensors` (or shards with their index),
 * `tokenizer.json`. Nothing is fetched from anywhere. BERT, RoBERTa, XLM-RoBERTa, CamemBERT, DistilBERT, ALBERT, ELECTRA, GPT-2, LLaMA,
 * Mistral, Qwen 2, T5, mT5, BART, Marian and ViT are known; models of other kinds can be opened as ONNX files with `openOnnx`.
 *
 * @throws RangeError for an unknown architecture, a missing file, a tokenizer of another model; TypeError when config and weights do not
 *   fit; SyntaxError for broken files; the signal's reason when cancelled. Nothing is kept then.
 * @example
 * ```ts
 * import { loadModel } from "heed";
 * const model = await loadModel("models/all-MiniLM-L6-v2");
 * const look = await model.attend("The cat sat because it was tired.");
 * console.log(look.weights.shape); // [6, 12, 10, 10] – layers, heads, queries, keys
 * console.log(look.tokens.tokens[2]); // cat
 * ```
 */
export async function loadModel(folder: string, options: LoadOptions = {}): Promise<PretrainedModel> {
  readOptions("loadModel", options, { onProgress: true, signal: true });
  const { config, model, weights, heads } = await readModelFolder(folder, options);
  return new PretrainedModel({
    name: nameOf(folder, config),
    config,
    model,
    weights,
    heads,
    texts: await readModelText(folder, model.vocabulary),
    pooling: await readPooling((name) => readJson(folder, name)),
    preparation: readImagePreparation(await readJson(folder, "preprocessor_config.json")),
    generation: readGeneration(config, await readJson(folder, "generation_config.json")),
  });
}

/** The folder's own name; where it has none (".") that of the config. */
function nameOf(folder: string, config: Readonly<Record<string, unknown>>): string {
  const last = folder.split(/[/\\]/).findLast((part) => part !== "" && part !== "." && part !== "..");
  return last ?? String(config["_name_or_path"] ?? config["model_type"] ?? "model");
}
