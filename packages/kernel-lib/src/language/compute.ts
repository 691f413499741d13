/** The part of the language that needs the engine. */
import { attention, multiHeadAttention, selfAttention, summaryAttention, type NoteOptions } from "../attention/index.js";
import type { Note } from "../note/index.js";
import type { Matrix, WrittenSource } from "./written-note.js";

/** A source of weights that gives vectors. */
export type ComputedSource = Exclude<WrittenSource, { readonly form: "weights" }>;

/** How the weights are computed, apart from the numbers. */
export interface Conditions {
  readonly mask?: Matrix | undefined;
  readonly temperature?: number | undefined;
}

/** Computes the weights of a written note with the library's own attention functions. */
export async function compute(source: ComputedSource, { mask, temperature }: Conditions, labels: NoteOptions): Promise<Note> {
  const conditions = { ...(mask && { mask: { allowed: mask } }), ...(temperature !== undefined && { temperature }) };
  switch (source.form) {
    case "vectors": {
      const { query, keys, values, score } = source;
      return (await attention({ query, keys, values, score, ...conditions })).toNote(labels);
    }
    case "self": {
      const { form: _, heads, Wo, ...vectors } = source;
      const result =
        heads === undefined
          ? await selfAttention({ ...vectors, ...conditions })
          : await multiHeadAttention({ ...vectors, heads, ...(Wo && { Wo }), ...conditions });
      return result.toNote(labels);
    }
    case "summary": {
      const { H, W, V } = source;
      return (await summaryAttention({ H, W, V, ...(mask && { mask: { allowed: mask } }) })).toNote(labels);
    }
  }
}
