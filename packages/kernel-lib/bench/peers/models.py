"""MiniLM in transformers, eager, with every attention; and the same model exported to ONNX for others to open."""

import torch
from minilm import forward, ids, load, model, write_onnx
from peer import serve, timed


def head_ablations(length):
    """One run for each head, its part of the context set to 0 by a hook."""
    tokens = ids(1, length)

    def run():
        with torch.inference_mode():
            for layer in model.encoder.layer:
                for head in range(12):
                    def silence(module, inputs, head=head):
                        context = inputs[0].clone()
                        context[..., head * 32:(head + 1) * 32] = 0
                        return (context, *inputs[1:])
                    hook = layer.attention.output.dense.register_forward_pre_hook(silence)
                    model(tokens)
                    hook.remove()

    return timed(run)


def export(file):
    """Writes the model to `file`, once; the number is the time it took."""

    class Plain(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, input_ids, attention_mask, token_type_ids):
            return self.model(input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state

    def run():
        inputs = ["input_ids", "attention_mask", "token_type_ids"]
        axes = {name: {0: "batch", 1: "sequence"} for name in [*inputs, "last_hidden_state"]}
        write_onnx(file, Plain(), inputs, ["last_hidden_state"], axes)

    return timed(run)


serve(forward=forward, load=lambda: timed(load), export=export, head_ablations=head_ablations)
