/** Every fusion is found where it should be, and changes no number: switched on and off, and against jax-js. */
import { nn, type Array as JaxArray } from "@jax-js/jax";
import { describe, expect, test } from "vitest";
import { fuseAll, type FusionName, type Fusions } from "../../src/engine/fuse/fusions.js";
import { compile, grad, ops, scan, type Program, type Tensor, type Traced } from "../../src/engine/index.js";
import { lower } from "../../src/engine/lower/lower.js";
import { bodies, type Graph } from "../../src/engine/onnx/graph.js";
import { trace } from "../../src/engine/trace.js";
import { bools, difference, disagreement, random } from "./agree.js";

interface Case {
  readonly program: Program;
  readonly inputs: readonly Tensor[];
  /** The operations that are left, in no order. */
  readonly leaves: readonly string[];
}

const layerNorm = (x: Traced, scale: Traced, bias: Traced): Traced => {
  const centred = ops.subtract(x, ops.mean(x, -1, { keepdims: true }));
  const deviation = ops.sqrt(ops.add(ops.mean(ops.square(centred), -1, { keepdims: true }), 1e-5));
  return ops.add(ops.multiply(ops.divide(centred, deviation), scale), bias);
};

const heads = (x: Traced, count: number): Traced => {
  const [batch = 1, tokens = 1, width = 1] = x.shape;
  return ops.transpose(ops.reshape(x, [batch, tokens, count, width / count]), [0, 2, 1, 3]);
};
const joined = (x: Traced): Traced => {
  const [batch = 1, count = 1, tokens = 1, width = 1] = x.shape;
  return ops.reshape(ops.transpose(x, [0, 2, 1, 3]), [batch, tokens, count * width]);
};
const attention = (x: Traced, y: Traced, z: Traced): { weights: Traced; output: Traced } => {
  const scores = ops.divide(ops.matmul(heads(x, 3), ops.swapAxes(heads(y, 3), -1, -2)), Math.sqrt(5));
  const weights = ops.softmax(scores, -1);
  return { weights, output: joined(ops.matmul(weights, heads(z, 3))) };
};

const cases: Readonly<Record<FusionName, Readonly<Record<string, Case>>>> = {
  arithmetic: {
    difference: { program: ops.subtract, inputs: [random(3, 5), random(5)], leaves: ["Sub"] },
    "what is negated on both sides is no difference": {
      program: (x: Traced) => {
        const opposite = ops.negate(x);
        return ops.add(opposite, opposite);
      },
      inputs: [random(3, 5)],
      leaves: ["Neg", "Add"],
    },
    quotient: { program: ops.divide, inputs: [random(3, 5), random(3, 5)], leaves: ["Div"] },
    "a small divisor is inverted once": {
      program: ops.divide,
      inputs: [random(3, 5), random(5)],
      leaves: ["Reciprocal", "Mul"],
    },
    mean: { program: (x: Traced) => ops.mean(x, [0, 2]), inputs: [random(2, 3, 5)], leaves: ["ReduceMean", "Reshape"] },
    sigmoid: { program: ops.sigmoid, inputs: [random(31)], leaves: ["Sigmoid"] },
    tanh: { program: ops.tanh, inputs: [random(31)], leaves: ["Tanh"] },
    relu: { program: ops.relu, inputs: [random(31)], leaves: ["Relu"] },
  },
  gelu: {
    erf: { program: (x: Traced) => ops.gelu(x), inputs: [random(31)], leaves: ["Gelu"] },
    tanh: { program: (x: Traced) => ops.gelu(x, { approximate: "tanh" }), inputs: [random(31)], leaves: ["Gelu"] },
    "half times the rest": {
      program: (x: Traced) => ops.multiply(0.5, ops.multiply(x, ops.add(1, ops.erf(ops.divide(x, Math.SQRT2))))),
      inputs: [random(31)],
      leaves: ["Gelu"],
    },
  },
  softmax: {
    "last axis": { program: (x: Traced) => ops.softmax(x, -1), inputs: [random(2, 3, 5)], leaves: ["Softmax"] },
    "an axis in the middle": { program: (x: Traced) => ops.softmax(x, 1), inputs: [random(2, 3, 5)], leaves: ["Softmax"] },
    "of a transpose": {
      program: (x: Traced) => ops.softmax(ops.transpose(x), 0),
      inputs: [random(3, 5)],
      leaves: ["Softmax", "Transpose"],
    },
    logarithm: { program: (x: Traced) => ops.logSoftmax(x, -1), inputs: [random(3, 5)], leaves: ["LogSoftmax"] },
    masked: {
      program: (mask: Traced, x: Traced) => ops.where(mask, ops.softmax(ops.where(mask, x, -3e38), -1), 0),
      inputs: [bools(7, 5), random(7, 5)],
      leaves: ["Where", "Softmax", "Where"],
    },
    "not over two axes": {
      program: (x: JaxArray) => nn.softmax(x, [1, 2]),
      inputs: [random(2, 3, 5)],
      leaves: ["ReduceMax", "Sub", "Exp", "ReduceSum", "Reciprocal", "Mul"],
    },
  },
  layerNorm: {
    "with scale and bias": { program: layerNorm, inputs: [random(3, 7), random(7), random(7)], leaves: ["LayerNormalization"] },
    "with neither": {
      program: (x: Traced) => {
        const centred = ops.subtract(x, ops.mean(x, -1, { keepdims: true }));
        return ops.divide(centred, ops.sqrt(ops.add(ops.variance(x, -1, { keepdims: true }), 1e-12)));
      },
      inputs: [random(3, 7)],
      leaves: ["LayerNormalization"],
    },
    "scale with a batch": {
      program: (x: Traced, scale: Traced) => layerNorm(x, scale, ops.zeros([7])),
      inputs: [random(3, 7), random(3, 7)],
      leaves: ["LayerNormalization", "Mul", "Add"],
    },
  },
  attention: {
    "heads beside each other, weights returned": {
      program: attention,
      inputs: [random(2, 7, 15), random(2, 11, 15), random(2, 11, 15)],
      leaves: ["Attention"],
    },
    "a single example": {
      program: attention,
      inputs: [random(1, 7, 15), random(1, 7, 15), random(1, 7, 15)],
      leaves: ["Attention"],
    },
    "values that depend on the weights": {
      program: (x: Traced) => {
        const weights = ops.softmax(ops.matmul(heads(x, 3), ops.swapAxes(heads(x, 3), -1, -2)), -1);
        return joined(ops.matmul(weights, heads(ops.add(x, ops.sum(weights)), 3)));
      },
      inputs: [random(1, 5, 15)],
      leaves: [],
    },
  },
  linear: {
    "a matrix and a bias": {
      program: (x: Traced, w: Traced, b: Traced) => ops.add(ops.matmul(x, w), b),
      inputs: [random(3, 5), random(5, 7), random(7)],
      leaves: ["Gemm"],
    },
    "a matrix stored transposed": {
      program: (x: Traced, w: Traced, b: Traced) => ops.add(ops.matmul(x, ops.transpose(w)), b),
      inputs: [random(2, 3, 5), random(7, 5), random(7)],
      leaves: ["Reshape", "Gemm", "Reshape"],
    },
    "both sides transposed, no bias": {
      program: (x: Traced, w: Traced) => ops.matmul(ops.transpose(x), ops.transpose(w)),
      inputs: [random(5, 3), random(7, 5)],
      leaves: ["Gemm"],
    },
    "a bias for each row is none": {
      program: (x: Traced, w: Traced, b: Traced) => ops.add(ops.matmul(x, w), b),
      inputs: [random(3, 5), random(5, 7), random(3, 1)],
      leaves: ["MatMul", "Add"],
    },
  },
  product: {
    "scaled scores": {
      program: (x: Traced, y: Traced) => ops.multiply(ops.matmul(x, ops.swapAxes(y, -1, -2)), 0.125),
      inputs: [random(3, 5, 7), random(3, 11, 7)],
      leaves: ["FusedMatMul"],
    },
    "a transposed left side": {
      program: (x: Traced, y: Traced) => ops.matmul(ops.swapAxes(x, -1, -2), y),
      inputs: [random(3, 7, 5), random(3, 7, 11)],
      leaves: ["FusedMatMul"],
    },
  },
};

async function graphOf(program: Program, inputs: readonly Tensor[], fusions: Fusions | false): Promise<Graph> {
  const traced = await trace(program, inputs);
  const graph = lower(
    traced,
    inputs.map((_, i) => ({ name: `input${i}` })),
    traced.outputNames,
  );
  fuseAll(graph, fusions);
  return graph;
}

for (const [name, group] of Object.entries(cases)) {
  describe(`${name}`, () => {
    test.each(Object.entries(group))("%s", async (_, { program, inputs, leaves }) => {
      expect(await disagreement(program, inputs)).toBeUndefined();
      const on = await (compile(program) as (...given: unknown[]) => Promise<unknown>)(...inputs);
      const off = await (compile(program, { fusions: { [name]: false } }) as (...given: unknown[]) => Promise<unknown>)(
        ...inputs,
      );
      const none = await (compile(program, { fusions: false }) as (...given: unknown[]) => Promise<unknown>)(...inputs);
      // sums in another order, and 1/x · y for y/x
      expect(difference(on, off, 2e-6)).toBeUndefined();
      expect(difference(on, none, 2e-6)).toBeUndefined();
      if (leaves.length === 0) return;
      const { nodes } = await graphOf(program, inputs, {});
      expect(nodes.map(({ op }) => op).toSorted()).toEqual(leaves.toSorted());
    });
  });
}

const layer = (w: { q: Traced; k: Traced; scale: Traced; bias: Traced }, x: Traced): Traced => {
  const { weights, output } = attention(ops.matmul(x, w.q), ops.matmul(x, w.k), x);
  const hidden = ops.gelu(layerNorm(ops.add(output, x), w.scale, w.bias));
  return ops.add(ops.sum(ops.square(hidden)), ops.sum(ops.log(weights)));
};

test("all of a gradient through everything agrees", async () => {
  const weights = { q: random(15, 15), k: random(15, 15), scale: random(15), bias: random(15) };
  expect(await disagreement(grad(layer), [weights, random(2, 7, 15)], { tolerance: 1e-4 })).toBeUndefined();
});

const softmaxAndMore = (x: Traced): Traced[] => {
  const exponential = ops.exp(ops.subtract(x, ops.max(x, -1, { keepdims: true })));
  return [ops.divide(exponential, ops.sum(exponential, -1, { keepdims: true })), exponential];
};

test("a value that is used elsewhere is not fused away", async () => {
  expect(await disagreement(softmaxAndMore, [random(3, 5)])).toBeUndefined();
  const { nodes } = await graphOf(softmaxAndMore, [random(3, 5)], {});
  expect(nodes.map(({ op }) => op)).not.toContain("Softmax");
});

const recurrent = (x: Traced, w: Traced, b: Traced, h: Traced): Traced =>
  scan(
    (state: Traced, input: Traced) => {
      const next = ops.sigmoid(ops.add(ops.add(ops.matmul(state, w), b), input));
      return [next, ops.softmax(next, -1)];
    },
    h,
    x,
  )[1];

test("bodies of loops are fused too, with values from outside", async () => {
  const inputs = [random(5, 3, 7), random(7, 7), random(7), random(3, 7)];
  expect(await disagreement(recurrent, inputs)).toBeUndefined();
  const { nodes } = await graphOf(recurrent, inputs, {});
  const inside = nodes.flatMap((node) => bodies(node.attributes).flatMap((body) => body.nodes.map(({ op }) => op)));
  expect(inside.toSorted()).toEqual(["Add", "Gemm", "Sigmoid", "Softmax"]);
});

const scores = (x: Traced, y: Traced): Traced => ops.matmul(heads(x, 3), ops.swapAxes(heads(y, 3), -1, -2));

test("heads are brought together by whole rows, also those of keys, which a product then reads transposed", async () => {
  const inputs = [random(2, 7, 15), random(2, 11, 15)];
  expect(await disagreement(scores, inputs)).toBeUndefined();
  const { nodes } = await graphOf(scores, inputs, {});
  const orders = nodes.filter(({ op }) => op === "Transpose").map(({ attributes }) => attributes["perm"]);
  expect(orders).toEqual([
    [0, 2, 1, 3],
    [0, 2, 1, 3],
  ]);
  expect(nodes.map(({ op }) => op)).toContain("FusedMatMul");
});

const repetitive = (x: Traced): Traced => {
  ops.exp(ops.exp(x));
  return ops.add(ops.multiply(ops.sin(x), ops.sin(x)), ops.sin(x));
};

test("equal computations are made once, unused ones never", async () => {
  const { nodes } = await graphOf(repetitive, [random(5)], false);
  expect(nodes.map(({ op }) => op)).toEqual(["Sin", "Mul", "Add"]);
});

const moving = (x: Traced, y: Traced): Traced => {
  const turned = ops.transpose(ops.reshape(ops.transpose(ops.expandDims(x, [0, 2]), [3, 1, 0, 2]), [5, 3]));
  return ops.transpose(ops.matmul(turned, ops.squeeze(ops.broadcastTo(ops.expandDims(y, 0), [1, 5, 7]), 0)));
};

test("movement costs nothing: all of it is in how one product reads its sides", async () => {
  const inputs = [random(3, 5), random(5, 7)];
  expect(await disagreement(moving, inputs)).toBeUndefined();
  const { nodes } = await graphOf(moving, inputs, {});
  expect(nodes.map(({ op }) => op)).toEqual(["Gemm"]);
});
