/** The fields of a written note: which there are, in which form they mean something, and what a misspelt one was meant to be. */
import { nearest } from "../checks/nearest.js";

/** The forms a written note can have, told apart by one field that only it has. */
export type Form = "weights" | "vectors" | "self" | "summary";

/** The field that makes a note of each form. */
export const formFields: Readonly<Record<Form, string>> = {
  weights: "weights",
  vectors: "query",
  self: "vectors",
  summary: "H",
};

const everyForm: readonly Form[] = ["weights", "vectors", "self", "summary"];
const computed: readonly Form[] = ["vectors", "self", "summary"];
const scored: readonly Form[] = ["vectors", "self"];

/** Every field and the forms it belongs to. */
export const fields: ReadonlyMap<string, readonly Form[]> = new Map([
  ["title", everyForm],
  ["weights", ["weights"]],
  ["normalised", ["weights"]],
  ["layers", ["weights"]],
  ["query", ["vectors"]],
  ["keys", ["vectors"]],
  ["values", ["vectors"]],
  ["vectors", ["self"]],
  ["heads", ["weights", "self"]],
  ["Wq", ["self"]],
  ["Wk", ["self"]],
  ["Wv", ["self"]],
  ["Wo", ["self"]],
  ["H", ["summary"]],
  ["V", ["summary"]],
  ["W", computed],
  ["v", computed],
  ["U", scored],
  ["b", scored],
  ["score", scored],
  ["temperature", scored],
  ["mask", everyForm],
  ["rows", everyForm],
  ["columns", everyForm],
  ["tokens", ["weights", "self", "summary"]],
  ["text", ["weights", "self", "summary"]],
  ["source", ["weights", "vectors"]],
  ["target", ["weights", "vectors"]],
  ["image", ["weights", "vectors"]],
  ["grid", ["weights", "vectors"]],
  ["scale", everyForm],
  ["numbers", everyForm],
]);

/** Words that people use for a field. */
const otherNames: Readonly<Record<string, string>> = {
  queries: "query",
  q: "query",
  k: "keys",
  attention: "weights",
  matrix: "weights",
  name: "title",
  normalized: "normalised",
  embeddings: "vectors",
  x: "vectors",
  labels: "tokens",
  words: "tokens",
  sentence: "text",
  color: "scale",
  colour: "scale",
  标题: "title",
  权重: "weights",
  查询: "query",
  键: "keys",
  值: "values",
  词: "tokens",
  文本: "text",
  句子: "text",
  向量: "vectors",
  掩码: "mask",
  温度: "temperature",
  评分: "score",
  得分: "score",
  行: "rows",
  列: "columns",
  源: "source",
  目标: "target",
  图像: "image",
  图片: "image",
};

/** The known field that a name was probably meant to be. */
export function nearestField(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (Object.hasOwn(otherNames, lower)) return otherNames[lower];
  return nearest(name, [...fields.keys()]);
}
