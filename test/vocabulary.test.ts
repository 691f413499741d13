/**
 * One word for each thing, and the field's: names that once stood here are not to come back. GLOSSARY.md has the words; where two stood for
 * one thing, the other is below.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../scripts/setup/places.mjs";

/** Identifiers, and what each is called. */
const identifiers: Readonly<Record<string, string>> = {
  Affine: "LinearParameters",
  BesideOptions: "SidecarOptions",
  EditWeights: "WeightsHook",
  FileBeside: "SidecarFile",
  KnockedOut: "Ablation",
  KnockOut: "AblationTarget",
  ModelLook: "ModelOutput",
  Taught: "TeacherForced",
  ToldPair: "TeacherForcedPair",
  TransformerLook: "TransformerOutput",
  affine: "linearInit",
  besideName: "sidecarName",
  dropper: "makeDropout",
  grownEquations: "rematerialisedEquations",
  lowerWhole: "lowerCustomGradient",
  missingMarks: "missingSpecialTokens",
  readLook: "readAttention",
  rememberSource: "encodeMemory",
  restSoon: "spinning",
  searchMarks: "searchTokens",
  seeParts: "imageFeatures",
  teachCaptioner: "teacherForceCaptioner",
  teachDecoder: "teacherForceDecoder",
  storeBeside: "storeSidecar",
  toldAndWritten: "teacherForcingArrays",
  usualTraining: "defaultTraining",
  wholeOf: "customGradientOf",
  wholeOverBatch: "customGradientOverBatch",
};

/** Files, and what each is called. */
const files: Readonly<Record<string, string>> = {
  "affine.ts": "linear-init.ts",
  "beside-node.ts": "sidecar-node.ts",
  "dropper.ts": "dropout.ts",
  "examples-of.ts": "batching.ts",
  "knock-out.ts": "ablation.ts",
  "looks.ts": "model-outputs.ts",
  "model-look.ts": "model-output.ts",
  "read-look.ts": "read-attention.ts",
  "usual-training.ts": "default-training.ts",
  "whole.ts": "custom-gradient.ts",
  "writing-marks.ts": "special-tokens.ts",
};

const folders = ["packages/kernel-lib", "packages/jupyter-ext", "scripts", "test", "notebooks/checkpoints"];
const read = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => !/(^|[\\/])(node_modules|dist|lib|labextension|golden)[\\/]/.test(path) && /\.(ts|mjs|md)$/.test(path))
    .map((path) => join(folder, path))
    // what keeps old names importable for a release
    .filter((path) => !/[\\/]entries[\\/]/.test(path))
    .filter((path) => basename(path) !== basename(import.meta.filename)),
);

test("no name of old is in the code or in what is said of it", () => {
  expect(read.length).toBeGreaterThan(500);
  const old = new RegExp(`(?<![\\w$-])(${Object.keys(identifiers).join("|")})(?![\\w$-])`, "g");
  const found = read.flatMap((path) =>
    [...readFileSync(join(root, path), "utf8").matchAll(old)].map(
      ([name]) => `${path}: ${name} is called ${identifiers[name]}`,
    ),
  );
  expect(found).toEqual([]);
});

test("no file has a name of old", () => {
  const found = read.filter((path) => Object.hasOwn(files, basename(path)));
  expect(found.map((path) => `${path} is called ${files[basename(path)]}`)).toEqual([]);
});
