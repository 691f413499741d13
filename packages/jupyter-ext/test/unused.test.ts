/** Files of weights that no notebook names: found with care, as what is found may be removed. */
import type { Contents } from "@jupyterlab/services";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { encodeHeader } from "heed/note";
import type { FileServices } from "../src/files/beside.js";
import { findUnused, isNamed } from "../src/files/unused.js";

/** A file as `show` writes it, or another of the same format. */
function tensorsFile(heed?: string): Uint8Array<ArrayBuffer> {
  const metadata = { ...(heed !== undefined && { heed }), title: "a title", notebook: "nb" };
  const header = encodeHeader([{ name: "weights", dtype: "F32", shape: [1, 1] }], metadata);
  const bytes = new Uint8Array(header.length + 4);
  bytes.set(header);
  return bytes;
}

const ours = tensorsFile("weights of a note");
const notebook = (name: string): object => ({ cells: [{ outputs: [{ data: { note: { weights: { file: name } } } }] }] });

let files: Record<string, unknown>;
const contents = {
  get: async (path: string, options?: Contents.IFetchOptions): Promise<Partial<Contents.IModel>> => {
    if (path === "课") {
      const content = Object.keys(files).map((name) => ({
        name,
        path: `课/${name}`,
        type: name.endsWith(".ipynb") ? "notebook" : "file",
        size: 5,
        last_modified: "2026-11-23T12:00:00Z",
      }));
      return { content };
    }
    const file = files[path.slice(2)];
    if (file === undefined) throw new Error(`no ${path}`);
    expect(file).not.toBeInstanceOf(Uint8Array);
    return { content: options?.format === "text" ? file : structuredClone(file) };
  },
  getDownloadUrl: async (path: string) => `http://localhost/files/${encodeURI(path)}`,
};
const services = {
  contents,
  serverSettings: {
    baseUrl: "http://localhost/",
    init: {},
    token: "",
    Request,
    fetch: async ({ url }: Request) => {
      const name = decodeURIComponent(new URL(url).pathname).split("/").at(-1) ?? "";
      const file = files[name];
      return file instanceof Uint8Array ? new Response(file as Uint8Array<ArrayBuffer>) : new Response("", { status: 404 });
    },
  },
} as unknown as FileServices;

beforeEach(() => {
  vi.stubGlobal("location", new URL("http://localhost/lab"));
  files = {};
});
afterEach(() => vi.unstubAllGlobals());

const unusedIn = async (open: readonly unknown[] = []): Promise<string[]> =>
  (await findUnused(services, "课", open)).map(({ name }) => name);

test("what a notebook, an open one, or a document names is used", async () => {
  for (const name of ["saved", "open", "document", "escaped 看", "gone"]) files[`${name}.safetensors`] = ours;
  files["a.ipynb"] = notebook("saved.safetensors");
  files["b.heed.json"] = JSON.stringify({ weights: { file: "document.safetensors" } });
  files["c.heed.json"] = '{"weights":{"file":"escaped \\u770b.safetensors"}}';
  expect(await unusedIn([notebook("open.safetensors")])).toEqual(["gone.safetensors"]);
  expect(await findUnused(services, "课", [])).toEqual([
    expect.objectContaining({
      name: "open.safetensors",
      path: "课/open.safetensors",
      size: 5,
      title: "a title",
      notebook: "nb",
    }),
    expect.objectContaining({ name: "gone.safetensors" }),
  ]);
});

test("weights of a model, and what cannot be read, are never listed", async () => {
  files["model.safetensors"] = tensorsFile();
  files["other.safetensors"] = tensorsFile("something else");
  files["broken.safetensors"] = new Uint8Array(3);
  expect(await unusedIn()).toEqual([]);
});

test("a name in code counts as use", async () => {
  files["read.safetensors"] = ours;
  files["a.ipynb"] = { cells: [{ source: 'show(await readAttention("read.safetensors"))' }] };
  expect(await unusedIn()).toEqual([]);
});

test("a notebook that cannot be read ends the search: what it names is not known", async () => {
  files["gone.safetensors"] = ours;
  files["a.ipynb"] = undefined;
  await expect(unusedIn()).rejects.toThrow("no 课/a.ipynb");
});

test("a name with quotes is found as JSON writes it", () => {
  expect(isNamed('a "b".safetensors', [JSON.stringify({ file: 'a "b".safetensors' })])).toBe(true);
  expect(isNamed("a.safetensors", ["b.safetensors"])).toBe(false);
});
