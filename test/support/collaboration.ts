/** jupyter-collaboration for a server of its own: inside the project's environment it would make every notebook a shared one. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { environment, root } from "../../scripts/setup/places.mjs";
import { pip } from "../../scripts/setup/python.mjs";
import { hashOf, isStamped, writeStamp } from "../../scripts/setup/stamp.mjs";

const folder = join(root, "test-results/collaboration");
const stamp = join(folder, "heed-stamp");
const requirements = join(root, "test/support/collaboration.txt");

/** Installs it where it is missing, and returns the variables with which a server has it. */
export async function installCollaboration(): Promise<Readonly<Record<string, string>>> {
  const hash = hashOf([requirements, join(environment, "pyvenv.cfg")]);
  if (!isStamped(stamp, hash)) {
    rmSync(folder, { recursive: true, force: true });
    await pip("jupyter-collaboration", ["--no-deps", "--target", folder, "-r", requirements]);
    writeStamp(stamp, hash);
  }
  return {
    PYTHONPATH: folder,
    JUPYTER_PATH: join(folder, "share/jupyter"),
    JUPYTER_CONFIG_PATH: join(folder, "etc/jupyter"),
  };
}
