/** Every primitive that is lowered, and its rule. */
import { dotRules } from "./dot.js";
import { elementwiseRules } from "./elementwise.js";
import { indexingRules } from "./indexing.js";
import { movementRules } from "./movement.js";
import { reduceRules } from "./reduce.js";
import { rule, type Rule } from "./rule.js";

/** A program inside a program is lowered in place. */
const jit = rule(({ inline, equation }) => inline(equation));

export const rules: Readonly<Record<string, Rule>> = {
  ...elementwiseRules,
  ...movementRules,
  ...reduceRules,
  ...dotRules,
  ...indexingRules,
  jit,
};
