/** Notes changed at random places: what can be read can be drawn, saved and told, in every view, and soon. */
import * as fc from "fast-check";
import { NoteError, parseNote, type Note } from "heed/note";
import { expect, test } from "vitest";
import { mutatedNotes } from "../../kernel-lib/test/note/mutated.js";
import { figureSvg } from "../src/export/picture.js";
import { toCsv, toLatex } from "../src/export/table.js";
import { toWebPage } from "../src/export/web-page.js";
import { colourValues } from "../src/view/colour-value.js";
import { drawNote } from "../src/view/drawing.js";
import { layOutGrid, layOutLayer } from "../src/view/head-tiles.js";
import { summaryFacts } from "../src/view/hop-facts.js";
import { linesOfHeads, strengthsOf } from "../src/view/lines.js";
import { lookAt } from "../src/view/look.js";
import { runningText } from "../src/view/running-text.js";
import { layOutColumns, layOutSentences, lineBetween } from "../src/view/token-layout.js";
import { tokenText } from "../src/view/token-weights.js";
import { fitSelection, viewsOf } from "../src/view/views.js";
import { factsOf } from "../src/view/wording.js";
import { english, options } from "./drawing-options.js";

const drawing = options();
const { phrases, measure, width: _, theme: __, ...settings } = drawing;

/** Draws a note in every view it has, and saves it in every format that needs no browser. */
function show(note: Note): void {
  for (const { name } of viewsOf(note)) {
    const selection = fitSelection(note, { head: 3, row: 5, view: name, scale: "log" });
    const { look, regions, layout } = drawNote(note, selection, drawing);
    regions[0].say(0, 0);
    factsOf(look, english);
    expect(JSON.stringify(layout)).not.toMatch(/<(?!br>)/);
    const svg = figureSvg(note, { selection, settings, phrases, language: "en", measure });
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    toWebPage(note, svg, selection, "en", english);
    toCsv(note, selection, english);
    toLatex(note, selection, "en", english);
  }
}

/** Works out what the views without Plotly paint: lines, running text, tiles of heads, cards of hops. */
function showTokens(note: Note): void {
  if (note.weights.encoding === "external") return;
  for (const [joinsWords, hidesSpecial] of [
    [false, false],
    [true, true],
  ] as const) {
    const selection = fitSelection(note, { head: 1, row: 0, joinsWords, hidesSpecial });
    const look = lookAt(note, selection);
    const texts = { rows: look.rows.tokens, columns: look.columns.tokens };
    const layout = layOutSentences(texts, 600, measure) ?? layOutColumns(texts, { rows: "", columns: "" }, 400, measure);
    const strengths = strengthsOf(colourValues(look.cells.values, look.cells.shape[1], "global", phrases));
    const { lines } = linesOfHeads([{ shape: look.cells.shape, strengths }], layout, phrases);
    for (const { row, column, opacity } of lines) {
      expect(lineBetween(layout, row, column)?.every(Number.isFinite)).toBe(true);
      expect(opacity).toBeLessThanOrEqual(1);
    }
    expect(runningText(look.columns)).toHaveLength(look.columns.tokens.length);
    tokenText(look, { axis: "columns", index: 0 }, phrases);
    if (note.kind === "summary") summaryFacts(look, selection.head);
  }
  layOutGrid(note, 400, 44);
  layOutLayer(note, 0, 400);
}

test("a note changed anywhere is drawn and saved, or refused by name", () => {
  const counts = { shown: 0, refused: 0 };
  let longest = 0;
  fc.assert(
    fc.property(mutatedNotes, (json) => {
      // time of this process alone: a busy machine makes nothing hang
      const start = process.cpuUsage();
      let note: Note | undefined;
      try {
        note = parseNote(json);
      } catch (error) {
        if (!(error instanceof NoteError)) throw error;
        counts.refused++;
      }
      if (note) {
        show(note);
        showTokens(note);
        counts.shown++;
      }
      const { user, system } = process.cpuUsage(start);
      longest = Math.max(longest, (user + system) / 1e6);
    }),
    { numRuns: 10_000 },
  );
  expect(longest).toBeLessThan(1);
  expect(Math.min(counts.shown, counts.refused)).toBeGreaterThan(1_000);
}, 300_000);
