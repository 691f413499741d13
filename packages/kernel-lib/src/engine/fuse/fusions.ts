/** The table of fusions: what each is called in `CompileOptions.fusions`, in the order in which they are applied. */
import type { Graph } from "../onnx/graph.js";
import { arithmetic, functions, gelus } from "./arithmetic.js";
import { attentions } from "./attention.js";
import { fuse, type Fusion } from "./fuse.js";
import { layerNorms, softmaxes } from "./normalisation.js";
import { reshaped } from "../lower/view.js";
import { any, node } from "./pattern.js";
import { linears, scaledProducts } from "./products.js";

/**
 * What can be fused. All are on unless switched off.
 * - `arithmetic`: differences, quotients, means, sigmoid, tanh, relu
 * - `gelu`, `softmax`, `layerNorm`: one node each
 * - `attention`: softmax(scale · Q Kᵀ) V over heads, with its weights returned
 * - `linear`: a product with a matrix, and a bias
 * - `product`: a batch of products with a factor or transposed sides; an operation of ONNX Runtime's own
 */
export type FusionName = "arithmetic" | "gelu" | "softmax" | "layerNorm" | "attention" | "linear" | "product";

export type Fusions = Readonly<Partial<Record<FusionName, boolean>>>;

/** Rows are applied one after the other; what is in one row at once. */
const table: readonly { readonly [name in FusionName]?: readonly Fusion[] }[] = [
  { arithmetic: functions },
  { arithmetic },
  { gelu: gelus, softmax: softmaxes, layerNorm: layerNorms },
  { attention: attentions },
  { linear: linears },
  { product: scaledProducts },
];

/** What fusing leaves behind: a value reshaped twice in a row. */
const tidy: readonly Fusion[] = [
  {
    pattern: node("Reshape", node("Reshape", any("x"), any("between")), any("after")),
    replace: (graph, found, result) => reshaped(graph, found.value("x"), result.shape),
  },
];

/** Applies every fusion that is not switched off. */
export function fuseAll(graph: Graph, chosen: Fusions | false = {}): void {
  if (chosen === false) return;
  for (const row of table) {
    const fusions = Object.entries(row).flatMap(([name, some]) => (chosen[name as FusionName] === false ? [] : some));
    if (fusions.length > 0) fuse(graph, fusions);
  }
  fuse(graph, tidy);
}
