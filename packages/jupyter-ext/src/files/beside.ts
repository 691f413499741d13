/** Where the files of a note are: in the folder of the notebook or document that it is in, on the same server. */
import { PathExt, URLExt } from "@jupyterlab/coreutils";
import { ServerConnection, type ServiceManager } from "@jupyterlab/services";
import { fromMemory, openRange, wholeFileLimit, type ByteSource } from "./range-source.js";
import type { OpenBeside } from "./side-file.js";
import { SideFileError } from "./side-file-error.js";

/** What of JupyterLab's services files are read with. */
export type FileServices = Pick<ServiceManager.IManager, "contents" | "serverSettings">;

/** The path of the notebook or document that a note is in; where it is not known, nothing can lie beside it. */
export type PathOfNote = () => Promise<string | undefined>;

/**
 * The path of a file in the same folder. Only a plain name is taken: nothing above, nothing elsewhere, nothing hidden.
 *
 * @param document path of the notebook or document, perhaps with a drive (`RTC:folder/a.ipynb`)
 * @throws SideFileError for any other name
 */
export function pathBeside(document: string, name: string): string {
  if (!/^[^/\\:?#%\p{Cc}\u202a-\u202e\u2066-\u2069]+\.safetensors$/u.test(name) || name.startsWith(".")) {
    throw new SideFileError("refused", `expected a file name ending in .safetensors; got ${JSON.stringify(name)}`);
  }
  const [, drive = "", path = ""] = /^([^/:]*:)?(.*)$/su.exec(document) ?? [];
  const folder = PathExt.dirname(path);
  return `${drive}${folder === "" ? name : `${folder}/${name}`}`;
}

/** Opens what lies beside a notebook or document. */
export function besideNote(services: FileServices, path: PathOfNote): OpenBeside {
  return async (name) => {
    const document = await path();
    if (document === undefined) throw new SideFileError("missing", "it is not known where the note is");
    return openOnServer(services, pathBeside(document, name));
  };
}

/**
 * Opens a file below the server's root. Requests carry what JupyterLab's own do, and go to its server only; a drive that keeps its
 * files elsewhere is asked for the whole file.
 */
export async function openOnServer({ contents, serverSettings }: FileServices, path: string): Promise<ByteSource> {
  const address = await contents.getDownloadUrl(path);
  const base = new URL(serverSettings.baseUrl, location.href);
  const url = new URL(address, base);
  if (url.origin !== base.origin || !url.pathname.startsWith(URLExt.join(base.pathname, "files/"))) {
    return openWhole(contents, path);
  }
  const settings = { ...serverSettings, baseUrl: base.href };
  return openRange((range, signal) =>
    ServerConnection.makeRequest(
      url.href,
      { headers: { Range: range }, cache: "no-store", redirect: "error", ...(signal && { signal }) },
      settings,
    ),
  );
}

async function openWhole(contents: FileServices["contents"], path: string): Promise<ByteSource> {
  try {
    const { size = 0 } = await contents.get(path, { content: false });
    if (size > wholeFileLimit) throw new SideFileError("too-large", `it has ${size} bytes`);
    const { content } = (await contents.get(path, { type: "file", format: "base64", content: true })) as { content: unknown };
    return fromMemory(Uint8Array.from(atob(String(content)), (character) => character.charCodeAt(0)));
  } catch (error) {
    if (error instanceof SideFileError) throw error;
    const isMissing = error instanceof ServerConnection.ResponseError && error.response.status === 404;
    throw new SideFileError(isMissing ? "missing" : "unreachable", error instanceof Error ? error.message : String(error));
  }
}
