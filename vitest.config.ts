import { defineConfig } from "vitest/config";

// Tests run on source: the `source` condition of packages/*/package.json comes first.
const conditions = ["source", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["node", "import", "default"] } },
  test: {
    // No test is about time; a machine that is busy with other work must not fail one.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: "heed", include: ["packages/kernel-lib/test/**/*.test.ts"] } },
      { extends: true, test: { name: "jupyterlab-heed", include: ["packages/jupyter-ext/test/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "whole",
          include: ["test/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
