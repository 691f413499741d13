/** jupyter_kernel_test, the suite of the protocol's makers, passes whole: nothing skipped. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { inEnvironment, notebookFolder } from "../../scripts/setup/places.mjs";
import { jupyterEnvironment } from "../../scripts/setup/settings.mjs";

const data = mkdtempSync(join(tmpdir(), "heed-protocol-"));
afterAll(() => rmSync(data, { recursive: true, force: true }));

test("jupyter_kernel_test passes", async () => {
  const suite = spawn(inEnvironment("python"), [join(import.meta.dirname, "protocol-suite.py")], {
    cwd: notebookFolder,
    env: { ...jupyterEnvironment(), JUPYTER_DATA_DIR: data },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  suite.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  await once(suite, "close");
  expect(said).toMatch(/^Ran 13 tests/m);
  expect(said).toMatch(/^OK$/m);
});
