import type { OpenedFile } from "./file-chunks-node.js";

/** A browser has no paths; it has `File`s, which `readCorpus` takes as they are. */
const refuse = (path: string): Promise<never> =>
  Promise.reject(
    new TypeError(`readCorpus: expected a File, a Blob or bytes in a browser; got the path ${JSON.stringify(path)}`),
  );

export const openFile = (path: string): Promise<OpenedFile> => refuse(path);
export const findFile = (folder: string): Promise<string | undefined> => refuse(folder);
