"""What transformers computes in the first layer of MiniLM-L6: python minilm-first-layer.py FOLDER

FOLDER holds the model (config.json, model.safetensors, tokenizer.json). Writes minilm-first-layer.json (ids, tokens) and
minilm-first-layer.safetensors (the embedded tokens and the attention of layer 0), computed in float32 as transformers does.
"""

import json
import pathlib
import sys

import torch
import transformers
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
folder = sys.argv[1]
torch.set_num_threads(1)
tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
model = transformers.AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
sentences = ["The animal didn't cross the street because it was too tired.", "我是中国人, I am Chinese."]

cases, tensors = [], {}
for i, sentence in enumerate(sentences):
    encoded = tokenizer(sentence, return_tensors="pt")
    with torch.no_grad():
        result = model(**encoded, output_attentions=True, output_hidden_states=True)
    ids = encoded["input_ids"][0].tolist()
    cases.append({"sentence": sentence, "ids": ids, "tokens": tokenizer.convert_ids_to_tokens(ids)})
    tensors[f"{i}.embedded"] = result.hidden_states[0][0].contiguous()
    tensors[f"{i}.attention"] = result.attentions[0][0].contiguous()

made_by = f"minilm-first-layer.py, transformers {transformers.__version__}, PyTorch {torch.__version__}"
save_file(tensors, here / "minilm-first-layer.safetensors", {"madeBy": made_by})
(here / "minilm-first-layer.json").write_text(json.dumps({"madeBy": made_by, "cases": cases}, ensure_ascii=False) + "\n")
