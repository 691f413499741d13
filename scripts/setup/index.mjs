/**
 * Everything the project needs, on a machine with Node ≥ 20 and Python ≥ 3.10 and nothing else. Each step looks first whether its
 * work is done and whole, so that a second run takes a moment and a broken earlier run is repaired.
 */
import { buildExtension, buildLibrary } from "./build.mjs";
import { installKernelspec } from "./kernelspec.mjs";
import { installModel } from "./model.mjs";
import { installNpmPackages } from "./npm.mjs";
import { installPythonPackages } from "./python.mjs";
import { installSettings } from "./settings.mjs";

export async function setUp() {
  const npm = installNpmPackages().then(buildLibrary);
  const python = installPythonPackages().then(installModel);
  const results = await Promise.allSettled([npm, python]);
  for (const result of results) if (result.status === "rejected") throw result.reason;
  await Promise.all([installKernelspec(), installSettings(), buildExtension()]);
}
