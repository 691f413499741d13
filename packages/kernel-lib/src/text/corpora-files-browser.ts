import type { OpenedFile } from "./corpora-files-node.js";

/** A browser has no paths; it has `File`s, which `readCorpus` takes as they are. */
export function openFile(path: string): Promise<OpenedFile> {
  return Promise.reject(
    new TypeError(`readCorpus: expected a File, a Blob or bytes in a browser; got the path ${JSON.stringify(path)}`),
  );
}
