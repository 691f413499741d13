/** A notebook from a stranger who means harm: every cell tries something else. */
import { makeNote, noteMimeType, type Note } from "heed/note";

const base = (): Note => makeNote({ title: "base", weights: [[0.5, 0.5]], rows: ["a"], columns: ["b", "c"] });

const uniform = (rows: number, columns: number): { shape: number[]; data: Float32Array } => ({
  shape: [rows, columns],
  data: new Float32Array(rows * columns).fill(1 / columns),
});

/** Notes as outputs, each with a title that says what it tries. */
function hostileNotes(): unknown[] {
  const script = "<script>globalThis.hacked = 1</script>";
  const image = "<img src=x onerror='globalThis.hacked = 1'>";
  return [
    makeNote({
      title: `script in tokens ${script}`,
      weights: uniform(2, 4),
      rows: [script, image],
      columns: ["<b>", "</a>", "&amp;", "${1}"],
    }),
    { ...base(), weights: { ...base().weights, shape: [1e9, 1e9] } },
    { ...base(), weights: { ...base().weights, data: "%%% not base64 %%%" } },
    { ...base(), weights: { ...base().weights, data: "AAAA" } },
    { ...base(), axes: { ...base().axes, columns: { tokens: ["only one"] } } },
    { ...base(), weights: { encoding: "external", shape: [1, 2], file: "https://example.com/steal.safetensors", tensor: "w" } },
    { version: 1, kind: "attention", __proto__: { polluted: true }, axes: null, weights: null },
    "a string",
    makeNote({
      title: "ten thousand rows",
      weights: uniform(10_000, 12),
      rows: Array.from({ length: 10_000 }, (_, i) => `row ${i}`),
      columns: Array.from({ length: 12 }, (_, i) => `${i}`),
    }),
  ];
}

/** Written notes that try the same in YAML. */
const hostileFences = [
  "weights: [[1]]\nrows: ['<img src=x onerror=\"globalThis.hacked = 1\">']",
  "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nweights: [*c, *c, *c]",
  "query: { h: !!js/function 'function () { globalThis.hacked = 1 }' }\nkeys: { s: [1] }",
  "__proto__: { polluted: 1 }\nweights: [[1]]",
  "image: https://example.com/tracker.png\ngrid: [1, 1]\nweights: [[1]]",
];

/** The notebook as JSON. */
export function hostileNotebook(): string {
  const outputs = hostileNotes().map((note) => ({ output_type: "display_data", data: { [noteMimeType]: note }, metadata: {} }));
  return JSON.stringify({
    cells: [
      ...outputs.map((output, i) => ({
        id: `output-${i}`,
        cell_type: "code",
        source: "",
        execution_count: 1,
        metadata: {},
        outputs: [output],
      })),
      ...hostileFences.map((text, i) => ({
        id: `fence-${i}`,
        cell_type: "markdown",
        metadata: {},
        source: `\`\`\`attention\n${text}\n\`\`\``,
      })),
    ],
    metadata: { kernelspec: { name: "heed", display_name: "TypeScript (Heed)", language: "typescript" } },
    nbformat: 4,
    nbformat_minor: 5,
  });
}
