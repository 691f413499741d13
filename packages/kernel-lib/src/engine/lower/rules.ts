/** Every primitive that is lowered, and its rule. */
import { bitRules } from "./bits.js";
import { convolutionRules } from "./convolution.js";
import { namePrefix } from "../ops/constants.js";
import type { Loop } from "../scan-trace.js";
import type { Body } from "../trace.js";
import { dotRules } from "./dot.js";
import { elementwiseRules } from "./elementwise.js";
import { fourierRules } from "./fourier.js";
import { indexingRules } from "./indexing.js";
import { lowerLoop } from "./loop.js";
import { movementRules } from "./movement.js";
import { reduceRules } from "./reduce.js";
import { rule, type Rule } from "./rule.js";
import { sortRules } from "./sort.js";
import { lowerCustomGradient } from "./custom-gradient.js";

/**
 * A program inside a program is lowered in place, unless it stands for a loop or for a function that is one node. One that only gives an
 * array a name does that.
 */
const jit = rule<{ name: string; jaxpr: Body; loop?: Loop }>((call) => {
  const { graph, inputs, params } = call;
  if (params.loop) {
    graph.label = "scan";
    return lowerLoop(call, params.loop);
  }
  const whole = lowerCustomGradient(call, params.name);
  if (whole) return whole;
  const results = call.lowerInto(graph, params.jaxpr, inputs);
  const [only] = results;
  if (only && params.name.startsWith(namePrefix)) graph.titles.set(only.base, params.name.slice(namePrefix.length));
  return results;
});

export const rules: Readonly<Record<string, Rule>> = {
  ...elementwiseRules,
  ...movementRules,
  ...reduceRules,
  ...dotRules,
  ...indexingRules,
  ...convolutionRules,
  ...sortRules,
  ...bitRules,
  ...fourierRules,
  jit,
};
