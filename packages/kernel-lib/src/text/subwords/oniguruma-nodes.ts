/** The nodes of Oniguruma's syntax tree, under short names. */
import type { parse } from "oniguruma-parser/parser";

export type Alternative = ReturnType<typeof parse>["body"][number];
export type Element = Alternative["body"][number];
export type Of<Type extends Element["type"]> = Extract<Element, { readonly type: Type }>;
export type Quantifier = Of<"Quantifier">;
export type Group = Of<"Group">;
export type Lookaround = Of<"LookaroundAssertion">;
export type CharacterSet = Of<"CharacterSet">;
export type CharacterClass = Of<"CharacterClass">;
export type ClassElement = CharacterClass["body"][number];
