declare module "*/jupyterlab_heed.json" {
  /** Messages as JupyterLab reads them. */
  const catalogue: Parameters<import("@jupyterlab/translation").Gettext["loadJSON"]>[0];
  export default catalogue;
}
