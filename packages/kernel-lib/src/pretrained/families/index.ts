/** The families of pretrained models that are known, and how one is found by its `config.json`. */
import { albertFamily } from "./albert.js";
import { bartFamily } from "./bart.js";
import { bertFamily } from "./bert.js";
import type { ConfigReader } from "./config.js";
import { distilbertFamily } from "./distilbert.js";
import { electraFamily } from "./electra.js";
import type { Family } from "./family.js";
import { gpt2Family } from "./gpt2.js";
import { llamaFamily } from "./llama.js";
import { robertaFamily } from "./roberta.js";
import { t5Family } from "./t5.js";
import { vitFamily } from "./vit.js";
import { shown } from "../../storage/shown.js";

export const families: readonly Family[] = [
  bertFamily,
  robertaFamily,
  distilbertFamily,
  albertFamily,
  electraFamily,
  gpt2Family,
  llamaFamily,
  t5Family,
  bartFamily,
  vitFamily,
];

/**
 * The family that a config names in `model_type`.
 *
 * @throws RangeError when it is not known; the message lists those that are
 */
export function familyOf(config: ConfigReader): Family {
  const type = config.text("model_type");
  const found = families.find(({ modelTypes }) => modelTypes.includes(type));
  if (found !== undefined) return found;
  const known = families.flatMap(({ modelTypes }) => modelTypes).join(", ");
  throw new RangeError(
    `loadModel: expected a model_type out of ${known}; got ${shown(type)}. An ONNX export of any model can be opened with openOnnx.`,
  );
}

export type { AttentionKind, AttentionPlace, WeightsHook, HeadsTrace } from "./attend-heads.js";
export { configReader, type ConfigReader } from "./config.js";
export type { Family, FamilyModel, HeadName, ModelInputs, ModelKind, ModelTrace } from "./family.js";
export type { Parameters, ParameterShapes } from "./parameters.js";
export { noteImageOf, picturePixels, readImagePreparation, type ImagePreparation, type PictureInput } from "./image-input.js";
