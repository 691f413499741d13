/** Folders that strangers made: configs that ask for more than the file holds, and entries that are no files of the folder. */
import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { platform, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadModel, loadTokenizer, openSafetensors } from "../../src/entries/pretrained.js";
import { readCorpus } from "../../src/entries/data.js";

const golden = join(import.meta.dirname, "../golden/families");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "heed-hostile-"));
});
afterAll(() => rm(folder, { recursive: true }));

let copies = 0;
async function copyOf(name: string, change: object = {}): Promise<string> {
  const path = join(folder, `${name}-${copies++}`);
  await cp(join(golden, name), path, { recursive: true });
  const config = JSON.parse(await readFile(join(path, "config.json"), "utf8")) as object;
  await writeFile(join(path, "config.json"), JSON.stringify({ ...config, ...change }));
  return path;
}

// The bounds come from the file: 19 tensors, the largest of 444 numbers, and so on.
test.each<[string, object, RegExp]>([
  [
    "llama-grouped",
    { num_hidden_layers: 1e7 },
    /"num_hidden_layers" to be at most 4096, as no model has more layers; got 10000000$/u,
  ],
  [
    "llama-grouped",
    { num_hidden_layers: 1000 },
    /"num_hidden_layers" to be at most 21, as the file has no more tensors; got 1000$/u,
  ],
  [
    "llama-grouped",
    { head_dim: 2e9 },
    /"head_dim" to be at most 984, as no tensor of the file has more numbers; got 2000000000$/u,
  ],
  ["llama-grouped", { vocab_size: 2e9 }, /"vocab_size" to be at most 984/u],
  ["llama-grouped", { hidden_size: 2e9, num_attention_heads: 1e9 }, /"hidden_size" to be at most 984/u],
  ["bert-one-head", { num_hidden_layers: 1e6 }, /"num_hidden_layers" to be at most 4096/u],
  ["bert-one-head", { max_position_embeddings: 1e9 }, /"max_position_embeddings" to be at most 444/u],
  [
    "roberta-masked",
    { pad_token_id: 18 },
    /"max_position_embeddings" above "pad_token_id" \+ 1 = 19, where positions begin; got 19$/u,
  ],
  ["albert-masked", { num_hidden_layers: 1e6 }, /"num_hidden_layers" to be at most 4096/u],
  ["albert-masked", { num_hidden_layers: 3000, inner_group_num: 30 }, /encoder\.albert_layer_groups\.0\.albert_layers\.1\./u],
  ["albert-masked", { num_hidden_groups: 9 }, /"num_hidden_groups" to be at most "num_hidden_layers" 5; got 9$/u],
  ["distilbert-masked", { n_layers: 1e6 }, /"n_layers" to be at most 4096/u],
  ["gpt2", { n_layer: 1e6 }, /"n_layer" to be at most 4096/u],
  ["t5", { num_layers: 1e6 }, /"num_layers" to be at most 4096/u],
  ["t5", { num_decoder_layers: 1e6 }, /"num_decoder_layers" to be at most 4096/u],
  ["t5", { d_kv: 1e9 }, /"d_kv" to be at most 492/u],
  ["t5", { relative_attention_num_buckets: 1e9 }, /"relative_attention_num_buckets" to be at most 492/u],
  ["bart", { encoder_layers: 1e6 }, /"encoder_layers" to be at most 4096/u],
  ["vit-oblong", { num_hidden_layers: 1e6 }, /"num_hidden_layers" to be at most 4096/u],
  ["vit-oblong", { image_size: 2 ** 31 - 1 }, /position_embeddings to be \[1, /u],
])("%s with %j is refused before anything is built", async (name, change, message) => {
  await expect(loadModel(await copyOf(name, change))).rejects.toThrow(message);
});

// What would make every number NaN, or nothing but infinities.
test.each<[string, object, string]>([
  ["llama-grouped", { rope_parameters: { rope_type: "default", rope_theta: 0 } }, '"rope_theta" to be above 0; got 0'],
  ["llama-grouped", { rope_parameters: undefined, rope_theta: -1 }, '"rope_theta" to be above 0; got -1'],
  [
    "llama-grouped",
    { rope_parameters: { rope_theta: 1e-300 } },
    'rotary positions with finite angles; got "rope_theta" 1e-300',
  ],
  ["llama-grouped", { rope_parameters: { rope_type: "linear", factor: 0 } }, '"factor" to be above 0; got 0'],
  [
    "llama-scaled-rope",
    {
      rope_parameters: {
        rope_type: "llama3",
        factor: 8,
        low_freq_factor: 4,
        high_freq_factor: 4,
        original_max_position_embeddings: 13,
      },
    },
    'expected "high_freq_factor" above "low_freq_factor" 4; got 4',
  ],
  ["llama-grouped", { rms_norm_eps: -1 }, '"rms_norm_eps" to be at least 0; got -1'],
  ["bert-one-head", { layer_norm_eps: -1e-12 }, '"layer_norm_eps" to be at least 0; got -1e-12'],
  ["gpt2", { layer_norm_epsilon: -1 }, '"layer_norm_epsilon" to be at least 0; got -1'],
  ["t5", { layer_norm_epsilon: -1 }, '"layer_norm_epsilon" to be at least 0; got -1'],
  ["t5", { relative_attention_max_distance: 4 }, '"relative_attention_max_distance" above 4, half of the buckets; got 4'],
  ["t5", { relative_attention_num_buckets: 1 }, '"relative_attention_num_buckets" to be at least 4; got 1'],
])("%s with %j is refused by its name", async (name, change, message) => {
  await expect(loadModel(await copyOf(name, change))).rejects.toThrow(message);
});

test("deviations of 0 in preprocessor_config.json are refused", async () => {
  const path = await copyOf("vit-oblong");
  await writeFile(join(path, "preprocessor_config.json"), JSON.stringify({ image_std: [0.5, 0, 0.5] }));
  await expect(loadModel(path)).rejects.toThrow('expected "image_std" without 0; got [0.5,0,0.5]');
});

// Windows has no pipes in folders, and lets only administrators make links.
describe.skipIf(platform() === "win32")("entries that are no files of the folder", () => {
  test.each([["model.safetensors"], ["config.json"], ["tokenizer.json"]])(
    "a pipe as %s does not wait for a writer",
    async (name) => {
      const path = await copyOf("bert-one-head");
      await rm(join(path, name), { force: true });
      execFileSync("mkfifo", [join(path, name)]);
      await expect(loadModel(path)).rejects.toThrow(`file: expected ${name} in ${path} to be a file; got something else`);
    },
  );

  test.each([
    ["openSafetensors", (path: string) => openSafetensors(path)],
    ["loadTokenizer", (path: string) => loadTokenizer(path)],
    ["readCorpus", (path: string) => readCorpus(path, { format: "text" })],
  ])("%s reads no pipe, device or folder", async (_, read) => {
    const path = join(folder, `entries-${copies++}`);
    await mkdir(join(path, "folder.json"), { recursive: true });
    execFileSync("mkfifo", [join(path, "pipe.json")]);
    await symlink("/dev/zero", join(path, "zero.json"));
    await expect(read(join(path, "pipe.json"))).rejects.toThrow("got a pipe");
    await expect(read(join(path, "zero.json"))).rejects.toThrow("got a device or socket");
    await expect(read(join(path, "folder.json"))).rejects.toThrow(/got a folder|expected model\.safetensors/u);
  });

  test("a pipe, or a link out of the folder, as a shard", async () => {
    const path = await copyOf("bert-classifier");
    const shard = join(path, "model-00002-of-00003.safetensors");
    await rename(shard, join(folder, "outside.safetensors"));
    await symlink(join(folder, "outside.safetensors"), shard);
    await expect(loadModel(path)).rejects.toThrow(/to lie in that folder; it is a link to .*outside\.safetensors/u);
    await rm(shard);
    execFileSync("mkfifo", [shard]);
    await expect(loadModel(path)).rejects.toThrow("to be a file; got something else");
  });

  test("a link is followed inside the folder, and in the cache of the hub", async () => {
    const inside = await copyOf("bert-one-head");
    await rename(join(inside, "model.safetensors"), join(inside, "weights"));
    await symlink("weights", join(inside, "model.safetensors"));
    expect((await loadModel(inside)).kind).toBe("encoder");

    const cache = join(folder, "models--someone--bert");
    const snapshot = join(cache, "snapshots", "0a1b2c");
    await mkdir(join(cache, "blobs"), { recursive: true });
    await mkdir(snapshot, { recursive: true });
    for (const name of ["config.json", "model.safetensors"]) {
      await cp(join(golden, "bert-one-head", name), join(cache, "blobs", name));
      await symlink(join("..", "..", "blobs", name), join(snapshot, name));
    }
    expect((await loadModel(snapshot)).kind).toBe("encoder");
    await rm(join(snapshot, "config.json"));
    await symlink("/etc/passwd", join(snapshot, "config.json"));
    await expect(loadModel(snapshot)).rejects.toThrow("it is a link to");
  });
});
