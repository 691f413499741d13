/** The Chinese catalogue, compiled from locale/zh_CN by the build; a chunk of its own. */
// oxlint-disable-next-line import/no-relative-parent-imports -- made by the build, outside the sources
import compiled from "../jupyterlab_heed/locale/zh_CN/LC_MESSAGES/jupyterlab_heed.json";
import type { Gettext } from "@jupyterlab/translation";

export const catalogue: Parameters<Gettext["loadJSON"]>[0] = compiled;
