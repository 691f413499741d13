/** npm start: sets up what is missing, then opens JupyterLab on notebooks/. */
import { requireNode } from "./setup/first.mjs";

requireNode();
const { start } = await import("./jupyter/start.mjs");
await start(process.argv.slice(2));
