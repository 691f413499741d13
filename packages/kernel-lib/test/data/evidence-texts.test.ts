import { expect, test } from "vitest";
import { evidenceLabels, evidenceTexts } from "../../src/data/evidence-texts.js";

test.each(["en", "zh"] as const)("the evidence decides the class and nothing else does (%s)", (language) => {
  const texts = evidenceTexts({ count: 2000, seed: 1, language });
  const classesOf = new Map<string, Set<string>>();
  const elsewhere = new Set<string>();
  for (const { tokens, label, evidence } of texts) {
    expect(evidenceLabels).toContain(label);
    expect(evidence).toHaveLength(label === "nothing" ? 0 : label.split(" ").length);
    const words = evidence.map((position) => tokens[position] ?? "");
    for (const word of words) classesOf.set(word, (classesOf.get(word) ?? new Set()).add(label));
    tokens.forEach((token, i) => evidence.includes(i) || elsewhere.add(token));
  }
  expect(classesOf.size).toBe(4 * 4 + 2 * 4);
  // an aspect word goes with two verdicts or none, a verdict with four aspects or none: neither decides alone
  expect([...classesOf.values()].map((labels) => labels.size).sort()).toEqual([...Array(16).fill(3), ...Array(8).fill(5)]);
  expect([...classesOf.keys()].filter((word) => elsewhere.has(word))).toEqual([]);
});

test("classes are balanced, texts differ, and the seed decides them", () => {
  const texts = evidenceTexts({ count: 2000, seed: 1 });
  expect(new Set(texts.map(({ tokens }) => tokens.join(" "))).size).toBe(2000);
  for (const label of evidenceLabels) {
    const share = texts.filter((text) => text.label === label).length / texts.length;
    // five standard deviations of a binomial with n = 2,000 and p = 1/15
    expect(Math.abs(share - 1 / 15)).toBeLessThan(5 * Math.sqrt(((1 / 15) * (14 / 15)) / 2000));
  }
  expect(evidenceTexts({ count: 50, seed: 1 })).toEqual(texts.slice(0, 50));
  expect(evidenceTexts({ count: 50, seed: 2 })).not.toEqual(texts.slice(0, 50));
});

test("what cannot be is refused", () => {
  expect(() => evidenceTexts({ count: 0, seed: 1 })).toThrow(RangeError);
  expect(() => evidenceTexts({ count: 1, seed: 1, fillers: [3, 2] })).toThrow(/got 3 to 2/u);
  expect(() => evidenceTexts({ count: 1, seed: 1, fillers: [0, 2] })).toThrow(/got 0 to 2/u);
});
