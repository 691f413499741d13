"""Exports small random models to ONNX in the ways people do, with the attention PyTorch computes.

    python onnx_models.py       (torch 2.13, transformers 5.23, onnxscript 0.7, onnxruntime 1.32)

Writes onnx-models/<name>.onnx and onnx-models/<name>.safetensors: the inputs under `input.<name>`, the attention of every layer
under `<kind>.<layer>`, and where they are known `query.<kind>.<layer>`, `keys.…`, `values.…`.
"""

import io
import os
import shutil
import tempfile

import numpy
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions
from safetensors.numpy import save_file
from transformers import (
    BartConfig, BartForConditionalGeneration, BertConfig, BertModel, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM,
    T5Config, T5ForConditionalGeneration, ViTConfig, ViTModel,
)

torch.manual_seed(7)
torch.set_num_threads(1)
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "onnx-models")
shutil.rmtree(here, ignore_errors=True)
os.makedirs(here)


def randomise(model):
    generator = torch.Generator().manual_seed(11)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            noise = torch.randn(weight.shape, generator=generator)
            is_norm = "norm" in name.lower() or "ln_" in name
            if not weight.requires_grad:
                continue
            weight.copy_(1 + 0.2 * noise if weight.ndim == 1 and is_norm and name.endswith("weight")
                         else 0.2 * noise if weight.ndim == 1 else noise * (1.2 / weight.shape[-1] ** 0.5))
    return model.eval()


class Wrapped(torch.nn.Module):
    """Positional inputs in, one tensor out: what exporters like."""

    def __init__(self, model, names, pick):
        super().__init__()
        self.model, self.names, self.pick = model, names, pick

    def forward(self, *inputs):
        return self.pick(self.model(**dict(zip(self.names, inputs)), use_cache=False) if "pixel_values" not in self.names
                         else self.model(*inputs))


def strip(model):
    """Exporters write the source line of every node; the graph is the same without."""
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
        for attribute in node.attribute:
            if attribute.HasField("g"):
                for inner in attribute.g.node:
                    del inner.metadata_props[:]
    for value in [*model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer]:
        del value.metadata_props[:]
    del model.metadata_props[:], model.graph.metadata_props[:]
    return model


def export(model, inputs, pick, exporter, opset, dynamic, output="out"):
    names = list(inputs)
    wrapped = Wrapped(model, names, pick).eval()  # an exporter restores the mode it found
    args = tuple(inputs.values())
    if exporter == "script":
        buffer = io.BytesIO()
        axes = {name: {i: f"{name}_{i}" if i else "batch" for i in dynamic} for name in names}
        torch.onnx.export(wrapped, args, buffer, input_names=names, output_names=[output], dynamic_axes=axes if dynamic else None,
                          opset_version=opset, dynamo=False)
        return strip(onnx.load_from_string(buffer.getvalue()))
    batch = torch.export.Dim("batch")
    lengths = {}
    shapes = tuple({i: batch if i == 0 else lengths.setdefault(("target" if "decoder" in name else "source", i),
                    torch.export.Dim(f"{'target' if 'decoder' in name else 'source'}{i}")) for i in dynamic} for name in names)
    program = torch.onnx.export(wrapped, args, input_names=names, output_names=[output], opset_version=opset, dynamo=True, verbose=False,
                                dynamic_shapes=(shapes,) if dynamic else None)
    return strip(program.model_proto)


def save(name, model, inputs, expected, external=False, run=True):
    path = os.path.join(here, f"{name}.onnx")
    copy = onnx.ModelProto.FromString(model.SerializeToString())
    onnx.save(copy, path, save_as_external_data=external, location=f"{name}.data", size_threshold=64)
    session = onnxruntime.InferenceSession(path)
    known = {i.name for i in session.get_inputs()}
    feeds = {k: v.numpy() for k, v in inputs.items() if k in known}
    if run:
        session.run(None, feeds)
    arrays = {f"input.{k}": v for k, v in feeds.items()} | {k: v.detach().float().numpy() for k, v in expected.items()}
    save_file({k: (v.astype(numpy.int32) if v.dtype == numpy.int64 else v).copy(order="C") for k, v in arrays.items()},
              os.path.join(here, f"{name}.safetensors"))
    ops = sorted({n.op_type for n in model.graph.node if n.op_type in ("Softmax", "Attention", "MultiHeadAttention", "GroupQueryAttention",
                  "QLinearSoftmax", "MatMulInteger", "FusedMatMul", "QAttention", "QLinearMatMul", "DynamicQuantizeLinear")})
    print(f"{name:34} {os.path.getsize(path) / 1000:7.1f} kB  {len(model.graph.node):4} nodes  {' '.join(ops)}")


def attentions(model, inputs):
    """Attention of every layer, computed in eager mode."""
    before = model.config._attn_implementation
    model.set_attn_implementation("eager")
    with torch.no_grad():
        outputs = model(**inputs, output_attentions=True)
    model.set_attn_implementation(before)
    found = {}
    for kind, field in (("self", "attentions"), ("encoder", "encoder_attentions"), ("decoder", "decoder_attentions"), ("cross", "cross_attentions")):
        for layer, weights in enumerate(outputs.get(field) or ()):
            found[f"{kind}.{layer}"] = weights
    return found


def softmaxes(model, inputs):
    """What the softmax nodes of this very graph give: the truth for a quantised one."""
    copy = onnx.ModelProto.FromString(model.SerializeToString())
    names = [n.output[0] for n in copy.graph.node if n.op_type == "Softmax"]
    for node in [n for n in copy.graph.node if n.op_type == "QLinearSoftmax"]:
        copy.graph.node.append(helper.make_node("DequantizeLinear", [node.output[0], *node.input[3:5]], [node.output[0] + "/real"]))
        names.append(node.output[0] + "/real")
    copy.graph.output.extend([onnx.ValueInfoProto(name=name) for name in names])
    session = onnxruntime.InferenceSession(copy.SerializeToString())
    known = {i.name for i in session.get_inputs()}
    found = session.run(names, {k: v.numpy() for k, v in inputs.items() if k in known})
    return {f"self.{layer}": torch.tensor(weights).float() for layer, weights in enumerate(found)}


def optimised(model, kind, heads, width, multi_head=False):
    options = FusionOptions(kind)
    options.use_multi_head_attention = multi_head
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.onnx")
        onnx.save(model, path)
        made = optimizer.optimize_model(path, model_type=kind, num_heads=heads, hidden_size=width, optimization_options=options, opt_level=0)
        if not any(opset.domain == "com.microsoft" for opset in made.model.opset_import):
            made.model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
        return made


def quantised(model, inputs, how, **options):
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "model.onnx"), os.path.join(folder, "quantised.onnx")
        onnx.save(model, source)
        if how == "dynamic":
            quantize_dynamic(source, target, **options)
        else:
            class Reader(CalibrationDataReader):
                rows = [{k: v.numpy() for k, v in inputs.items()}]
                def get_next(self):
                    return self.rows.pop() if self.rows else None
            quantize_static(source, target, Reader(), **options)
        return onnx.load(target)


# ---- BERT: an encoder, two texts of which one is padded
heads, width = 3, 12
bert = randomise(BertModel(BertConfig(vocab_size=37, hidden_size=width, num_attention_heads=heads, intermediate_size=20, num_hidden_layers=2,
                                      max_position_embeddings=17, attn_implementation="eager"), add_pooling_layer=False))
ids = torch.randint(1, 37, (2, 7))
mask = torch.tensor([[1] * 7, [1] * 5 + [0] * 2])
text = {"input_ids": ids * mask, "attention_mask": mask, "token_type_ids": (torch.arange(7) > 3).long().expand(2, 7).contiguous()}
last = lambda outputs: outputs.last_hidden_state
expected = attentions(bert, text)
eager = export(bert, text, last, "script", 17, [0, 1])
save("bert-script", eager, text, expected)
save("bert-external-data", eager, text, expected, external=True)

# the whole in the else branch of an If, as files that hold a decoder's first and later steps have it
branch = onnx.ModelProto.FromString(eager.SerializeToString())
inner = helper.make_graph(list(branch.graph.node), "first", [], [helper.make_tensor_value_info("branch_out", TensorProto.FLOAT, None)])
for node in inner.node:
    node.output[:] = ["branch_out" if name == "out" else name for name in node.output]
nothing = helper.make_graph([helper.make_node("Constant", [], ["nothing"], value=numpy_helper.from_array(numpy.zeros((1, 1, 1), numpy.float32)))],
                            "later", [], [helper.make_tensor_value_info("nothing", TensorProto.FLOAT, None)])
del branch.graph.node[:]
branch.graph.node.append(helper.make_node("If", ["use_cache_branch"], ["out"], then_branch=nothing, else_branch=inner))
branch.graph.input.append(helper.make_tensor_value_info("use_cache_branch", TensorProto.BOOL, [1]))
del branch.graph.value_info[:]
save("bert-in-branch", branch, {**text, "use_cache_branch": torch.tensor([False])}, expected)
save("bert-fixed-shape", export(bert, text, last, "script", 14, []), text, expected)
save("bert-dynamo", export(bert, text, last, "dynamo", 18, [0, 1]), text, expected)
bert.set_attn_implementation("sdpa")
save("bert-script-sdpa", export(bert, text, last, "script", 17, [0, 1]), text, expected)
save("bert-dynamo-sdpa", export(bert, text, last, "dynamo", 18, [0, 1]), text, expected)
bert.set_attn_implementation("eager")
save("bert-optimised", optimised(eager, "bert", heads, width).model, text, expected)
save("bert-multi-head", optimised(eager, "bert", heads, width, multi_head=True).model, text, expected)
half = optimised(eager, "bert", heads, width)
half.convert_float_to_float16()
save("bert-optimised-fp16", half.model, text, expected)
plain_half = optimizer.OnnxModel(onnx.ModelProto.FromString(eager.SerializeToString()))
plain_half.convert_float_to_float16()
save("bert-fp16", plain_half.model, text, softmaxes(plain_half.model, text))
made = quantised(eager, text, "dynamic")
save("bert-int8", made, text, softmaxes(made, text))
made = quantised(eager, text, "dynamic", extra_options={"MatMulConstBOnly": False})
save("bert-int8-every-product", made, text, softmaxes(made, text))
made = quantised(eager, text, "static", quant_format=QuantFormat.QDQ)
save("bert-int8-qdq", made, text, softmaxes(made, text))
made = quantised(eager, text, "static", quant_format=QuantFormat.QOperator, op_types_to_quantize=["MatMul", "Softmax", "Add"])
save("bert-int8-operators", made, text, softmaxes(made, text))
save("bert-optimised-int8", quantised(optimised(eager, "bert", heads, width).model, text, "dynamic",
     extra_options={"DefaultTensorType": TensorProto.FLOAT}), text, expected)

# ---- GPT-2 and LLaMA: decoders, whole and with a past
gpt2 = randomise(GPT2LMHeadModel(GPT2Config(vocab_size=41, n_embd=12, n_head=3, n_layer=2, n_positions=17, attn_implementation="eager")))
ids = {"input_ids": torch.randint(1, 41, (1, 5)), "attention_mask": torch.ones(1, 5, dtype=torch.long)}
logits = lambda outputs: outputs.logits
expected = attentions(gpt2, ids)
save("gpt2-script", export(gpt2, ids, logits, "script", 17, [0, 1]), ids, expected)
save("gpt2-dynamo", export(gpt2, ids, logits, "dynamo", 18, [0, 1]), ids, expected)

llama = randomise(LlamaForCausalLM(LlamaConfig(vocab_size=41, hidden_size=24, intermediate_size=20, num_hidden_layers=2, num_attention_heads=6,
                                               num_key_value_heads=2, max_position_embeddings=17, attn_implementation="eager")))
expected = attentions(llama, ids)
save("llama-dynamo", export(llama, ids, logits, "dynamo", 18, [0, 1]), ids, expected)


class WithPast(torch.nn.Module):
    """One step of GPT-2 over what it has read, as Optimum exports it."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, position_ids, *past):
        from transformers import DynamicCache
        cache = DynamicCache()
        for layer in range(len(past) // 2):
            cache.update(past[2 * layer], past[2 * layer + 1], layer)
        outputs = self.model(input_ids=input_ids, attention_mask=attention_mask, position_ids=position_ids, past_key_values=cache, use_cache=True)
        return (outputs.logits, *[kept for layer in outputs.past_key_values.layers for kept in (layer.keys, layer.values)])


past = [torch.randn(1, 3, 3, 4) for _ in range(4)]
step = {"input_ids": torch.randint(1, 41, (1, 2)), "attention_mask": torch.ones(1, 5, dtype=torch.long), "position_ids": torch.tensor([[3, 4]])}
names = [f"past_key_values.{layer}.{part}" for layer in range(2) for part in ("key", "value")]
buffer = io.BytesIO()
torch.onnx.export(WithPast(gpt2).eval(), (*step.values(), *past), buffer, input_names=[*step, *names],
                  output_names=["logits", *[n.replace("past_key_values", "present") for n in names]], opset_version=17, dynamo=False,
                  dynamic_axes={"input_ids": {0: "batch", 1: "sequence"}, "attention_mask": {0: "batch", 1: "total"}, "position_ids": {0: "batch", 1: "sequence"}, **{n: {0: "batch", 2: "past"} for n in names}})
from transformers import DynamicCache
cache = DynamicCache()
for layer in range(2):
    cache.update(past[2 * layer], past[2 * layer + 1], layer)
with torch.no_grad():
    weights = gpt2(**step, past_key_values=cache, output_attentions=True).attentions
save("gpt2-past", strip(onnx.load_from_string(buffer.getvalue())), {**step, **dict(zip(names, past))}, {f"self.{i}": w for i, w in enumerate(weights)})

# ---- T5 and BART: encoder–decoder in one graph
pairs = {"input_ids": torch.randint(2, 41, (1, 7)), "attention_mask": torch.ones(1, 7, dtype=torch.long), "decoder_input_ids": torch.randint(2, 41, (1, 5))}
t5 = randomise(T5ForConditionalGeneration(T5Config(vocab_size=41, d_model=12, d_kv=5, d_ff=20, num_heads=3, num_layers=2,
               relative_attention_num_buckets=8, relative_attention_max_distance=11, decoder_start_token_id=0, attn_implementation="eager")))
expected = attentions(t5, pairs)
save("t5-script", export(t5, pairs, logits, "script", 17, [0, 1]), pairs, expected)
save("t5-dynamo", export(t5, pairs, logits, "dynamo", 18, [0, 1]), pairs, expected)
bart = randomise(BartForConditionalGeneration(BartConfig(vocab_size=41, d_model=12, encoder_layers=1, decoder_layers=2, encoder_attention_heads=3,
                 decoder_attention_heads=2, encoder_ffn_dim=20, decoder_ffn_dim=14, max_position_embeddings=19, attn_implementation="eager")))
expected = attentions(bart, pairs)
save("bart-script", export(bart, pairs, logits, "script", 17, [0, 1]), pairs, expected)

# ---- ViT
vit = randomise(ViTModel(ViTConfig(hidden_size=12, num_hidden_layers=2, num_attention_heads=3, intermediate_size=20, image_size=21, patch_size=7,
                                   attn_implementation="eager"), add_pooling_layer=False))
image = {"pixel_values": torch.randn(1, 3, 21, 21)}
expected = attentions(vit, image)
save("vit-script", export(vit, image, last, "script", 17, []), image, expected)
save("vit-dynamo", export(vit, image, last, "dynamo", 18, []), image, expected)

# ---- the Attention node of opset 23, in its forms


class Standard(torch.nn.Module):
    """One layer on x [B, T, 12]: `form` says how queries, keys and values reach the node."""

    def __init__(self, form):
        super().__init__()
        self.form = form
        self.groups = 2 if form == "grouped" else 4
        self.project = torch.nn.ModuleList([torch.nn.Linear(12, n * 3) for n in (4, self.groups, self.groups)])

    def forward(self, x, mask=None):
        q, k, v = (layer(x) for layer in self.project)
        if self.form == "flat":  # [B, T, H·D]
            return torch.onnx.ops.attention(q, k, v, mask, q_num_heads=4, kv_num_heads=4)[0]
        q, k, v = (t.unflatten(-1, (-1, 3)).transpose(1, 2) for t in (q, k, v))
        if self.form == "causal":
            return torch.onnx.ops.attention(q, k, v, is_causal=True, softcap=2.0, scale=0.4)[0]
        return torch.onnx.ops.attention(q, k, v, mask)[0]

    def expected(self, x, mask=None):
        q, k, v = (layer(x).unflatten(-1, (-1, 3)).transpose(1, 2) for layer in self.project)
        keys = k.repeat_interleave(4 // self.groups, 1)
        scores = q @ keys.transpose(-1, -2) * (0.4 if self.form == "causal" else 3**-0.5)
        if self.form == "causal":
            scores = 2 * torch.tanh(scores / 2)
            mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril()
        if mask is not None:
            scores = scores.masked_fill(~mask, -torch.inf) if mask.dtype == torch.bool else scores + mask
        return {"self.0": scores.softmax(-1), "query.self.0": q, "keys.self.0": k, "values.self.0": v}


for form in ("flat", "causal", "grouped"):
    module = Standard(form).eval()
    inputs = {"x": torch.randn(2, 5, 12)}
    if form == "flat":
        inputs["mask"] = torch.randn(5, 5) > -0.5
        inputs["mask"][:, 0] = True
    if form == "grouped":
        inputs["mask"] = torch.randn(2, 1, 5, 5)
    program = torch.onnx.export(module, tuple(inputs.values()), input_names=list(inputs), output_names=["out"], opset_version=23, dynamo=True, verbose=False)
    save(f"opset23-{form}", strip(program.model_proto), inputs, module.expected(**inputs))

# ---- fused nodes of ONNX Runtime by hand, in the forms their description allows
B, S, N, D, P = 2, 5, 3, 4, 2
rng = numpy.random.default_rng(3)
normal = lambda *shape: rng.normal(size=shape).astype(numpy.float32)
split = lambda x: x.reshape(*x.shape[:2], N, -1).transpose(0, 2, 1, 3)


def attend(q, k, scale=None, bias=0, allowed=None, filter_value=-10000.0):
    scores = q @ k.transpose(0, 1, 3, 2) * (scale or q.shape[-1] ** -0.5) + bias
    if allowed is not None:
        scores = scores + numpy.where(allowed, 0, filter_value)
    exponent = numpy.exp(scores - scores.max(-1, keepdims=True))
    return exponent / exponent.sum(-1, keepdims=True)


def by_hand(name, operation, inputs, optional, outputs, weights, q, k, v, constants=(), kind="self", **attributes):
    """`optional` lists the node's inputs in order, "" where left out."""
    value = lambda key, array: helper.make_tensor_value_info(key, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
    node = helper.make_node(operation, optional, outputs, domain="com.microsoft", num_heads=N, **attributes)
    graph = helper.make_graph([node], name, [value(key, array) for key, array in inputs.items() if key not in constants],
                              [helper.make_tensor_value_info(o, TensorProto.FLOAT, None) for o in outputs if o],
                              [numpy_helper.from_array(inputs[key], key) for key in constants])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)], ir_version=10)
    given = {key: torch.tensor(array) for key, array in inputs.items() if key not in constants}
    results, names = {}, [o for o in outputs if o]
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString())
        results = dict(zip(names, session.run(names, {key: array.numpy() for key, array in given.items()})))
    except onnxruntime.capi.onnxruntime_pybind11_state.RuntimeException as error:  # a form that only other devices run
        print(name, "has no kernel here:", str(error)[-60:])
    found = {f"{kind}.0": weights, f"query.{kind}.0": q, f"keys.{kind}.0": k, f"values.{kind}.0": v, **{f"output.{o}": r for o, r in results.items()}}
    save(name, model, given, {key: torch.tensor(array.copy()) for key, array in found.items() if array is not None}, run=bool(results))


x, W, b = normal(B, S, 7), normal(7, 3 * N * D), normal(3 * N * D)
qkv = [split(part) for part in numpy.split(x @ W + b, 3, axis=-1)]
causal = numpy.tril(numpy.ones((S, S), dtype=bool))
lengths = numpy.array([5, 3], dtype=numpy.int32)
known = numpy.arange(S)[None] < lengths[:, None]
by_hand("fused-attention-lengths", "Attention", {"x": x, "W": W, "b": b, "lengths": lengths}, ["x", "W", "b", "lengths"], ["out"],
        attend(*qkv[:2], allowed=known[:, None, None] & causal), *qkv, constants=["W", "b"], unidirectional=1)
past = normal(2, B, N, P, D)
mask = numpy.ones((B, P + S), dtype=numpy.int32)
mask[1, 5:] = 0
k, v = (numpy.concatenate([past[i], qkv[i + 1]], 2) for i in range(2))
by_hand("fused-attention-past", "Attention", {"x": x, "W": W, "b": b, "mask": mask, "past": past}, ["x", "W", "b", "mask", "past"],
        ["out", "present"], attend(qkv[0], k, allowed=mask[:, None, None] > 0), qkv[0], k, v, constants=["W", "b"])
mask, bias = (rng.random((B, S, S)) > 0.3).astype(numpy.int32), normal(B, N, S, S)
mask[:, :, 0] = 1
by_hand("fused-attention-bias", "Attention", {"x": x, "W": W, "b": b, "mask": mask, "bias": bias}, ["x", "W", "b", "mask", "", "bias"], ["out"],
        attend(*qkv[:2], scale=0.3, bias=bias, allowed=mask[:, None] > 0), *qkv, constants=["W", "b"], scale=0.3)
packed = normal(B, S, N, 3, D)
qkv = [packed[:, :, :, i].transpose(0, 2, 1, 3) for i in range(3)]
by_hand("fused-multi-head-packed", "MultiHeadAttention", {"qkv": packed}, ["qkv"], ["out"], attend(*qkv[:2]), *qkv)
q, pairs_kv = normal(B, 2, N * D), normal(B, S, N, 2, D)
k, v = (pairs_kv[:, :, :, i].transpose(0, 2, 1, 3) for i in range(2))
by_hand("fused-multi-head-cross", "MultiHeadAttention", {"q": q, "kv": pairs_kv}, ["q", "kv"], ["out"], attend(split(q), k), split(q), k, v, kind="cross")
q, k, v, b = normal(B, S, N * D), normal(B, S, N * D), normal(B, S, N * D), normal(3 * N * D)
past_k, past_v, bias = normal(B, N, P, D), normal(B, N, P, D), normal(1, N, S, P + S)
mask = numpy.ones((B, P + S), dtype=numpy.int32)
mask[0, 6:] = 0
parts = [split(part + b[i * N * D:(i + 1) * N * D]) for i, part in enumerate((q, k, v))]
whole = [numpy.concatenate(pair, 2) for pair in ((past_k, parts[1]), (past_v, parts[2]))]
by_hand("fused-multi-head-past", "MultiHeadAttention", {"q": q, "k": k, "v": v, "b": b, "mask": mask, "bias": bias, "past_k": past_k, "past_v": past_v},
        ["q", "k", "v", "b", "mask", "bias", "past_k", "past_v"], ["out", "present_k", "present_v"],
        attend(parts[0], whole[0], bias=bias, allowed=mask[:, None, None] > 0), parts[0], *whole, constants=["b"], kind="cross")
B, D, groups = 1, 8, 1
q, k, v = normal(B, S, N * D), normal(B, S, groups * D), normal(B, S, groups * D)
past_k, past_v = normal(B, groups, P, D), normal(B, groups, P, D)
ks, vs = (numpy.concatenate([past, part.reshape(B, S, groups, D).transpose(0, 2, 1, 3)], 2) for past, part in ((past_k, k), (past_v, v)))
by_hand("fused-grouped", "GroupQueryAttention",
        {"q": q, "k": k, "v": v, "past_k": past_k, "past_v": past_v, "seqlens_k": numpy.full(B, P + S - 1, dtype=numpy.int32),
         "total": numpy.array([P + S], dtype=numpy.int32)},
        ["q", "k", "v", "past_k", "past_v", "seqlens_k", "total"], ["out", "present_k", "present_v"],
        attend(split(q), ks.repeat(N, 1), allowed=numpy.tril(numpy.ones((S, P + S), dtype=bool), P)), None, ks, vs, kv_num_heads=groups)

# ---- graphs of other families after the optimiser
made = optimised(export(gpt2, ids, logits, "script", 17, [0, 1]), "gpt2", 3, 12)
save("gpt2-optimised", made.model, ids, attentions(gpt2, ids))
made = optimised(export(vit, image, last, "script", 17, []), "vit", 3, 12)
save("vit-optimised", made.model, image, attentions(vit, image))
made = optimised(export(bart, pairs, logits, "script", 17, [0, 1]), "bart", 3, 12)
save("bart-optimised", made.model, pairs, attentions(bart, pairs))


# ---- a decoder alone, over what an encoder in a file of its own has computed
class Decoder(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, encoder_hidden_states, encoder_attention_mask):
        memory = (encoder_hidden_states,)
        return self.model(decoder_input_ids=input_ids, encoder_outputs=memory, attention_mask=encoder_attention_mask, use_cache=False).logits


with torch.no_grad():
    memory = t5.encoder(pairs["input_ids"], attention_mask=pairs["attention_mask"]).last_hidden_state
    expected = attentions(t5, pairs)
step = {"input_ids": pairs["decoder_input_ids"], "encoder_hidden_states": memory, "encoder_attention_mask": pairs["attention_mask"]}
buffer = io.BytesIO()
torch.onnx.export(Decoder(t5).eval(), tuple(step.values()), buffer, input_names=list(step), output_names=["logits"], opset_version=17, dynamo=False,
                  dynamic_axes={name: {0: "batch", 1: f"{name}_length"} for name in step})
save("t5-decoder", strip(onnx.load_from_string(buffer.getvalue())), step,
     {name: value for name, value in expected.items() if not name.startswith("encoder")})

# ---- nothing to find
net = torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.ReLU(), torch.nn.Linear(7, 3), torch.nn.Softmax(-1)).eval()
buffer = io.BytesIO()
torch.onnx.export(net, (torch.randn(1, 5),), buffer, input_names=["x"], output_names=["out"], opset_version=17, dynamo=False)
save("no-attention", strip(onnx.load_from_string(buffer.getvalue())), {"x": torch.randn(1, 5)}, {})
