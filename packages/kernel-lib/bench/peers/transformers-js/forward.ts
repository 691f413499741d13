/** MiniLM in transformers.js, from the ONNX file that peers/models.py exported; it returns no attention. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** What is used of the library; it is installed on demand, so its types are not at hand. */
interface TransformersJs {
  readonly env: { allowRemoteModels: boolean; localModelPath: string };
  readonly AutoModel: {
    from_pretrained(name: string, options: { dtype: "fp32" }): Promise<(inputs: object) => Promise<unknown>>;
  };
  readonly AutoTokenizer: { from_pretrained(name: string): Promise<(text: string) => object> };
}

/** Installs the library beside this file, where it is not (about 470 MB), and gives a function that runs the model on a text. */
export async function prepareTransformersJs(
  model: string,
  onnx: string,
  folder: string,
): Promise<(text: string) => Promise<unknown>> {
  const library = join(import.meta.dirname, "node_modules/@huggingface/transformers/dist/transformers.node.mjs");
  if (!existsSync(library)) {
    await promisify(execFile)("npm", ["ci", "--ignore-scripts"], {
      cwd: import.meta.dirname,
      shell: process.platform === "win32",
    });
  }
  // The layout it expects: the folder of the model with the file under onnx/.
  await mkdir(join(folder, "minilm/onnx"), { recursive: true });
  for (const file of (await readdir(model)).filter((name) => name.endsWith(".json"))) {
    await copyFile(join(model, file), join(folder, "minilm", file));
  }
  await symlink(onnx, join(folder, "minilm/onnx/model.onnx")).catch(() =>
    copyFile(onnx, join(folder, "minilm/onnx/model.onnx")),
  );
  const { env, AutoModel, AutoTokenizer } = (await import(library)) as TransformersJs;
  env.allowRemoteModels = false;
  env.localModelPath = `${folder}/`;
  const [tokenizer, forward] = await Promise.all([
    AutoTokenizer.from_pretrained("minilm"),
    AutoModel.from_pretrained("minilm", { dtype: "fp32" }),
  ]);
  return async (text) => forward(await tokenizer(text));
}
