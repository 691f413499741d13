"""Small random models with several stacks of attention, or stacks that narrow, with the attention PyTorch computes.

    python onnx_stacks.py       (torch 2.13, transformers 5.23, onnx 1.23, onnxruntime 1.32, brotli 1.2)

Writes onnx-stacks.safetensors.br: `<name>/model` is the model's bytes, `<name>/in/<input>` an input, `<name>/attention/<kind>.<layer>` the
weights of a layer. Parameters are sixteenths, which pack small.
"""

import io
import os
import re
import tempfile
import warnings

import numpy
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from transformers import (
    BartConfig, BartForConditionalGeneration, CLIPConfig, CLIPModel, DetrConfig, DetrForObjectDetection, FunnelConfig, FunnelModel,
    MarianConfig, MarianMTModel, PerceiverConfig, PerceiverModel, ResNetConfig, SegformerConfig, SegformerModel, WhisperConfig,
    WhisperForConditionalGeneration,
)

from onnx_attention import write

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
here = os.path.dirname(os.path.abspath(__file__))
tensors = {}


def randomise(model):
    generator = torch.Generator().manual_seed(11)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            noise = torch.randn(weight.shape, generator=generator)
            is_norm = "norm" in name.lower() and weight.ndim == 1 and name.endswith("weight")
            fan = max(1, weight[0].numel()) if weight.ndim > 1 else 25
            value = 1 + 0.2 * noise if is_norm else noise * (1.2 / fan**0.5)
            if weight.requires_grad:
                weight.copy_(torch.round(value * 16) / 16)
    return model.eval()


class Wrapped(torch.nn.Module):
    def __init__(self, model, names, pick):
        super().__init__()
        self.model, self.names, self.pick = model, names, pick

    def forward(self, *inputs):
        return self.pick(self.model(**dict(zip(self.names, inputs))))


def export(model, inputs, pick, fixed=False, opset=17):
    names = list(inputs)
    buffer = io.BytesIO()
    axes = {name: {0: "batch", **({1: f"{name}_length"} if value.ndim == 2 else {})} for name, value in inputs.items()}
    torch.onnx.export(Wrapped(model, names, pick).eval(), tuple(inputs.values()), buffer, input_names=names, output_names=["out"],
                      dynamic_axes=None if fixed else axes, opset_version=opset, dynamo=False)
    made = onnx.load_from_string(buffer.getvalue())
    for node in made.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    del made.graph.value_info[:]
    return made


def save(name, model, inputs, expected):
    tensors[f"{name}/model"] = numpy.frombuffer(model.SerializeToString(), numpy.uint8)
    for key, value in inputs.items():
        value = value.numpy()
        tensors[f"{name}/in/{key}"] = value.astype(numpy.int32) if value.dtype == numpy.int64 else value
    for key, value in expected.items():
        tensors[f"{name}/attention/{key}"] = value.detach().float().numpy()
    print(f"{name:28} {len(model.SerializeToString()):7} bytes {len(model.graph.node):5} nodes", *expected)


def layers(kind, all_of_them):
    return {f"{kind}.{i}": weights for i, weights in enumerate(all_of_them)}


def place_of(node):
    """`decoder.1` of a node under /model/decoder/layers.1/self_attn."""
    layer = re.search(r"layers\.(\d+)", node.name).group(1)
    kind = "cross" if "encoder_attn" in node.name else "decoder" if "/decoder/" in node.name else "encoder"
    return f"{kind}.{layer}"


def softmaxes(model, inputs):
    """What the softmax nodes of this very graph give: the truth for a quantised one."""
    copy = onnx.ModelProto.FromString(model.SerializeToString())
    outputs = [node.output[0] for node in copy.graph.node if node.op_type == "Softmax"]
    copy.graph.output.extend([onnx.ValueInfoProto(name=output) for output in outputs])
    found = onnxruntime.InferenceSession(copy.SerializeToString()).run(outputs, {key: value.numpy() for key, value in inputs.items()})
    names = [place_of(node) for node in copy.graph.node if node.op_type == "Softmax"]
    return {name: torch.tensor(weights) for name, weights in zip(names, found)}


def eighths(*shape):
    return torch.round(torch.randn(*shape, generator=torch.Generator().manual_seed(3)) * 8) / 8


ids = torch.randint(2, 41, (1, 7), generator=torch.Generator().manual_seed(5))
target = torch.randint(2, 41, (1, 5), generator=torch.Generator().manual_seed(6))


def clip():
    tower = dict(hidden_size=8, intermediate_size=8, num_attention_heads=2)
    model = randomise(CLIPModel(CLIPConfig(text_config=dict(vocab_size=41, max_position_embeddings=9, num_hidden_layers=3, eos_token_id=40, **tower),
                                           vision_config=dict(image_size=8, patch_size=4, num_hidden_layers=2, **tower), projection_dim=8,
                                           attn_implementation="eager")))
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "pixel_values": eighths(1, 3, 8, 8)}
    with torch.no_grad():
        text = model.text_model(input_ids=ids, attention_mask=inputs["attention_mask"], output_attentions=True).attentions
        vision = model.vision_model(pixel_values=inputs["pixel_values"], output_attentions=True).attentions
    made = export(model, inputs, lambda outputs: outputs.logits_per_image)
    return made, inputs, text, vision


made, inputs, text, vision = clip()
# the tower that the graph computes first has the plain name
is_vision = "vision" in next(node.name for node in made.graph.node if node.op_type == "Softmax")
first, second = ("self", "self-2") if is_vision else ("self-2", "self")
save("clip", made, inputs, layers(first, vision) | layers(second, text))

model = randomise(SegformerModel(SegformerConfig(num_encoder_blocks=3, depths=[2, 1, 1], sr_ratios=[4, 2, 1], hidden_sizes=[4, 8, 8],
                                                 patch_sizes=[7, 3, 3], strides=[4, 2, 2], num_attention_heads=[1, 2, 2], mlp_ratios=[1, 1, 1],
                                                 attn_implementation="eager")))
inputs = {"pixel_values": eighths(1, 3, 32, 32)}
with torch.no_grad():
    expected = layers("self", model(**inputs, output_attentions=True).attentions)
save("segformer", export(model, inputs, lambda outputs: outputs.last_hidden_state), inputs, expected)

model = randomise(FunnelModel(FunnelConfig(vocab_size=41, block_sizes=[2, 2], num_decoder_layers=1, d_model=8, n_head=2, d_head=4, d_inner=8,
                                           max_position_embeddings=16)))
inputs = {"input_ids": torch.cat([ids, ids[:, :1]], 1)}
with torch.no_grad():
    expected = layers("self", model(**inputs, output_attentions=True).attentions)
save("funnel", export(model, inputs, lambda outputs: outputs.last_hidden_state, fixed=True), inputs, expected)

for name, batch_is_fixed in (("detr", False), ("detr-fixed", True)):
    backbone = ResNetConfig(embedding_size=4, hidden_sizes=[4, 8], depths=[1, 1], layer_type="basic", out_features=["stage2"])
    model = randomise(DetrForObjectDetection(DetrConfig(use_timm_backbone=False, use_pretrained_backbone=False, backbone=None, backbone_config=backbone,
                                                        d_model=8, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2,
                                                        decoder_attention_heads=2, encoder_ffn_dim=8, decoder_ffn_dim=8, num_queries=5,
                                                        num_labels=3, attn_implementation="eager")))
    inputs = {"pixel_values": eighths(1, 3, 32, 32)}
    with torch.no_grad():
        outputs = model(**inputs, output_attentions=True)
    expected = layers("encoder", outputs.encoder_attentions) | layers("decoder", outputs.decoder_attentions) | layers("cross", outputs.cross_attentions)
    save(name, export(model, inputs, lambda outputs: outputs.logits, fixed=batch_is_fixed), inputs, expected)

model = randomise(PerceiverModel(PerceiverConfig(num_latents=3, d_latents=8, d_model=8, num_blocks=1, num_self_attends_per_block=2,
                                                 num_self_attention_heads=2, num_cross_attention_heads=2, vocab_size=41, max_position_embeddings=16)))
inputs = {"inputs": eighths(1, 6, 8)}
with torch.no_grad():
    outputs = model(**inputs, output_attentions=True)
expected = layers("cross", outputs.cross_attentions) | layers("decoder", outputs.attentions)
save("perceiver", export(model, inputs, lambda outputs: outputs.last_hidden_state), inputs, expected)

model = randomise(WhisperForConditionalGeneration(WhisperConfig(vocab_size=41, num_mel_bins=4, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2,
                                                                decoder_attention_heads=2, encoder_ffn_dim=8, decoder_ffn_dim=8, d_model=8,
                                                                max_source_positions=6, max_target_positions=9, pad_token_id=0, bos_token_id=1,
                                                                eos_token_id=2, decoder_start_token_id=1, attn_implementation="eager")))
inputs = {"input_features": eighths(1, 4, 12), "decoder_input_ids": target, "decoder_attention_mask": torch.ones_like(target)}
with torch.no_grad():
    outputs = model(**inputs, output_attentions=True, use_cache=False)
expected = layers("encoder", outputs.encoder_attentions) | layers("decoder", outputs.decoder_attentions) | layers("cross", outputs.cross_attentions)
model.config.use_cache = False
save("whisper", export(model, inputs, lambda outputs: outputs.logits), inputs, expected)

encoder_decoder = dict(vocab_size=41, d_model=16, encoder_layers=2, decoder_layers=3, encoder_attention_heads=2, decoder_attention_heads=2,
                       encoder_ffn_dim=16, decoder_ffn_dim=16, max_position_embeddings=19, pad_token_id=0, use_cache=False, attn_implementation="eager")
bart = randomise(BartForConditionalGeneration(BartConfig(**encoder_decoder)))
inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "decoder_input_ids": target}
plain = export(bart, inputs, lambda outputs: outputs.logits)
with tempfile.TemporaryDirectory() as folder:
    source, quantised = os.path.join(folder, "model.onnx"), os.path.join(folder, "quantised.onnx")
    onnx.save(plain, source)
    quantize_dynamic(source, quantised)
    made = onnx.load(quantised)
    del made.graph.value_info[:]
    save("bart-int8", made, inputs, softmaxes(made, inputs))
blocks = MatMulNBitsQuantizer(onnx.ModelProto.FromString(plain.SerializeToString()), block_size=16)
blocks.process()
made = blocks.model.model
save("bart-4-bit", made, inputs, softmaxes(made, inputs))


class Alone(torch.nn.Module):
    """A decoder, over what an encoder in a file of its own has computed."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, encoder_attention_mask, input_ids, encoder_hidden_states):
        return self.model(decoder_input_ids=input_ids, encoder_outputs=(encoder_hidden_states,), attention_mask=encoder_attention_mask).logits


marian = randomise(MarianMTModel(MarianConfig(**encoder_decoder, decoder_start_token_id=0)))
inputs = {"encoder_attention_mask": torch.ones_like(ids), "input_ids": target, "encoder_hidden_states": eighths(1, 7, 16)}
buffer = io.BytesIO()
torch.onnx.export(Alone(marian).eval(), tuple(inputs.values()), buffer, input_names=list(inputs), output_names=["logits"], opset_version=17, dynamo=False,
                  dynamic_axes={name: {0: "batch", 1: f"{name}_length"} for name in inputs})
with tempfile.TemporaryDirectory() as folder:
    source, quantised = os.path.join(folder, "model.onnx"), os.path.join(folder, "quantised.onnx")
    plain = onnx.load_from_string(buffer.getvalue())
    for node in plain.graph.node:
        node.doc_string = ""
    onnx.save(plain, source)
    quantize_dynamic(source, quantised)
    made = onnx.load(quantised)
    del made.graph.value_info[:]
    save("marian-decoder-int8", made, inputs, softmaxes(made, inputs))

write(os.path.join(here, "onnx-stacks.safetensors.br"), tensors)
