"""Attention in PyTorch as one writes it, MiniLM in transformers (eager), and MiniLM exported with its attention as outputs."""

import contextlib
import os
import warnings

import torch
from peer import serve, timed
from transformers import AutoModel

warnings.filterwarnings("ignore")  # the exporter tells of its successor
folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../../models/all-MiniLM-L6-v2")
model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()


def attention(heads, length, width):
    query, keys, values = (torch.rand(heads, length, width) for _ in range(3))

    def run():
        with torch.inference_mode():
            weights = torch.softmax(query @ keys.transpose(-1, -2) * width**-0.5, -1)
            return weights @ values, weights

    return timed(run)


def ids(batch, length):
    """The same ids as in ../engine.bench.ts."""
    i = torch.arange(batch * length)
    return (1000 + (i * 7919) % 20000).view(batch, length)


def minilm(batch, length):
    tokens = ids(batch, length)

    def run():
        with torch.inference_mode():
            model(tokens, output_attentions=True)

    return timed(run)


def products(rows):
    """The products with matrices that MiniLM makes of its tokens, and nothing else."""
    layers = [[layer.attention.self.query, layer.attention.self.key, layer.attention.self.value, layer.attention.output.dense,
               layer.intermediate.dense, layer.output.dense] for layer in model.encoder.layer]
    matrices = [linear.weight for layer in layers for linear in layer]
    start = torch.rand(rows, 384)

    def run():
        with torch.inference_mode():
            x = start
            for matrix in matrices:
                x = torch.nn.functional.linear(x, matrix)

    return timed(run)


def export(file):
    """Writes the model with its attention to `file`; the number is the time it took."""

    class WithAttention(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, ids, mask, types):
            result = self.model(ids, attention_mask=mask, token_type_ids=types, output_attentions=True)
            return (result.last_hidden_state, *result.attentions)

    def run():
        tokens = ids(1, 16)
        inputs = ["ids", "mask", "types"]
        attentions = [f"attention{layer}" for layer in range(6)]
        axes = {name: {0: "batch", 1: "tokens"} for name in [*inputs, "hidden"]}
        axes |= {name: {0: "batch", 2: "tokens", 3: "tokens"} for name in attentions}
        with contextlib.redirect_stdout(None):
            torch.onnx.export(WithAttention().eval(), (tokens, torch.ones_like(tokens), torch.zeros_like(tokens)), file,
                              input_names=inputs, output_names=["hidden", *attentions], dynamic_axes=axes, opset_version=17,
                              dynamo=False)

    return timed(run)


serve(attention=attention, minilm=minilm, products=products, export=export)
