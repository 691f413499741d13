import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compile, isTensor, ops, type Tensor, type Traced } from "../../../src/engine/index.js";
import { readSafetensors } from "../../../src/storage/index.js";
import { configReader, familyOf, type FamilyModel, type HeadName } from "../../../src/pretrained/families/index.js";
import { lastHiddenState } from "../../../src/pretrained/families/family.js";

const golden = join(import.meta.dirname, "../../golden/families");

async function readModel(name: string): Promise<{ model: FamilyModel; weights: Record<string, Tensor> }> {
  const folder = join(golden, name);
  const config: unknown = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
  const family = familyOf(configReader(config));
  const weights: Record<string, Tensor> = {};
  for (const [key, value] of Object.entries(await readSafetensors(folder))) {
    let plain = key;
    for (const prefix of family.prefixes) if (plain.startsWith(prefix)) plain = plain.slice(prefix.length);
    for (const [from, to] of family.renames ?? []) plain = plain.replace(from, to);
    weights[plain] = value;
  }
  const largest = Object.values(weights).reduce((most, { data }) => Math.max(most, data.length), 1);
  return {
    model: family.read(configReader(config, "config.json", { names: new Set(Object.keys(weights)), largest })),
    weights,
  };
}

/** Which tokens are not padding, for arrays [B, T, …] and attention [B, H, Q, K]; padding computes numbers nobody reads. */
function rowsOf(key: string, given: Record<string, Tensor>): { axis: number; mask: Tensor } | undefined {
  const mask = given.targetMask && !key.startsWith("encoder") ? given.targetMask : given.mask;
  if (!mask || /^(pooled|classes|nextSentence)$/.test(key)) return undefined;
  return { axis: key.includes("attention") ? 2 : 1, mask };
}

function largestDifference(want: Tensor, got: Tensor, rows?: { axis: number; mask: Tensor }): number {
  const inner = rows ? want.shape.slice(rows.axis + 1).reduce((x, y) => x * y, 1) : 1;
  const [batch = 1] = want.shape;
  const perExample = want.data.length / batch;
  let worst = 0;
  want.data.forEach((value, i) => {
    const example = Math.floor(i / perExample);
    const tokens = rows?.mask.shape[1] ?? 1;
    if (rows && rows.mask.data[example * tokens + (Math.floor(i / inner) % tokens)] === 0) return;
    const difference = Math.abs(value - (got.data[i] ?? Number.NaN));
    worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
  });
  return worst;
}

test.each(readdirSync(golden))("%s", async (name) => {
  const { model, weights } = await readModel(name);
  const expected = new Map(Object.entries(await readSafetensors(join(golden, name, "expected.safetensors"))));
  const cases = new Set([...expected.keys()].map((key) => key.split(".")[0] ?? ""));
  for (const [weight, shape] of Object.entries(model.shapes)) expect(weights[weight]?.shape, weight).toEqual(shape);
  for (const at of cases) {
    const given: Record<string, Tensor> = {};
    for (const input of ["ids", "types", "mask", "targetIds", "targetMask", "pixels"]) {
      const value = expected.get(`${at}.${input}`);
      if (value) given[input] = input.endsWith("ask") ? { ...value, dtype: "bool", data: Uint8Array.from(value.data) } : value;
    }
    const heads = (Object.keys(model.heads) as HeadName[]).filter((head) => expected.has(`${at}.${head}`));
    const program = compile((parameters: Record<string, Traced>, inputs: Record<string, Traced>) => {
      const trace = model.run(parameters, inputs);
      const results: Record<string, Traced> = {};
      for (const stack of ["encoder", "decoder"] as const) {
        trace[stack]?.hidden.forEach((hidden, i) => (results[`${stack}.hidden.${i}`] = hidden));
        trace[stack]?.attention.forEach(({ weights }, i) => (results[`${stack}.attention.${i}`] = weights));
      }
      trace.cross?.forEach(({ weights }, i) => (results[`cross.attention.${i}`] = weights));
      if (expected.has(`${at}.lastHiddenState`)) results["lastHiddenState"] = lastHiddenState(model, parameters, trace);
      for (const head of heads) results[head] = model.heads[head]?.run(parameters, trace) ?? ops.zeros([0]);
      return results;
    });
    const results = (await program(weights, given)) as Record<string, Tensor>;
    const names = [...expected.keys()].filter((key) => key.startsWith(`${at}.`)).map((key) => key.slice(at.length + 1));
    let compared = 0;
    for (const key of names) {
      if (key in given || key === "generated") continue;
      const want = expected.get(`${at}.${key}`);
      const got = results[key];
      if (!want || !isTensor(got)) throw new Error(`${name} ${at}: no ${key}`);
      expect(got.shape, key).toEqual(want.shape);
      expect(largestDifference(want, got, rowsOf(key, given)), `${at}.${key}`).toBeLessThan(1e-4);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(2);
  }
});
