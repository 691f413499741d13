/**
 * The parts of @huggingface/tokenizers that are used here. Its own declarations leave out file extensions and so do not resolve under
 * Node's rules; these say what is used of them.
 */
import * as tokenizers from "@huggingface/tokenizers";

interface Library {
  readonly BPE: new (config: object) => { bpe(piece: string): string[] };
  readonly WordPiece: new (config: object) => { encode(pieces: string[]): string[] };
}

export const { BPE, WordPiece } = tokenizers as unknown as Library;
