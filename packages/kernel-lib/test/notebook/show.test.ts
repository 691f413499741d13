import { expect, test, vi } from "vitest";
import { makeNote, noteMimeType, readMatrix, type Note, type NoteNumbers } from "../../src/note/index.js";
import { show } from "../../src/notebook/index.js";
import { inCell } from "./recorded-host.js";

const weights = [
  [0.5, 0.25, 0.25],
  [0, 1, 0],
];
const labels = { rows: ["I", "am"], columns: ["我", "是", "中国人"] };
const noteOf = (bundle: Readonly<Record<string, unknown>> | undefined): Note => bundle?.[noteMimeType] as Note;

test.each([
  ["nested numbers", weights],
  ["a tensor", { shape: [2, 3], data: Float32Array.of(0.5, 0.25, 0.25, 0, 1, 0) }],
  ["a result that makes notes", { toNote: (options: object = {}) => makeNote({ weights, ...options }) }],
])("shows %s as a note with its picture and its sentence", async (_, value) => {
  const [shown] = await inCell(() => show(value as NoteNumbers, { ...labels, title: "a look", language: "en" }));
  const note = noteOf(shown?.bundle);
  expect(note.title).toBe("a look");
  expect(note.axes.rows.tokens).toEqual(labels.rows);
  expect(note.axes.columns.tokens).toEqual(labels.columns);
  expect([...readMatrix(note.weights, 0).values]).toEqual(weights.flat());
  expect(shown?.bundle["image/svg+xml"]).toContain("<svg");
  expect(shown?.bundle["text/plain"]).toContain("“I” looks most at “我”");
  expect(shown?.options).toEqual({});
});

test("shows a note as it is, with another title if one is given", async () => {
  const note = makeNote({ weights, ...labels, title: "first" });
  const shown = await inCell(() => {
    show(note);
    show(note, { title: "second" });
  });
  expect(shown.map(({ bundle }) => noteOf(bundle).title)).toEqual(["first", "second"]);
  expect(noteOf(shown[0]?.bundle)).toEqual(note);
});

test("does not relabel a note in silence", () => {
  const note = makeNote({ weights, ...labels });
  expect(() => show(note, { rows: ["You", "are"] })).toThrow(/only the title can be changed; got rows/);
});

test("speaks the language asked for", async () => {
  const [english, chinese] = await inCell(() => {
    show(weights, { ...labels, language: "en" });
    show(weights, { ...labels, language: "zh-CN" });
  });
  expect(english?.bundle["text/plain"]).toContain("looks most at");
  expect(chinese?.bundle["text/plain"]).not.toContain("looks most at");
});

function showTwice(): void {
  show(weights, { id: "attention" });
  show(weights, { id: "attention" });
  show(weights, { id: "other" });
}

test("an id replaces the picture of the same run, and only of that", async () => {
  const expected = [
    { displayId: "heed-attention", update: false },
    { displayId: "heed-attention", update: true },
    { displayId: "heed-other", update: false },
  ];
  expect((await inCell(showTwice)).map(({ options }) => options)).toEqual(expected);
  // The cell is run again: its earlier outputs are gone.
  expect((await inCell(showTwice)).map(({ options }) => options)).toEqual(expected);
});

test("in Deno's kernel it broadcasts the bundle, and replaces it by id", () => {
  const sent: [string, unknown][] = [];
  const place = globalThis as { Deno?: unknown };
  place.Deno = { jupyter: { broadcast: async (type: string, content: unknown) => void sent.push([type, content]) } };
  try {
    showTwice();
  } finally {
    delete place.Deno;
  }
  expect(sent.map(([type]) => type)).toEqual(["display_data", "update_display_data", "display_data"]);
  expect(sent[1]?.[1]).toEqual({
    data: expect.objectContaining({
      [noteMimeType]: expect.objectContaining({ version: 1 }),
      "text/plain": expect.any(String),
    }),
    metadata: {},
    transient: { display_id: "heed-attention" },
  });
});

test("outside a notebook it prints the sentence", () => {
  const print = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    show(weights, { ...labels, language: "en" });
    expect(print.mock.calls).toEqual([[expect.stringContaining("looks most at")]]);
  } finally {
    print.mockRestore();
  }
});

test.each([["text"], [3], [null], [undefined], [{}]])("refuses %s and says what it takes", (value) => {
  expect(() => show(value as never)).toThrow(/^show: expected a result with a method toNote, a note, or weights/);
});

test("says what is wrong with weights and labels", () => {
  expect(() => show(weights, { rows: ["one"] })).toThrow(/rows/);
  expect(() => show([[0.5, 0.6]])).toThrow(/sum to 1/);
});

test("prints the sentence in a program of Deno, where its name for notebooks throws", () => {
  const deno = {
    get jupyter(): never {
      throw new Error("Deno.jupyter is only available in `deno jupyter` subcommand.");
    },
  };
  vi.stubGlobal("Deno", deno);
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  try {
    show([[0.7, 0.3]], { rows: ["I"], columns: ["a", "b"], language: "en" });
    expect(log.mock.calls).toEqual([["“I” looks most at “a” (70%)."]]);
  } finally {
    log.mockRestore();
    vi.unstubAllGlobals();
  }
});
