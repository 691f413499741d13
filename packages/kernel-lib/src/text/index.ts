export { tokenize, type TokenizeBy } from "./tokenize.js";
export type { Tokens } from "./tokens.js";
export { Vocabulary, type VocabularyData, type VocabularyOptions } from "./vocabulary.js";
