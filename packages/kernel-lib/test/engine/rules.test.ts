/** Every rule of the lowering against jax-js on the same random input. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { grad, numpy as np, type Array as JaxArray } from "@jax-js/jax";
import { format } from "prettier";
import { describe, expect, test } from "vitest";
import { lower } from "../../src/engine/lower/lower.js";
import { rules } from "../../src/engine/lower/rules.js";
import { trace, type Equation } from "../../src/engine/trace.js";
import { compile, ops, tensor, type Tensor, type Traced } from "../../src/engine/index.js";
import { disagreement, random } from "./agree.js";
import { cases, type Case } from "./cases.js";

/** The primitives of a trace and of the programs inside it. */
const primitivesOf = (equations: readonly Equation[]): string[] =>
  equations.flatMap(({ primitive, params }) => [
    primitive,
    ...primitivesOf((params["jaxpr"] as { eqns: Equation[] } | undefined)?.eqns ?? []),
  ]);

for (const [primitive, group] of Object.entries(cases)) {
  describe(`${primitive}`, () => {
    test.each(Object.entries(group))("%s", async (_name, { program, inputs, tolerance }) => {
      const { eqns } = await trace(program, inputs);
      expect(primitivesOf(eqns), "the program has to use the primitive it is for").toContain(primitive);
      expect(await disagreement(program, inputs, tolerance === undefined ? {} : { tolerance })).toBeUndefined();
    });
  });
}

test("no rule is without a case", () => {
  expect(Object.keys(rules).filter((primitive) => primitive !== "jit" && !(primitive in cases))).toEqual([]);
});

test("nothing is lost where many rows are added in one place", async () => {
  // ScatterND with several threads loses about half of these
  const rows = 1_000_003;
  const ones = { shape: [rows], dtype: "float32" as const, data: new Float32Array(rows).fill(1) };
  const nowhere = { shape: [rows], dtype: "int32" as const, data: new Int32Array(rows) };
  const program = compile((x: JaxArray, i: JaxArray, y: JaxArray) => grad((z: JaxArray) => np.take(z, i, 0).mul(y).sum())(x));
  const { data } = await (program as unknown as (...inputs: Tensor[]) => Promise<Tensor>)(tensor([0, 0]), nowhere, ones);
  expect([...data]).toEqual([rows, 0]);
});

/** One of everything that numbers of other precision may meet. */
const precise = (x: Traced, y: Traced): Traced[] => {
  const all = [
    ops.add(ops.multiply(x, y), ops.divide(x, y)),
    ops.maximum(ops.sqrt(y), ops.negate(x)),
    ops.where(ops.less(x, y), ops.exp(x), ops.log(y)),
    ops.erf(ops.sin(ops.cos(ops.floor(ops.multiply(x, 8))))),
    ops.softmax(ops.matmul(x, ops.transpose(y)), 0),
    ops.sum(x, 0),
    ops.max(ops.concatenate([x, y], 1), 1),
    ops.sort(
      ops.pad(x, [
        [1, 0],
        [0, 2],
      ]),
      1,
    ),
    ops.power(y, 2.5),
  ];
  return all.map((array) => ops.cast(array, "float32"));
};

// ONNX Runtime has no erf in double precision: that is computed in single
test.each([
  ["float64", 1e-5],
  ["float16", 5e-3],
] as const)("%s is computed like float32, with its own precision", async (dtype, tolerance) => {
  const inputs = [
    random(3, 5),
    { ...random(3, 5), data: Float32Array.from(random(3, 5).data, (x) => Math.abs(x) + 0.5) },
  ] as const;
  const expected = await compile(precise)(...inputs);
  const got = await compile((x: Traced, y: Traced) => precise(ops.cast(x, dtype), ops.cast(y, dtype)))(...inputs);
  expected.forEach(({ data }, i) =>
    data.forEach((x, at) =>
      expect(Math.abs((got[i]?.data[at] ?? Number.NaN) - x)).toBeLessThan(tolerance * Math.max(1, Math.abs(x))),
    ),
  );
});

/** The ONNX operations that the cases of a primitive become, besides those that only move or convert. */
async function operationsOf(group: Readonly<Record<string, Case>>, primitive: string): Promise<string[]> {
  const found = new Set<string>();
  for (const { program, inputs } of Object.values(group)) {
    const traced = await trace(program, inputs);
    const graph = lower(
      traced,
      inputs.map((_, i) => ({ name: `input${i}` })),
      traced.outputNames,
    );
    for (const { op, label } of graph.nodes) if (label === primitive) found.add(op);
  }
  return [...found].toSorted();
}

/** What is said of primitives whose rule makes no node of its own, or that have no rule. */
const remarks: Readonly<Record<string, string>> = {
  transpose: "a view: nothing until an operation needs the elements in order",
  broadcast: "a view: nothing until an operation needs the repetitions",
  stop_gradient: "nothing",
  jit: "its program, in place; loops: `Scan`",
};
const missing = "no: ONNX has no such operation";

test("the table of what is lowered is current (vitest -u writes it)", async () => {
  // the enumeration of primitives is in the types of jax-js only
  const types = join(dirname(createRequire(import.meta.url).resolve("@jax-js/jax")), "index.d.ts");
  const [, listed = ""] = /declare enum Primitive \{([^}]*)\}/.exec(await readFile(types, "utf8")) ?? [];
  const primitives = [...listed.matchAll(/= "(\w+)"/g)].map(([, name = ""]) => name);
  expect(primitives.length).toBeGreaterThan(40);
  expect(primitives).toEqual(expect.arrayContaining(Object.keys(rules)));
  const rows: string[] = [];
  for (const primitive of primitives) {
    const operations = primitive in cases ? await operationsOf(cases[primitive] ?? {}, primitive) : [];
    const becomes = primitive in rules ? (remarks[primitive] ?? operations.map((op) => `\`${op}\``).join(", ")) : missing;
    rows.push(`| \`${primitive}\` | ${becomes} |`);
  }
  const text = `# What is lowered

Every primitive of jax-js, and the ONNX operations that its rule may make (before fusions). Made by \`test/engine/rules.test.ts\`, which
compares each with jax-js. A program that uses a primitive without a rule is refused with its name; \`compile(program, { runner: "jax" })\`
runs it.

| primitive | becomes |
| --- | --- |
${rows.join("\n")}
`;
  const formatted = await format(text, { parser: "markdown", printWidth: 128 });
  await expect(formatted).toMatchFileSnapshot("../../src/engine/lower/PRIMITIVES.md");
});
