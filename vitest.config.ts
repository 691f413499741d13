import { defineConfig } from "vitest/config";
import { limits, patience } from "./scripts/testing/limits.mjs";

// Tests run on source: the `source` condition of packages/*/package.json comes first.
const conditions = ["source", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["node", "import", "default"] } },
  test: {
    testTimeout: limits.unit,
    hookTimeout: limits.unit,
    expect: { poll: { timeout: patience(limits.unit) } },
    projects: [
      { extends: true, test: { name: "heed", include: ["packages/kernel-lib/test/**/*.test.ts"] } },
      { extends: true, test: { name: "jupyterlab-heed", include: ["packages/jupyter-ext/test/**/*.test.ts"] } },
      // Again on the oldest Node there may be: arrays of halves, files and streams are not the same in all.
      {
        extends: true,
        test: {
          name: "oldest-node",
          include: [
            "packages/kernel-lib/test/{engine,note,storage}/**/*.test.ts",
            "packages/kernel-lib/test/pretrained/{hostile-folders,load-model,open-onnx*,read-attention}.test.ts",
          ],
        },
      },
      {
        extends: true,
        test: {
          name: "whole",
          include: ["test/**/*.test.ts"],
          testTimeout: limits.whole,
          hookTimeout: limits.whole,
          expect: { poll: { timeout: patience(limits.whole) } },
          fileParallelism: false,
        },
      },
    ],
  },
});
