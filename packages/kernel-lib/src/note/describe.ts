import { describeHeads, describeOverview } from "./describe-heads.js";
import { describeOne } from "./describe-row.js";
import { count, inSentence, sayIn } from "./describe-words.js";
import { matrixCount } from "./matrices.js";
import type { Note } from "./schema.js";
import type { Language } from "./wording.js";

/**
 * A note in a few true sentences: which token looks where and how sharply. What rounding leaves open is said to be open.
 *
 * @example
 * ```ts
 * import { describeNote, makeNote } from "heed/note";
 * const note = makeNote({ weights: [[0.25, 0.75]], rows: ["h1"], columns: ["s1", "s2"] });
 * console.log(describeNote(note, "zh-CN")); // “h1”最关注“s2”（75%）。
 * ```
 */
export function describeNote(note: Note, language: Language = "en"): string {
  const say = sayIn(language);
  const title = note.title === undefined ? [] : [`${inSentence(note.title)}${say(":", "：")}`];
  const body =
    note.weights.encoding === "external"
      ? describeOverview(note, note.weights, say)
      : matrixCount(note) > 1
        ? describeHeads(note, note.weights, say)
        : describeOne(note, note.weights, say);
  const masked = note.maskedRows?.length ?? 0;
  return [
    ...title,
    ...body,
    ...(masked > 0
      ? [
          say(
            `${count(masked, "row")} may look at nothing: ${masked === 1 ? "its" : "their"} weights are 0.`,
            `${masked} 行没有可看的键，权重为 0。`,
          ),
        ]
      : []),
    ...(note.normalised === false ? [say("The rows do not sum to 1.", "各行之和不为 1。")] : []),
  ].join(say(" ", ""));
}
