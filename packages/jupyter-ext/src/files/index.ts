/** Files of weights on JupyterLab's server; a chunk of its own, fetched when there is one. */
import type { ExternalArray } from "heed/note";
import { besideNote, type FileServices, type PathOfNote } from "./beside.js";
import { SideFile } from "./side-file.js";

/** The file of an array beside a notebook or document. */
export function openSide(services: FileServices, array: ExternalArray, path: PathOfNote): SideFile {
  return new SideFile(array, besideNote(services, path));
}
