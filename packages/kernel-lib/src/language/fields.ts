/** The fields of a written note: which there are, in which form they mean something, and what a misspelt one was meant to be. */

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

/** The choice that differs least from a word, if it differs little: by a third of its letters, of which a change of case is none. */
export function nearest(word: string, choices: readonly string[]): string | undefined {
  if (word.length > 30) return undefined;
  // what differs much in length differs much
  const close = (choice: string): boolean => Math.abs(choice.length - word.length) <= word.length / 3 + 1;
  const distances = choices.map((choice) => (close(choice) ? distance(word.toLowerCase(), choice.toLowerCase()) : Infinity));
  const best = Math.min(...distances);
  return best <= Math.max(1, Math.floor(word.length / 3)) && best < word.length ? choices[distances.indexOf(best)] : undefined;
}

/** How many letters must be put in, taken out, replaced or swapped with the next. */
function distance(from: string, to: string): number {
  const rows = Array.from({ length: from.length + 1 }, (_, i) => [i, ...Array.from({ length: to.length }, () => 0)]);
  rows[0] = Array.from({ length: to.length + 1 }, (_, j) => j);
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= from.length; i++) {
    for (let j = 1; j <= to.length; j++) {
      const change = at(i - 1, j - 1) + Number(from[i - 1] !== to[j - 1]);
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const row = rows[i];
      if (row) row[j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, change, swapped ? at(i - 2, j - 2) + 1 : Infinity);
    }
  }
  return at(from.length, to.length);
}
