"""What transformers computes with the real MiniLM (models/all-MiniLM-L6-v2) on a few texts.

    python minilm.py           (torch 2.13, transformers 5.23)

Writes minilm.safetensors: <case>.ids, .attention [L, H, T, T], .hidden (last) and .embedding; of the long text only the entropy of
every row, and in its batch the last hidden state of the shorter text.
"""

import os

import numpy
import torch
from safetensors.numpy import save_file
from transformers import AutoModel, AutoTokenizer

here = os.path.dirname(os.path.abspath(__file__))
folder = os.path.join(here, "../../../../models/all-MiniLM-L6-v2")
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
found = {}


def embed(outputs, mask):
    mean = (outputs.last_hidden_state * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return torch.nn.functional.normalize(mean, dim=-1)


long = " ".join(["The quick brown fox jumps over the lazy dog, and then it sleeps."] * 8)
cases = {
    "coreference": ("The cat sat on the mat because it was tired.", None),
    "pair": ("我是中国人。", "I am Chinese, aren't I?"),
    "long": (long, None),
}
with torch.no_grad():
    for name, (text, pair) in cases.items():
        inputs = tokenizer(text, pair, return_tensors="pt")
        outputs = model(**inputs, output_attentions=True)
        weights = torch.stack(outputs.attentions)[:, 0]
        found[f"{name}.ids"] = inputs["input_ids"][0].int()
        if name == "long":
            found["long.entropy"] = -(weights * weights.clamp_min(1e-30).log()).sum(-1)
        else:
            found[f"{name}.attention"] = weights
            found[f"{name}.hidden"] = outputs.last_hidden_state[0]
        found[f"{name}.embedding"] = embed(outputs, inputs["attention_mask"])[0]
    inputs = tokenizer([long, cases["coreference"][0]], padding=True, return_tensors="pt")
    outputs = model(**inputs)
    found["batch.embedding"] = embed(outputs, inputs["attention_mask"])
save_file({k: v.contiguous().numpy() for k, v in found.items()}, os.path.join(here, "minilm.safetensors"))
print({k: tuple(v.shape) for k, v in found.items()}, os.path.getsize(os.path.join(here, "minilm.safetensors")))
