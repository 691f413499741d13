/** The public types as a cell sees them: read by tslab's own TypeScript, which is older than the one that wrote them. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import type * as Tslab from "../packages/kernel-lib/kernel/node_modules/@tslab/typescript-for-tslab/lib/typescript.js";
import { kernelFolder, libraryFolder, notebookFolder } from "../scripts/setup/places.mjs";

const require = createRequire(join(kernelFolder, "package.json"));
const ts = require("@tslab/typescript-for-tslab") as typeof Tslab;

const entries = [
  "heed",
  "heed/program",
  "heed/models",
  "heed/pretrained",
  "heed/data",
  "heed/metrics",
  "heed/note",
  "heed/language",
];
const cell = join(notebookFolder, "__cell__.ts");
const text = entries.map((name, index) => `export * as entry${index} from "${name}";`).join("\n");

// As tslab compiles cells, but with every declaration file checked.
const options = {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Node10,
  esModuleInterop: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts"],
  types: ["node"],
  typeRoots: [join(kernelFolder, "node_modules/@types")],
  noEmit: true,
  skipLibCheck: false,
};
const host = ts.createCompilerHost(options);
const { fileExists, getSourceFile } = host;
host.fileExists = (path) => path === cell || fileExists(path);
host.getSourceFile = (path, ...rest) =>
  path === cell ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2022) : getSourceFile(path, ...rest);
const program = ts.createProgram([cell], options, host);
const checker = program.getTypeChecker();

test("tslab's TypeScript is 5.0.4", () => {
  expect(ts.version).toBe("5.0.4");
});

test("every public declaration is valid there", () => {
  const ours = ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file === undefined || file.fileName === cell || file.fileName.includes(`${libraryFolder}/dist/`))
    .map((one) =>
      ts.formatDiagnostic(one, {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => libraryFolder,
        getNewLine: () => "\n",
      }),
    );
  expect(ours).toEqual([]);
});

test("a cell that imports heed reads no types of the engines behind it", () => {
  // They are larger than ours, and the first import waits for them.
  const read = program.getSourceFiles().map(({ fileName }) => fileName);
  expect(read.filter((name) => /node_modules\/(@jax-js|onnx-buf|@bufbuild|onnxruntime)/.test(name))).toEqual([]);
  expect(read.some((name) => name.startsWith(`${libraryFolder}/dist/`))).toBe(true);
});

/** What a name exports has degraded to `any`: the value, what it takes, what it returns. */
function degraded(symbol: Tslab.Symbol): string[] {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const declaration = target.valueDeclaration;
  if (declaration === undefined) return [];
  const isAny = (type: { flags: number }): boolean => (type.flags & ts.TypeFlags.Any) !== 0;
  const type = checker.getTypeOfSymbolAtLocation(target, declaration);
  const signatures = [...type.getCallSignatures(), ...type.getConstructSignatures()];
  return [
    ...(isAny(type) ? [symbol.name] : []),
    ...signatures.flatMap((signature) => [
      ...(isAny(signature.getReturnType()) ? [`${symbol.name} returns any`] : []),
      ...signature
        .getParameters()
        .filter(
          (parameter) =>
            parameter.valueDeclaration && isAny(checker.getTypeOfSymbolAtLocation(parameter, parameter.valueDeclaration)),
        )
        .map((parameter) => `${symbol.name} takes any as ${parameter.name}`),
    ]),
  ];
}

/** What an entry point exports. */
function exportsOf(name: string): Tslab.Symbol[] {
  const file = program.getSourceFile(cell);
  const module = file && checker.getSymbolAtLocation(file);
  const entry = module && checker.getExportsOfModule(module).find((symbol) => symbol.name === `entry${entries.indexOf(name)}`);
  return entry ? checker.getExportsOfModule(checker.getAliasedSymbol(entry)) : [];
}

test.each(entries)("nothing that %s exports degrades to any", (name) => {
  const exported = exportsOf(name);
  expect(exported.length).toBeGreaterThan(5);
  expect(exported.flatMap(degraded)).toEqual([]);
});

/** What the tag `@deprecated` of an exported name says. */
const deprecationOf = ({ declarations = [] }: Tslab.Symbol): string | undefined =>
  declarations
    .flatMap((declaration) => [...ts.getJSDocTags(declaration)])
    .filter(({ tagName }) => tagName.text === "deprecated")
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "")
    .at(0);

test("heed is what a notebook begins with", () => {
  const current = exportsOf("heed").filter((symbol) => deprecationOf(symbol) === undefined);
  expect(current.map(({ name }) => name).toSorted()).toEqual(
    `
      tokenize Tokens loadTokenizer Tokenizer tensor ndarray NdArray stack toNested transpose Tensor TensorLike ops Traced compile grad
      attention selfAttention multiHeadAttention summaryAttention Mask analysis AttentionInput SelfAttentionInput
      MultiHeadAttentionInput SummaryAttentionInput AttentionResult SummaryResult AttentionMaps Seq2seq Transformer
      SummaryClassifier Captioner Bert saveTrained loadTrained loadModel openOnnx readAttention show ShowSettings showCurves
      progress liveTraining`
      .trim()
      .split(/\s+/)
      .toSorted(),
  );
});

test("a name that heed had before says which entry point has it now, and that one has the same", () => {
  const moved = exportsOf("heed").flatMap((symbol) => {
    const said = deprecationOf(symbol);
    return said === undefined ? [] : [{ symbol, said }];
  });
  expect(moved.length).toBeGreaterThan(200);
  for (const { symbol, said } of moved) {
    const entry = said.match(/^Import it from "(heed\/\w+)"(, where it is called `\w+`)?\.$/)?.[1] ?? "";
    const there = exportsOf(entry).find(({ name }) => name === symbol.name);
    const target = (one: Tslab.Symbol): Tslab.Symbol =>
      one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one;
    expect(there && target(there), `${symbol.name}: ${said}`).toBe(target(symbol));
  }
});
