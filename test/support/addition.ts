/**
 * What a single test needs in its server beside the project's environment, where it would be in everybody's: jupyter-collaboration makes every
 * notebook a shared one, Notebook 7 is another application, and the widgets' manager asks every kernel for widgets and complains.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { environment, root } from "../../scripts/setup/places.mjs";
import { pip } from "../../scripts/setup/python.mjs";
import { hashOf, isStamped, writeStamp } from "../../scripts/setup/stamp.mjs";

/** Installs what `<name>.txt` lists, where it is missing, and returns the variables with which a server has it. */
export async function installAddition(
  name: "collaboration" | "notebook" | "widgets",
): Promise<Readonly<Record<string, string>>> {
  const folder = join(root, "test-results", name);
  const stamp = join(folder, "heed-stamp");
  const requirements = join(import.meta.dirname, `${name}.txt`);
  const hash = hashOf([requirements, join(environment, "pyvenv.cfg")]);
  if (!isStamped(stamp, hash)) {
    rmSync(folder, { recursive: true, force: true });
    await pip(name, ["--no-deps", "--target", folder, "-r", requirements]);
    writeStamp(stamp, hash);
  }
  return {
    PYTHONPATH: folder,
    JUPYTER_PATH: join(folder, "share/jupyter"),
    JUPYTER_CONFIG_PATH: join(folder, "etc/jupyter"),
  };
}
