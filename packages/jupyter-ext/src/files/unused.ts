/** Files of weights that no notebook beside them names any more. */
import { openOnServer, type FileServices } from "./beside.js";
import { openSafetensors } from "./weights-file.js";

/** A file of weights, and what it says of where it came from. */
export interface UnusedFile {
  readonly path: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly modified: string;
  readonly title?: string;
  readonly notebook?: string;
}

/** An entry of a folder, as the server lists it. */
interface Entry {
  readonly name: string;
  readonly path: string;
  readonly type: string;
  readonly size?: number;
  readonly last_modified: string;
}

/** What `show` writes into the files it makes, so that a model's weights are never taken for a note's. */
const mark = "weights of a note";

/**
 * The files in a folder that `show` made and that nothing in the folder names: no notebook, as it is saved or open, and no document.
 *
 * @param open what is open and may differ from what is saved, as JSON
 * @throws Error when a notebook cannot be read: what it names is then not known
 */
export async function findUnused(services: FileServices, folder: string, open: readonly unknown[]): Promise<UnusedFile[]> {
  const { contents } = services;
  const entries = ((await contents.get(folder)).content as Entry[]).filter(({ type }) => type !== "directory");
  const files = entries.filter(({ name }) => name.endsWith(".safetensors"));
  if (files.length === 0) return [];
  const texts = open.map((content) => JSON.stringify(content));
  for (const { name, path } of entries) {
    if (name.endsWith(".ipynb")) texts.push(JSON.stringify((await contents.get(path, { type: "notebook" })).content));
    else if (name.endsWith(".heed.json"))
      texts.push(plainJson(String((await contents.get(path, { type: "file", format: "text" })).content)));
  }
  const unused: UnusedFile[] = [];
  for (const { name, path, size = 0, last_modified: modified } of files) {
    if (isNamed(name, texts)) continue;
    const metadata = await readMetadata(services, path, name);
    if (metadata["heed"] !== mark) continue;
    const { title, notebook } = metadata;
    unused.push({
      path,
      name,
      size,
      modified,
      ...(title !== undefined && { title }),
      ...(notebook !== undefined && { notebook }),
    });
  }
  return unused;
}

/** Whether a text holds a file's name anywhere: in a note, or in code that reads the file. */
export function isNamed(name: string, texts: readonly string[]): boolean {
  const quoted = JSON.stringify(name).slice(1, -1);
  return texts.some((text) => text.includes(quoted));
}

/** JSON written the way this page writes it, so that \u… and the characters themselves are the same. */
function plainJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    // a broken document still names what it names
    return text;
  }
}

async function readMetadata(services: FileServices, path: string, name: string): Promise<Readonly<Record<string, string>>> {
  try {
    return (await openSafetensors(await openOnServer(services, path), name)).header.metadata;
  } catch {
    // what cannot be read was not made by show, or is not known to be
    return {};
  }
}
