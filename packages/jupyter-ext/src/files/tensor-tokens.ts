/** The tokens that a file of tensors names in its metadata. */
import { limits, type Axis } from "heed/note";

/** The tokens of an axis: as they are named, or numbers, and how many were named that do not fit. */
export interface TokenAxis extends Pick<Axis, "tokens" | "special"> {
  readonly misfit?: number;
}

/**
 * The tokens of the rows and the columns, by the names that heed's own files give them (`tokens`, `targetTokens`, each a JSON list, or
 * a list for each example of a batch); numbers where there are none that fit.
 *
 * @param example which one of a batch
 */
export function tokensOf(
  metadata: Readonly<Record<string, string>>,
  tensor: string,
  [rows, columns]: readonly [number, number],
  example = 0,
): { readonly rows: TokenAxis; readonly columns: TokenAxis } {
  const source = readTokens(metadata["tokens"], example);
  const target = readTokens(metadata["targetTokens"], example);
  const prefers = (isTarget: boolean): (string[] | undefined)[] => (isTarget ? [target, source] : [source, target]);
  return {
    rows: fitting(prefers(/^(decoder|cross)\./.test(tensor)), rows),
    columns: fitting(prefers(tensor.startsWith("decoder.")), columns),
  };
}

function fitting(lists: readonly (string[] | undefined)[], size: number): TokenAxis {
  const tokens = lists.find((list) => list?.length === size);
  if (tokens) {
    const special = Array.from(tokens.keys()).filter((i) => specialToken.test(tokens[i] ?? ""));
    // a text of nothing but such tokens has nothing that they are beside
    return { tokens, ...(special.length > 0 && special.length < size && { special }) };
  }
  const misfit = lists.find((list) => list !== undefined)?.length;
  const numbers = Array.from({ length: size }, (_, i) => `${i}`);
  return { tokens: numbers, ...(misfit !== undefined && { misfit }) };
}

/** Tokens that tokenizers put around a text and are no part of it: those of BERT, T5, Llama, GPT and their kin. */
const specialToken =
  /^(\[(CLS|SEP|PAD|MASK|BOS|EOS)\]|<\/?(s|pad|cls|sep|bos|eos|mask)>|<(start|end)_of_turn>|<\|[^|<>]{1,60}\|>|<｜[^｜<>]{1,60}｜>)$/i;

function readTokens(json: string | undefined, example: number): string[] | undefined {
  if (json === undefined) return undefined;
  try {
    const read: unknown = JSON.parse(json);
    const tokens: unknown = Array.isArray(read) && Array.isArray(read[example]) ? read[example] : read;
    if (!Array.isArray(tokens) || tokens.length > limits.tokens) return undefined;
    return tokens.map((token) => String(token).slice(0, limits.label));
  } catch {
    // tokens in some other form are no tokens; the weights can be looked at without
    return undefined;
  }
}
