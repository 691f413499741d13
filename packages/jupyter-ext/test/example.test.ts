import { evaluateNote } from "heed/language";
import { expect, test } from "vitest";
import { exampleNotebook } from "../src/example.js";

const sources = (language: "en" | "zh-CN"): string[] =>
  (exampleNotebook(language) as { cells: { source: string }[] }).cells.map(({ source }) => source);
const fence = /^```attention\n([\s\S]*?)^```$/gm;

test.each(["en", "zh-CN"] as const)("every note of the example in %s is evaluated", async (language) => {
  const fences = sources(language).flatMap((source) => [...source.matchAll(fence)].map(([, text]) => text ?? ""));
  expect(fences).toHaveLength(3);
  const [scored, alignment] = await Promise.all(fences.map((text) => evaluateNote(text)));
  expect(scored?.weights.shape).toEqual([1, 4]);
  expect(alignment?.kind).toBe("alignment");
});
