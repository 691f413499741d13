export { Encoding, loadTokenizer, Tokenizer, type EncodeOptions, type EncodingAxis } from "./subwords/index.js";
export { tokenize, type TokenizeBy } from "./tokenize.js";
export type { Tokens } from "./tokens.js";
export { Vocabulary, type VocabularyData, type VocabularyOptions } from "./vocabulary.js";
