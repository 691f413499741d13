/** Builds the library and the extension, and puts the extension's wheel into the virtual environment as users would get it. */
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { findNode } from "./node.mjs";
import { environment, extensionFolder, inEnvironment, libraryFolder, root } from "./places.mjs";
import { step } from "./progress.mjs";
import { pip } from "./python.mjs";
import { run } from "./run.mjs";
import { hashOf, isStamped, writeStamp } from "./stamp.mjs";
import { say } from "./words.mjs";

const shared = [join(root, "package-lock.json"), join(root, "tsconfig.base.json")];

export async function buildLibrary() {
  const dist = join(libraryFolder, "dist");
  const stamp = join(dist, ".heed");
  const hash = hashOf([
    ...shared,
    join(libraryFolder, "src"),
    join(libraryFolder, "package.json"),
    join(libraryFolder, "tsconfig.build.json"),
  ]);
  if (isStamped(stamp, hash) && existsSync(join(dist, "index.js"))) return;
  const name = say("heed (library)", "heed(库)");
  await step(name, async () => {
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    await run(name, await findNode(), [compiler, "-b", join(libraryFolder, "tsconfig.build.json")]);
    writeStamp(stamp, hash);
  });
}

/** What the extension is built from; its folder holds what is built, too. */
const extensionInputs = [
  "src",
  "schema",
  "style",
  "locale",
  "scripts",
  "jupyterlab_heed/__init__.py",
  "package.json",
  "pyproject.toml",
  "install.json",
  "tsconfig.json",
  "tsconfig.build.json",
].map((name) => join(extensionFolder, name));

export async function buildExtension() {
  const installed = join(environment, "share/jupyter/labextensions/jupyterlab-heed");
  const stamp = join(installed, ".heed");
  // The extension carries heed's note and language inside, so a change of the library rebuilds it.
  const hash = hashOf([...shared, ...extensionInputs, join(libraryFolder, "src"), join(libraryFolder, "package.json")]);
  if (isStamped(stamp, hash) && existsSync(join(installed, "package.json"))) return;
  const name = say("jupyterlab-heed (extension)", "jupyterlab-heed(扩展)");
  await step(name, async (detail) => {
    const node = await findNode();
    const lerna = join(root, "node_modules/lerna/dist/cli.js");
    const path = [dirname(inEnvironment("python")), dirname(node), join(root, "node_modules/.bin"), process.env["PATH"]].join(
      delimiter,
    );
    await run(name, node, [lerna, "run", "build:prod", "--scope", "jupyterlab-heed", "--no-progress"], {
      env: { ...process.env, PATH: path, NX_DAEMON: "false" },
      onLine: detail,
    });
    await pip(name, ["--no-deps", "--no-index", "--no-build-isolation", "--force-reinstall", extensionFolder], detail);
    writeStamp(stamp, hash);
  });
}
