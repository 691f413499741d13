// @vitest-environment happy-dom
import { makeNote, type Note } from "heed/note";
import { beforeEach, expect, test } from "vitest";
import type { Selection, TokenCell, TokenPlace } from "../src/view/selection.js";
import { TokenCursor, type TokenFlow } from "../src/view/token-cursor.js";
import { tokenMatrix } from "../src/view/token-matrix.js";
import { english, options } from "./drawing-options.js";

const sentences = makeNote({
  kind: "alignment",
  weights: [
    [0.75, 0.25, 0],
    [0.125, 0.375, 0.5],
  ],
  rows: ["I", "sleep"],
  columns: ["我", "睡觉", "。"],
});
const own = makeNote({
  weights: [
    [0.75, 0.25],
    [0.5, 0.5],
  ],
  rows: ["a", "b"],
  columns: ["a", "b"],
});

let selection: Selection;
let said: string[];
let visited: (TokenCell | undefined)[];
let under: TokenPlace | undefined;
let node: HTMLElement;
beforeEach(() => {
  selection = { head: 0, row: 0 };
  said = [];
  visited = [];
  under = undefined;
  node = document.createElement("div");
});

/** A cursor over a surface without pictures; what is chosen comes back to it as a figure gives it back. */
function cursorOn(note: Note, flow: TokenFlow): TokenCursor {
  const surface = {
    node,
    hit: () => under,
    spotOf: () => ({ left: 0, top: 0, width: 0, height: 0 }),
    boxSide: "below",
    reveal: () => undefined,
    paint: () => undefined,
  } as const;
  const cursor = new TokenCursor(surface, {
    visit: (cell) => void visited.push(cell),
    select: (changes) => {
      selection = { ...selection, ...changes };
      cursor.choose(selection);
    },
    announce: (sentence) => void said.push(sentence),
  });
  cursor.set(
    tokenMatrix({ note, selection, options: options() }, () => cursor.refresh()),
    flow,
    selection,
    english,
  );
  return cursor;
}

const press = (...keys: readonly string[]): void => {
  for (const key of keys) node.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
};
const two: TokenFlow = { direction: "down", sides: 2, chosenSide: "rows" };

test("keys walk one side and say where a token looks; Enter chooses it and goes to what it looks at most", () => {
  const cursor = cursorOn(sentences, two);
  press("ArrowDown");
  expect(said.at(-1)).toBe("sleep (2): looks at 。 (3) 0.5 · 睡觉 (2) 0.375 · 我 (1) 0.125, entropy 1.4056 bits");
  press("Enter");
  expect(selection.token).toEqual({ axis: "rows", index: 1 });
  expect(cursor.source).toEqual({ axis: "rows", index: 1 });
  expect(said.at(-1)).toBe("sleep (2) → 。 (3): weight 0.5, rank 1 of 3");
  press("ArrowUp");
  expect(said.at(-1)).toBe("sleep (2) → 睡觉 (2): weight 0.375, rank 2 of 3");
  expect(visited.at(-1)).toEqual({ row: 1, column: 1 });
});

test("beside a chosen token Enter chooses the cell, and Escape lets go", () => {
  const cursor = cursorOn(sentences, two);
  press("Home", "Enter", "ArrowDown", "Enter");
  expect(selection.cell).toEqual({ row: 0, column: 1 });
  expect(cursor.cell).toEqual({ row: 0, column: 1 });
  press("Escape");
  expect([selection.token, selection.cell]).toEqual([undefined, undefined]);
});

test("keys cross to the other side, which says what looks at it", () => {
  cursorOn(sentences, two);
  press("Home", "ArrowRight");
  expect(said.at(-1)).toBe("我 (1): is looked at by I (1) 0.75 · sleep (2) 0.125");
});

test("in one text a token is both: what the chosen one looks at, or what looks at it", () => {
  const flow = { direction: "across", sides: 1 } as const;
  cursorOn(own, { ...flow, chosenSide: "rows" });
  press("Home", "Enter", "End");
  expect(said.at(-1)).toBe("a (1) → b (2): weight 0.25, rank 2 of 2");
  node = document.createElement("div");
  selection = { head: 0, row: 0, looksBack: true };
  cursorOn(own, { ...flow, chosenSide: "columns" });
  press("Home", "Enter", "End");
  expect(said.at(-1)).toBe("b (2) → a (1): weight 0.5, rank 1 of 2");
});

test("a click chooses a token, a second one lets it go, one with Shift chooses the cell", () => {
  cursorOn(sentences, two);
  under = { axis: "columns", index: 2 };
  node.dispatchEvent(new MouseEvent("click"));
  expect(selection.token).toEqual(under);
  under = { axis: "rows", index: 1 };
  node.dispatchEvent(new MouseEvent("click", { shiftKey: true }));
  expect(selection.cell).toEqual({ row: 1, column: 2 });
  under = { axis: "columns", index: 2 };
  node.dispatchEvent(new MouseEvent("click"));
  expect(selection.token).toBeUndefined();
});

test("a wholly masked token says so", () => {
  const masked = makeNote({
    weights: [
      [0, 0],
      [1, 0],
    ],
    mask: [
      [0, 0],
      [1, 0],
    ],
  });
  cursorOn(masked, two);
  press("Home");
  expect(said.at(-1)).toBe("1: masked: not looked at");
});

test("keys that are not the cursor's are left to the notebook", () => {
  cursorOn(sentences, two);
  const taken = new KeyboardEvent("keydown", { key: "ArrowDown", cancelable: true });
  const other = new KeyboardEvent("keydown", { key: "b", cancelable: true });
  const save = new KeyboardEvent("keydown", { key: "ArrowDown", ctrlKey: true, cancelable: true });
  for (const event of [taken, other, save]) node.dispatchEvent(event);
  expect([taken, other, save].map(({ defaultPrevented }) => defaultPrevented)).toEqual([true, false, false]);
});
