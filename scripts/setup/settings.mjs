/** JupyterLab's settings for this project, inside the virtual environment: the person's own ~/.jupyter is neither read nor changed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { kernelName } from "./kernelspec.mjs";
import { environment, inEnvironment, projectNode, root } from "./places.mjs";

const server = {
  MultiKernelManager: { default_kernel_name: kernelName },
  LabApp: { news_url: null, check_for_updates_class: "jupyterlab.handlers.announcements.NeverCheckForUpdate" },
};

/** No question about news at the first start. */
const lab = {
  "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
};

/** At its start JupyterLab runs a script of its own under Node, which would take our package.json's word for what its files are. */
const scripts = { private: true, type: "commonjs" };

/** @type {[string, object][]} */
const files = [
  [join(environment, "package.json"), scripts],
  [join(environment, "etc/jupyter/jupyter_server_config.json"), server],
  [join(environment, "share/jupyter/lab/settings/overrides.json"), lab],
];

export async function installSettings() {
  for (const [file, content] of files) {
    const text = `${JSON.stringify(content, null, 2)}\n`;
    if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/**
 * The environment in which Jupyter runs here: what it remembers (settings, workspaces, running servers) lies in `folder`.
 * @param {string} [folder]
 * @returns {NodeJS.ProcessEnv}
 */
export function jupyterEnvironment(folder = join(root, ".jupyter")) {
  mkdirSync(folder, { recursive: true });
  return {
    ...process.env,
    PATH: [dirname(inEnvironment("python")), dirname(projectNode), process.env["PATH"]].join(delimiter),
    VIRTUAL_ENV: environment,
    JUPYTER_CONFIG_DIR: join(folder, "config"),
    JUPYTER_DATA_DIR: join(folder, "data"),
    JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
    JUPYTERLAB_SETTINGS_DIR: join(folder, "settings"),
    JUPYTERLAB_WORKSPACES_DIR: join(folder, "workspaces"),
    IPYTHONDIR: join(folder, "ipython"),
    PYTHONUTF8: "1",
    PYTHONDONTWRITEBYTECODE: "",
  };
}
