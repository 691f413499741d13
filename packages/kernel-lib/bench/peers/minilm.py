"""MiniLM in transformers, eager, for every script that measures it."""

import contextlib
import os
import warnings

import torch
from peer import timed
from transformers import AutoModel

warnings.filterwarnings("ignore")  # the exporter tells of its successor
folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../../models/all-MiniLM-L6-v2")


def load():
    return AutoModel.from_pretrained(folder, attn_implementation="eager").eval()


model = load()


def ids(batch, length):
    """The same ids as in ../minilm.ts."""
    i = torch.arange(batch * length)
    return (1000 + (i * 7919) % 20000).view(batch, length)


def forward(batch, length):
    tokens = ids(batch, length)

    def run():
        with torch.inference_mode():
            model(tokens, output_attentions=True)

    return timed(run)


def write_onnx(file, module, inputs, outputs, axes):
    """Exports a module that is given ids, mask and types."""
    tokens = ids(1, 16)
    with contextlib.redirect_stdout(None):
        torch.onnx.export(module.eval(), (tokens, torch.ones_like(tokens), torch.zeros_like(tokens)), file, input_names=inputs,
                          output_names=outputs, dynamic_axes=axes, opset_version=17, dynamo=False)
