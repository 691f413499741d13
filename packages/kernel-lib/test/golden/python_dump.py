"""The recipe of src/pretrained/README.md: attention dumped with numpy and safetensors alone.

    python python_dump.py        (torch 2.13, transformers 5.23)
"""

import json
import os

import numpy as np
import torch
from safetensors.numpy import save_file
from transformers import BertModel

here = os.path.dirname(os.path.abspath(__file__))
model = BertModel.from_pretrained(os.path.join(here, "families/bert-one-head"), attn_implementation="eager").eval()
inputs = {"input_ids": torch.tensor([[3, 14, 15, 9]])}
tokens = ["<s>", "我", "are", "<b>"]

outputs = model(**inputs, output_attentions=True)
weights = np.stack([layer[0].detach().float().numpy() for layer in outputs.attentions])
save_file({"weights": weights}, os.path.join(here, "python-dump.safetensors"), metadata={"tokens": json.dumps(tokens)})
