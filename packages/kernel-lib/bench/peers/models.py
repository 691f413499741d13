"""MiniLM in transformers, eager, with every attention; and the same model exported to ONNX for others to open."""

import contextlib
import os

import torch
from peer import serve, timed
from transformers import AutoModel

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../../models/all-MiniLM-L6-v2")
loaded = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()


def ids(batch, length):
    """The same ids as in ../models.bench.ts."""
    i = torch.arange(batch * length)
    return (1000 + (i * 7919) % 20000).view(batch, length)


def forward(batch, length):
    tokens = ids(batch, length)

    def run():
        with torch.inference_mode():
            loaded(tokens, output_attentions=True)

    return timed(run)


def load():
    def run():
        AutoModel.from_pretrained(folder, attn_implementation="eager").eval()

    return timed(run)


def head_ablations(length):
    """One run for each head, its part of the context set to 0 by a hook."""
    tokens = ids(1, length)

    def run():
        with torch.inference_mode():
            for layer in loaded.encoder.layer:
                for head in range(12):
                    def silence(module, inputs, head=head):
                        context = inputs[0].clone()
                        context[..., head * 32:(head + 1) * 32] = 0
                        return (context, *inputs[1:])
                    hook = layer.attention.output.dense.register_forward_pre_hook(silence)
                    loaded(tokens)
                    hook.remove()

    return timed(run)


def export(file):
    """Writes the model to `file`, once; the number is the time it took."""

    class Plain(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = loaded

        def forward(self, input_ids, attention_mask, token_type_ids):
            return self.model(input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state

    def run():
        tokens = ids(1, 16)
        names = ["input_ids", "attention_mask", "token_type_ids"]
        with contextlib.redirect_stdout(None):
            torch.onnx.export(Plain().eval(), (tokens, torch.ones_like(tokens), torch.zeros_like(tokens)), file, input_names=names,
                              output_names=["last_hidden_state"], opset_version=17, dynamo=False,
                              dynamic_axes={name: {0: "batch", 1: "sequence"} for name in [*names, "last_hidden_state"]})

    return timed(run)


serve(forward=forward, load=load, export=export, head_ablations=head_ablations)
