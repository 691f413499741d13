import { findFile, openFile } from "#weight-files";

/** Text files of a model are small; a larger one is something else. */
const largestText = 100_000_000;

/**
 * Reads a JSON file of the folder; undefined where there is none.
 *
 * @throws SyntaxError when it is not JSON
 */
export async function readJson(folder: string, name: string): Promise<unknown> {
  const path = await findFile(folder, name);
  if (path === undefined) return undefined;
  const file = await openFile(path);
  if (file.size > largestText)
    throw new RangeError(`loadModel: expected ${name} to be at most 100 MB; it has ${file.size} bytes`);
  const text = new TextDecoder().decode(await file.read(0, file.size));
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SyntaxError(`loadModel: ${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
