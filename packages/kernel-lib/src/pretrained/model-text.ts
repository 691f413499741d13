import { findFile } from "#weight-files";
import { loadTokenizer, type Tokenizer } from "../text/subwords/tokenizer.js";
import { readJson } from "../storage/read-json.js";

/** The tokenizer of a model, and which of its tokens have a part to play. */
export interface ModelText {
  readonly tokenizer: Tokenizer;
  readonly specialIds: ReadonlySet<number>;
  /** The token to be filled in; undefined where the model has none. */
  readonly maskId?: number;
}

/**
 * Reads the tokenizer of a folder; undefined where there is none.
 *
 * @throws SyntaxError when its files are broken; RangeError when it knows tokens that the model has no rows for
 */
export async function readModelText(folder: string, vocabulary: number): Promise<ModelText | undefined> {
  const path = await findFile(folder, "tokenizer.json");
  if (path === undefined) return undefined;
  const tokenizer = await loadTokenizer(path);
  if (tokenizer.size > vocabulary) {
    throw new RangeError(
      `loadModel: tokenizer.json knows ${tokenizer.size} tokens; the model has rows for ${vocabulary}. They do not belong together`,
    );
  }
  const named: Record<string, unknown> = {
    ...((await readJson(folder, "tokenizer_config.json")) as object | undefined),
    ...((await readJson(folder, "special_tokens_map.json")) as object | undefined),
  };
  const idOf = (name: string): number | undefined => {
    const token = named[`${name}_token`];
    const content = typeof token === "object" && token !== null && "content" in token ? token.content : token;
    return typeof content === "string" ? tokenizer.id(content) : undefined;
  };
  const ids = ["cls", "sep", "pad", "mask", "bos", "eos"].map(idOf);
  const maskId = idOf("mask");
  return {
    tokenizer,
    specialIds: new Set(ids.filter((id) => id !== undefined)),
    ...(maskId !== undefined && { maskId }),
  };
}
