/** Cells run one after the other, each with what it shall give. */
import { expect } from "vitest";
import { contentsOf, type Kernel, type Run } from "./kernel.js";

/** What a cell gives: its value's text, `undefined` for none, or what its error says. */
export type Outcome = string | undefined | { readonly error: RegExp };

/** A cell and what it gives. */
export type Step = readonly [code: string, outcome?: Outcome];

/** What is shown of a cell's value, or its error as `Name: message`. */
export function outcomeOf(run: Run): string | undefined {
  const [error] = contentsOf(run, "error");
  if (error) return `${String(error["ename"])}: ${String(error["evalue"])}`;
  const [result] = contentsOf(run, "execute_result");
  return (result?.["data"] as Record<string, string> | undefined)?.["text/plain"];
}

/** Runs cells and looks whether each gives what it shall. */
export async function checkSteps(kernel: Kernel, steps: readonly Step[]): Promise<void> {
  for (const [code, outcome] of steps) {
    const got = outcomeOf(await kernel.run(code));
    if (typeof outcome === "object") expect(got, code).toMatch(outcome.error);
    else expect(got, code).toBe(outcome);
  }
}
