declare module "*/jupyterlab_heed.json" {
  import type { Gettext } from "@jupyterlab/translation";

  /** Messages as JupyterLab reads them. */
  const catalogue: Parameters<Gettext["loadJSON"]>[0];
  export default catalogue;
}
