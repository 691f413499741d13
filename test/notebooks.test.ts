/** Every notebook of the project runs from nothing, and what it shows is right. */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors } from "heed/pretrained";
import { evaluateNote } from "heed/language";
import { decodeArray, noteMimeType, type InlineArray, type Note } from "heed/note";
import { beforeAll, describe, expect, test } from "vitest";
import { notebookFolder, root } from "../scripts/setup/places.mjs";
import { execute, fencesOf, notesOf, printed, readCells, type Cell } from "./support/notebooks.js";

const notebooks = readdirSync(notebookFolder).filter((name) => name.endsWith(".ipynb"));
const executed = new Map<string, Cell[]>();

/** All that a notebook printed. */
const printedBy = (name: string): string => (executed.get(name) ?? []).map(printed).join("");

beforeAll(() => void mkdirSync(join(root, "test-results"), { recursive: true }));

const numbersOf = (note: Note, name: "weights" | "scores" | "output" = "weights"): number[] => {
  const array = note[name];
  if (array === undefined || array.encoding === "external") throw new Error(`${name} is not inside the note`);
  return [...decodeArray(array as InlineArray)];
};
/** The weight at a place, one index for each axis. */
const at = (note: Note, ...place: number[]): number => {
  const flat = place.reduce((sum, index, axis) => sum * (note.weights.shape[axis] ?? 1) + index, 0);
  return numbersOf(note)[flat] ?? Number.NaN;
};
const closeTo = (got: number[], wanted: number[], digits = 6): void => {
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries()) expect(got[i], `number ${i}`).toBeCloseTo(value, digits);
};
const notes = (name: string): Note[] => (executed.get(name) ?? []).flatMap(notesOf);
const titled = (name: string, title: string): Note => {
  const found = notes(name).find((note) => note.title?.includes(title));
  if (found === undefined) throw new Error(`${name} shows no note titled ${title}`);
  return found;
};

describe.each(notebooks)("%s", (name) => {
  const cells = readCells(join(notebookFolder, name));

  test("every written note is evaluated", async () => {
    for (const fence of cells.flatMap(fencesOf)) await expect(evaluateNote(fence)).resolves.toMatchObject({ version: 1 });
  });

  test.runIf(cells.some(({ cell_type }) => cell_type === "code"))(
    "every cell runs, and every picture has its words and fallback",
    async () => {
      const done = await execute(name);
      executed.set(name, done);
      expect(done.flatMap(({ outputs }) => outputs.filter(({ output_type }) => output_type === "error"))).toEqual([]);
      for (const { data } of done.flatMap(({ outputs }) => outputs)) {
        if (data?.[noteMimeType] === undefined) continue;
        expect(Object.keys(data)).toEqual(expect.arrayContaining(["image/svg+xml", "text/plain"]));
      }
    },
  );
});

describe("00 says what it shows", () => {
  const [, , h1] = readCells(join(notebookFolder, "00-notes-on-attention.ipynb"));

  test("h1 over s1…s4: m, a and the attention vector are those of the text", async () => {
    const note = await evaluateNote((h1 && fencesOf(h1)[0]) ?? "");
    // m by hand; a = softmax(1, 2, 4, 3); the vector Σ aᵢ sᵢ, to the digits printed in the cell
    closeTo(numbersOf(note, "scores"), [1, 2, 4, 3]);
    closeTo(numbersOf(note), [0.032, 0.087, 0.644, 0.237], 3);
    closeTo(numbersOf(note, "output"), [1.557, 0.119, 0.968], 3);
  });
});

describe("01 computes what it shows", () => {
  const name = "01-the-attention-function.ipynb";

  test("words, three steps, six scores", () => {
    const text = printedBy(name);
    expect(text).toMatch(/'我', '是', '中国人'/);
    expect(text).toMatch(/m = \[ 1, 2, 4, 3 \]/);
    closeTo(numbersOf(titled(name, "h1 looks at s1…s4")), [0.032058604, 0.08714432, 0.64391428, 0.2368828], 6);
    expect(titled(name, "six scores").axes.rows.tokens).toEqual(["dot", "scaled", "cosine", "general", "concat", "additive"]);
  });

  test("masked keys weigh exactly nothing and an empty row is reported", () => {
    const causal = numbersOf(titled(name, "causal mask"));
    for (const [i, weight] of causal.entries()) if (i % 4 > Math.floor(i / 4)) expect(weight).toBe(0);
    const any = titled(name, "any mask");
    expect(any.maskedRows).toEqual([1]);
    expect(numbersOf(any).slice(4, 8)).toEqual([0, 0, 0, 0]);
  });

  test("heads and hops keep their axes", () => {
    expect(titled(name, "two heads").weights.shape).toEqual([2, 4, 4]);
    expect(titled(name, "three hops")).toMatchObject({ kind: "summary", weights: { shape: [3, 4] } });
  });
});

describe("02 is a real model", () => {
  const name = "02-the-first-layer-of-a-real-model.ipynb";

  test("its first layer's twelve heads are those of transformers", async () => {
    const golden = await readSafetensors(join(root, "packages/kernel-lib/test/golden/minilm-first-layer.safetensors"));
    const note = titled(name, "layer 0");
    expect(note.axes.columns.tokens.slice(0, 4)).toEqual(["[CLS]", "the", "animal", "didn"]);
    const wanted = golden["0.attention"];
    expect(note.weights.shape).toEqual(wanted?.shape);
    // 1e-5: both compute in float32 and round differently
    closeTo(numbersOf(note), [...(wanted?.data ?? [])], 5);
  });

  test("where the attention of a head goes adds up", () => {
    const shares = numbersOf(titled(name, "where the attention goes"));
    for (let head = 0; head < 12; head++) {
      expect(shares.slice(head * 6, head * 6 + 6).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    }
  });
});

describe("08 tests what it claims", () => {
  const name = "08-a-sentence-through-minilm.ipynb";
  const text = (): string => printedBy(name);

  test("the heads have the roles it names", () => {
    const roles = titled(name, "what 72 heads do");
    expect(roles.weights.shape).toEqual([6, 6, 12]);
    expect(at(roles, 0, 0, 2)).toBeGreaterThan(0.95); // the token before
    expect(at(roles, 2, 1, 8)).toBeGreaterThan(0.5); // the token after
    expect(Math.max(...numbersOf(roles).slice(72, 144))).toBeLessThan(0.5); // no head looks at its own token
    expect(titled(name, "seventy-two heads").weights.shape).toEqual([6, 12, 16, 16]);
  });

  test("[CLS] is looked at and little is taken from it", () => {
    const note = titled(name, "what is looked at");
    for (let layer = 1; layer < 6; layer++) {
      expect(at(note, 0, layer, 0)).toBeGreaterThan(0.3);
      expect(at(note, 1, layer, 0)).toBeLessThan(0.1);
    }
  });

  test("the head that finds the person is chosen by one half and proven by the other; the prettiest fails", () => {
    expect(text()).toMatch(/one half chooses: 1\.3; .* 0\.94/);
    const right = titled(name, "finds the right one");
    for (const isObject of [0, 1]) expect(at(right, isObject, 1, 3)).toBeGreaterThan(0.85);
    const prettiest = [at(right, 0, 3, 1), at(right, 1, 3, 1)];
    expect(Math.max(...prettiest)).toBeLessThanOrEqual(0.5);
    expect([at(right, 0, 1, 8), at(right, 1, 1, 8)]).toEqual([1, 0]);
  });

  test("Chinese is lost in the tokens, and words sum to 1", () => {
    expect(text()).toMatch(/我爱你 → \[CLS\] 我 \[UNK\] \[UNK\] \[SEP\]/);
    expect(text()).toMatch(/cosine 1\.000/);
    expect(text()).toMatch(/e6 88 91 e7 88 b1 e4 bd a0 → 我爱你/);
    const words = titled(name, "by word");
    expect(words.axes.columns.tokens.slice(0, 5)).toEqual(["[CLS]", "我", "爱", "北京", "天安门"]);
    const weights = numbersOf(words);
    const K = words.axes.columns.tokens.length;
    for (let row = 0; row < K; row++) {
      expect(weights.slice(row * K, (row + 1) * K).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    }
  });

  test("taking things away shows what it says", () => {
    const heads = titled(name, "changes without a head");
    const ofLayer = (layer: number): number =>
      numbersOf(heads)
        .slice(layer * 12, layer * 12 + 12)
        .reduce((sum, change) => sum + change, 0);
    for (let layer = 0; layer < 5; layer++) expect(ofLayer(5)).toBeGreaterThan(ofLayer(layer));
    const words = titled(name, "when a word is hidden");
    for (let row = 1; row < 16; row++) {
      for (let hidden = 1; hidden < 16; hidden++) {
        if (hidden !== row) expect(at(words, row, 0), `row ${row}`).toBeGreaterThan(at(words, row, hidden));
      }
    }
    const agreements = [...text().matchAll(/(?:attention|section 3\)|rollout) (0\.\d\d)/g)].map(([, number]) => Number(number));
    expect(agreements).toHaveLength(3);
    expect(Math.max(...agreements)).toBe(agreements[0]);
  });
});

describe("09 finds what it put in", () => {
  const name = "09-an-onnx-model-opened-up.ipynb";
  const text = (): string => printedBy(name);

  test("six layers, the inputs' roles, and the numbers of the model itself", () => {
    expect(text()).toMatch(/input_ids .*→ ids\n *attention_mask .*→ mask\n *token_type_ids .*→ types/);
    expect(text().match(/self 层 layer \d: Softmax/g)).toHaveLength(6);
    const [, difference] = /largest difference: (\S+)/.exec(text()) ?? [];
    expect(Number(difference)).toBeLessThan(1e-4);
    expect(titled(name, "72 heads found").weights.shape).toEqual([6, 12, 12, 12]);
  });

  test("queries and keys give the weights again", () => {
    const rows = [...text().matchAll(/tired → \S+ +(\d\.\d+) +(\d\.\d+)/g)];
    expect(rows).toHaveLength(12);
    for (const [, byHand, found] of rows) expect(Number(byHand)).toBeCloseTo(Number(found), 3);
  });

  test("the head made by hand looks at the previous word", () => {
    const weights = numbersOf(titled(name, "previous word"));
    for (let word = 1; word < 8; word++) expect(weights[word * 8 + word - 1]).toBeGreaterThan(0.9);
  });

  test("a graph without attention is told what was looked for", () => {
    expect(text()).toContain("found no attention in …/plain.onnx. Looked for a softmax between two products");
  });
});

/** The numbers of a printed text, in their order: `exact 97.2 % · BLEU 98.9` → [97.2, 98.9]. */
const numbersIn = (text: string): number[] => (text.match(/-?\d+(\.\d+)?/gu) ?? []).map(Number);
/** What stands behind some words in what a notebook printed. */
function behind(name: string, words: string): number {
  const text = printedBy(name);
  const place = text.indexOf(words);
  if (place < 0) throw new Error(`${name} does not print ${JSON.stringify(words)}`);
  return numbersIn(text.slice(place + words.length))[0] ?? Number.NaN;
}

describe("03 translates sentences it has not seen, and looks where the grammar does", () => {
  const name = "03-translation-that-looks-back.ipynb";

  test("exact, BLEU and AER of the net in it", () => {
    expect(behind(name, "exact")).toBeGreaterThanOrEqual(95);
    expect(behind(name, "BLEU")).toBeGreaterThanOrEqual(90);
    expect(behind(name, "AER")).toBeLessThanOrEqual(10);
  });

  test("of every score function with either cell, from the file that make.ts has written", () => {
    const text = printedBy(name);
    const rows = [...text.matchAll(/^(GRU|LSTM) +(dot|general|additive) .*$/gmu)];
    expect(rows.map(([, cell, score]) => `${cell} ${score}`)).toEqual(
      ["GRU", "LSTM"].flatMap((cell) => ["dot", "general", "additive"].map((score) => `${cell} ${score}`)),
    );
    for (const [row] of rows) {
      const [exact = 0, bleu = 0, errors = 100] = numbersIn(row);
      expect({ row, exact: exact >= 90, bleu: bleu >= 90, errors: errors <= 20 }).toEqual({
        row,
        exact: true,
        bleu: true,
        errors: true,
      });
    }
  });

  test("我是中国人 is aligned word by word", () => {
    const note = titled(name, "我 是 中国人 → I am Chinese");
    const weights = numbersOf(note);
    for (const word of [0, 1, 2])
      expect(weights[word * 3 + word], `word ${word}`).toBe(Math.max(...weights.slice(word * 3, word * 3 + 3)));
  });

  test("without attention long sentences are lost", () => {
    const curves = (executed.get(name) ?? []).flatMap(({ outputs }) =>
      outputs.map(({ data }) => String(data?.["text/plain"] ?? "")),
    );
    const text = curves.find((one) => one.includes("without:")) ?? "";
    const last = (words: string): number =>
      numbersIn(text.slice(text.indexOf(words)).split("\n")[0] ?? "").at(-1) ?? Number.NaN;
    expect(last("with attention")).toBeGreaterThan(2 * last("without"));
  });
});

describe("04 is a Transformer whose heads have roles", () => {
  const name = "04-the-transformer.ipynb";

  test("exact and BLEU", () => {
    expect(behind(name, "exact")).toBeGreaterThanOrEqual(98);
    expect(behind(name, "BLEU")).toBeGreaterThanOrEqual(90);
  });

  test("its heads align", () => {
    const text = printedBy(name);
    const errors = [...text.matchAll(/(\d+\.\d) % \(头 head/gu)].map(([, error]) => Number(error));
    expect(errors).toHaveLength(8);
    expect(Math.min(...errors)).toBeLessThan(20);
  });

  test("its decoder does not see the future", () => {
    const note = titled(name, "decoder");
    const [H = 0, Q = 0, K = 0] = note.weights.shape;
    const weights = numbersOf(note);
    for (let h = 0; h < H; h++)
      for (let q = 0; q < Q; q++) for (let k = q + 1; k < K; k++) expect(weights[(h * Q + q) * K + k]).toBe(0);
  });
});

describe("05 finds the evidence", () => {
  const name = "05-summary-attention.ipynb";

  test("accuracy, evidence and overlap, with the penalty and without", () => {
    expect(behind(name, "accuracy")).toBeGreaterThanOrEqual(98);
    expect(behind(name, "evidence found")).toBeGreaterThanOrEqual(95);
    const text = printedBy(name);
    const [apart = 1, free = 0] = [...text.matchAll(/overlap (\d\.\d+)/gu)].map(([, overlap]) => Number(overlap));
    expect(apart).toBeLessThan(free / 2);
  });
});

describe("06 looks at what it names", () => {
  const name = "06-a-caption-and-its-gaze.ipynb";

  test("exact captions, and the pointing game against chance", () => {
    expect(behind(name, "exact")).toBeGreaterThanOrEqual(95);
    expect(behind(name, "pointed right")).toBeGreaterThanOrEqual(90);
    expect(behind(name, "by chance")).toBeLessThan(10);
  });

  test("each caption is on its picture, word by word over the true grid", () => {
    const note = titled(name, " and a ");
    expect(note).toMatchObject({ kind: "image", image: { width: 64, height: 64, grid: [8, 8] } });
    expect(note.weights.shape).toEqual([note.axes.rows.tokens.length, 64]);
    expect(note.axes.rows.tokens.at(-1)).toBe("</s>");
  });

  test("triangles on their heads are found and not recognised", () => {
    expect(behind(name, "upright")).toBeGreaterThanOrEqual(90);
    expect(behind(name, "on its head")).toBeLessThan(50);
  });
});

describe("07 guesses hidden words from the other language", () => {
  const name = "07-bert-small-and-pretrained.ipynb";
  const text = (): string => printedBy(name);

  test("held-out words, far better than by grammar alone and than always guessing the commonest", () => {
    expect(behind(name, "猜对 right")).toBeGreaterThanOrEqual(85);
    const exams = [...text().matchAll(/in sight (\d+\.\d) %, 遮住 hidden (\d+\.\d) %, 总猜 always “.” (\d+\.\d) %/gu)];
    expect(exams).toHaveLength(2);
    for (const exam of exams) {
      const [seen = 0, hidden = 0, commonest = 0] = exam.slice(1).map(Number);
      expect(seen).toBeGreaterThanOrEqual(85);
      expect(hidden).toBeLessThan(60);
      expect(hidden).toBeGreaterThan(2 * commonest); // grammar tells something too
    }
  });

  test("the same gap has the answer of the sentence beside it", () => {
    const guesses = [...text().matchAll(/^.*___.* → (\S+) /gmu)].map(([, word]) => word);
    expect(guesses.slice(0, 5)).toEqual(["teacher", "doctor", "是", "猫", "狗"]);
    expect(guesses).toHaveLength(6);
  });

  test("one head finds the translation of a hidden word, on sentences that did not choose it", () => {
    const heads = [...text().matchAll(/finds the translation (\d+\.\d) %, 碰巧 by chance (\d+\.\d) % \((\d+) 词/gu)];
    expect(heads).toHaveLength(2);
    for (const head of heads) {
      const [found = 0, chance = 100, words = 0] = head.slice(1).map(Number);
      expect(found).toBeGreaterThanOrEqual(70);
      expect(chance).toBeLessThan(10);
      expect(words).toBeGreaterThan(500);
    }
  });

  test("its untaught alignment is that of the grammar, for most words", () => {
    const note = titled(name, "yesterday");
    const [, Q = 0, K = 0] = note.weights.shape;
    const numbers = numbersOf(note);
    const row = (picture: number, word: number): number[] =>
      numbers.slice((picture * Q + word) * K, (picture * Q + word + 1) * K);
    const sure = Array.from({ length: Q }, (_, word) => row(1, word).indexOf(1));
    const right = sure.filter((place, word) => place >= 0 && row(0, word).indexOf(Math.max(...row(0, word))) === place);
    expect(right.length).toBeGreaterThanOrEqual(sure.filter((place) => place >= 0).length / 2); // by chance: one in nine
    for (let word = 0; word < Q; word++) expect(row(0, word).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
  });

  test("MiniLM has no head that fills gaps, and says so; its heads are measured", () => {
    expect(text()).toMatch(/MiniLM 有 has: pooled\nfillMask → fillMask: expected a masked language model/u);
    expect(text()).toMatch(/checkpoints\/bert 有 has: logits/u);
    expect(titled(name, "72 heads of MiniLM").weights.shape).toEqual([6, 6, 12]);
    expect(titled(name, "8 heads of the small BERT").weights.shape).toEqual([6, 2, 4]);
  });
});
