"""Attention in PyTorch as one writes it, MiniLM in transformers (eager), and MiniLM exported with its attention as outputs."""

import torch
from minilm import forward, model, write_onnx
from peer import serve, timed


def attention(heads, length, width):
    query, keys, values = (torch.rand(heads, length, width) for _ in range(3))

    def run():
        with torch.inference_mode():
            weights = torch.softmax(query @ keys.transpose(-1, -2) * width**-0.5, -1)
            return weights @ values, weights

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
        inputs = ["ids", "mask", "types"]
        attentions = [f"attention{layer}" for layer in range(6)]
        axes = {name: {0: "batch", 1: "tokens"} for name in [*inputs, "hidden"]}
        axes |= {name: {0: "batch", 2: "tokens", 3: "tokens"} for name in attentions}
        write_onnx(file, WithAttention(), inputs, ["hidden", *attentions], axes)

    return timed(run)


serve(attention=attention, minilm=forward, products=products, export=export)
