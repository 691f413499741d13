// @vitest-environment happy-dom
/** The table below a picture: the head as it is read, with words joined and tokens hidden, and numbers kept back until they are guessed. */
import { makeNote } from "heed/note";
import { expect, test, vi } from "vitest";
import { toCsv, toLatex, toText } from "../src/export/table.js";
import { toWebPage } from "../src/export/web-page.js";
import { DataTable } from "../src/table/data-table.js";
import { Prediction } from "../src/tools/prediction.js";
import type { NoteFigure } from "../src/view/note-figure.js";
import type { Selection } from "../src/view/selection.js";
import { english } from "./drawing-options.js";

// JupyterLab's own toolkit wants more of a browser than there is here; only its clipboard is used, and not in these tests
vi.mock("@jupyterlab/apputils", () => ({ Clipboard: {} }));

const tokens = { tokens: ["[CLS]", "sleep", "##ing", "cats"], words: [-1, 0, 0, 1], special: [0] };
const note = makeNote({
  title: "one head",
  weights: [
    [1, 0, 0, 0],
    [0.25, 0.5, 0.125, 0.125],
    [0.125, 0.25, 0.5, 0.125],
    [0.5, 0.125, 0.25, 0.125],
  ],
  rows: tokens,
  columns: tokens,
});

function tableOn(selection: Selection, prediction = new Prediction()): { table: DataTable; cells: () => string[][] } {
  const table = new DataTable({
    figure: { note, selection } as unknown as NoteFigure,
    surroundings: { phrases: english, prediction } as never,
    announce: () => undefined,
    close: () => undefined,
  });
  table.update();
  const cells = (): string[][] =>
    [...table.node.querySelectorAll("tr")].map((row) => [...row.children].map((cell) => cell.textContent ?? ""));
  return { table, cells };
}

test("has the words that are joined and not the tokens that are hidden", () => {
  const { table, cells } = tableOn({ head: 0, row: 0, joinsWords: true, hidesSpecial: true, cell: { row: 2, column: 3 } });
  expect(cells().map((row) => row.join(" | "))).toEqual([
    "query \\ key | sleeping 2 | cats 4",
    "sleeping 2 | 0.6875 | 0.1250",
    "cats 4 | 0.3750 | 0.1250",
  ]);
  // the cell of a piece is that of its word
  expect(table.node.querySelector("td.jp-mod-chosen")?.textContent).toBe("0.1250");
  expect(table.node.querySelector("caption")?.textContent).toContain("hidden: tokens marked special ([CLS])");
});

test("keeps a weight back until it was guessed, and so does all that is saved or copied", () => {
  const prediction = new Prediction();
  const selection: Selection = { head: 0, row: 0 };
  const { table, cells } = tableOn(selection, prediction);
  expect(cells()[2]).toEqual(["sleep 2", "0.2500", "0.5000", "0.1250", "0.1250"]);
  prediction.turn(true);
  table.update();
  expect(cells()[2]).toEqual(["sleep 2", "?", "?", "?", "?"]);
  expect(table.node.querySelector("td [role=img]")?.getAttribute("aria-label")).toBe("to be guessed");

  prediction.guess(note, 0, { row: 1, column: 1 }, 0.4);
  table.update();
  expect(cells()[2]).toEqual(["sleep 2", "?", "0.5000", "?", "?"]);
  const hides = prediction.hidden(note, 0);
  const row = "##ing,?,?,?,?";
  expect(toCsv(note, selection, english, hides).split("\r\n").slice(2, 4)).toEqual(["sleep,?,0.5,?,?", row]);
  expect(toText(note, selection, "en", english, hides).split("\n").slice(0, 2)).toEqual(["one head", ""]);
  expect(toLatex(note, selection, "en", english, hides)).toContain("{sleep} & ? & 0.500 & ? & ? \\\\");
  const page = toWebPage(note, "<svg></svg>", selection, "en", english, hides);
  expect(page.match(/<td>[^<]+<\/td>/g)?.filter((cell) => cell !== "<td>?</td>")).toEqual(["<td>0.5</td>"]);
  expect(page).not.toMatch(/looks mostly|strongest|\d%\)/);

  prediction.turn(false);
  expect(prediction.hidden(note, 0)).toBeUndefined();
});
