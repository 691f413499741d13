/** Files of weights on JupyterLab's server; a chunk of its own, fetched when there is one. */
import type { ExternalArray } from "heed/note";
import type { PathOfNote } from "../view/surroundings.js";
import { besideNote, type FileServices } from "./beside.js";
import { SideFile } from "./side-file.js";

/** The file of an array beside a notebook or document. */
export function openSide(services: FileServices, array: ExternalArray, path: PathOfNote | undefined): SideFile {
  return new SideFile(array, besideNote(services, path));
}
