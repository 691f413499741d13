"""Reference values for the analysis of attention, from independent implementations (numpy, networkx, torch autograd and hooks).

    python analysis.py            (torch 2.13, transformers 5.23, networkx)

Takes the model families/bert-pretraining on a text of its own and writes analysis.json.
"""

import json
import os

import networkx
import numpy
import torch
from safetensors.torch import load_file
from transformers import BertForPreTraining, ViTForImageClassification

here = os.path.dirname(os.path.abspath(__file__))
model = BertForPreTraining.from_pretrained(os.path.join(here, "families", "bert-pretraining"), attn_implementation="eager").eval()
ids = torch.tensor([[3, 14, 15, 9, 14, 15, 4]])  # 14 15 comes twice
outputs = model(input_ids=ids, output_attentions=True, output_hidden_states=True)
weights = torch.stack(outputs.attentions)[:, 0].detach().numpy().astype(numpy.float64)  # [L, H, T, T]
L, H, T, _ = weights.shape
found = {"ids": ids[0].tolist(), "separators": [0, 6]}


def put(name, value):
    array = numpy.asarray(value, dtype=numpy.float64)
    found[name] = {"shape": list(array.shape), "data": [float(f"{x:.9g}") for x in array.ravel()]}


put("weights", weights)
put("entropy", -(weights * numpy.log(weights)).sum(-1))
distance = numpy.abs(numpy.arange(T)[:, None] - numpy.arange(T)[None])
put("meanDistance", (weights * distance).sum((-1, -2)) / T)
for name, offset in (("previous", -1), ("same", 0), ("next", 1)):
    put(name, numpy.diagonal(weights, offset, -2, -1).mean(-1))
put("first", weights[..., 0].mean(-1))
put("separator", weights[..., [0, 6]].sum(-1).mean(-1))
tokens = ids[0].tolist()
scores = []
for i in range(T):
    keys = [j for j in range(1, i + 1) if tokens[j - 1] == tokens[i]]
    if keys:
        scores.append(weights[..., i, keys].sum(-1))
put("induction", numpy.mean(scores, 0))

# rollout and flow, as in github.com/samiraabnar/attention_flow: residual added, rows normalised again
mixed = weights.mean(1) + numpy.eye(T)
mixed /= mixed.sum(-1, keepdims=True)
joint = [mixed[0]]
for layer in range(1, L):
    joint.append(mixed[layer] @ joint[-1])
put("rollout", joint)
graph = networkx.DiGraph()
for layer in range(L):
    for i in range(T):
        for j in range(T):
            graph.add_edge((layer + 1, i), (layer, j), capacity=mixed[layer, i, j])
put("flow", [[networkx.maximum_flow_value(graph, (L, i), (0, j)) for j in range(T)] for i in range(T)])

# norms, through the model's own modules
heads, layers = [], []
for layer in range(L):
    block = model.bert.encoder.layer[layer].attention
    x = outputs.hidden_states[layer]
    value = block.self.value(x)[0].view(T, H, -1)  # [T, H, V]
    dense = block.output.dense.weight.view(-1, H, value.shape[-1])  # [width, H, V]
    transformed = torch.einsum("thv,whv->htw", value, dense)
    weighted = torch.einsum("hqk,hkw->hqkw", outputs.attentions[layer][0], transformed)
    heads.append(weighted.norm(dim=-1).detach().numpy())
    layers.append(weighted.sum(0).norm(dim=-1).detach().numpy())
put("normsOfHeads", heads)
put("normsOfLayers", layers)


class Edit:
    """Changes the attention of one layer as it is computed."""

    def __init__(self, layer, change):
        self.layer, self.change = layer, change

    def __enter__(self):
        import transformers.models.bert.modeling_bert as source
        self.source, self.before = source, source.eager_attention_forward
        module_of = {model.bert.encoder.layer[i].attention.self: i for i in range(L)}

        def forward(module, query, key, value, attention_mask, scaling=None, **kwargs):
            scores = query @ key.transpose(2, 3) * scaling
            if attention_mask is not None:
                scores = scores + attention_mask
            attention = scores.softmax(-1)
            attention = self.change(attention, module_of[module])
            return (attention @ value).transpose(1, 2), attention

        source.eager_attention_forward = forward
        return self

    def __exit__(self, *_):
        self.source.eager_attention_forward = self.before


# gradient × attention of one logit at one token
kept = []


def remember(attention, layer):
    attention.retain_grad()
    kept.append(attention)
    return attention


with Edit(None, remember):
    logits = model(input_ids=ids).prediction_logits
logits[0, 2, 11].backward()
put("gradientTimesAttention", [(a.grad * a)[0].detach().numpy() for a in kept])


def hidden():
    with torch.no_grad():
        return model(input_ids=ids, output_hidden_states=True).hidden_states[-1][0].numpy()


before = hidden()
put("hidden", before)
changes = numpy.zeros((L, H))
for layer in range(L):
    for head in range(H):
        def silence(attention, at, layer=layer, head=head):
            if at != layer:
                return attention
            attention = attention.clone()
            attention[:, head] = 0
            return attention
        with Edit(layer, silence):
            after = hidden()
        changes[layer, head] = numpy.linalg.norm(after - before) / numpy.linalg.norm(before)
        if (layer, head) == (1, 2):
            put("hiddenWithoutHead", after)
put("headKnockOut", changes)


def cut(attention, layer):
    if layer != 1:
        return attention
    attention = attention.clone()
    attention[:, 0, 2, 3] = 0
    return attention


with Edit(1, cut):
    put("hiddenWithoutCell", hidden())


def cut_and_renormalise(attention, layer):
    attention = cut(attention, layer)
    return attention / attention.sum(-1, keepdim=True)


with Edit(1, cut_and_renormalise):
    put("hiddenWithoutCellRenormalised", hidden())
with torch.no_grad():
    mask = torch.ones_like(ids)
    mask[0, 3] = 0
    put("hiddenWithoutToken", model(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states[-1][0].numpy())

# a part of an image taken away: the same as a sequence without it
folder = os.path.join(here, "families", "vit-classifier")
vit = ViTForImageClassification.from_pretrained(folder, attn_implementation="eager").eval().vit
with torch.no_grad():
    x = vit.embeddings(load_file(os.path.join(folder, "expected.safetensors"))["single.pixels"])
    x = x[:, [t for t in range(x.shape[1]) if t != 4]]
    for layer in vit.layers:
        x = layer(x)
    x = vit.layernorm(x)
put("imageWithoutPart", x[0].numpy())

json.dump(found, open(os.path.join(here, "analysis.json"), "w"))
print(os.path.getsize(os.path.join(here, "analysis.json")), "bytes")
