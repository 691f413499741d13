/** A browser has no paths; files come as `File`s or bytes, which need nothing from here. */
import type { ByteSource } from "./files-node.js";

export type { ByteSource };

const refuse = (path: string): Promise<never> =>
  Promise.reject(new TypeError(`weights: expected a File, a Blob or bytes in a browser; got the path ${JSON.stringify(path)}`));

export const openFile = (path: string): Promise<ByteSource> => refuse(path);
export const findFile = (folder: string): Promise<string | undefined> => refuse(folder);
export const isFolder = (): Promise<boolean> => Promise.resolve(false);
export const isFile = (): Promise<boolean> => Promise.resolve(false);
export const joinPath = (folder: string, name: string): string => `${folder}/${name}`;
export const writeFile = (path: string): Promise<void> => refuse(path);
export const makeFolder = (path: string): Promise<void> => refuse(path);
