"""Golden numbers for attention, by PyTorch: python attention.py > attention.json

Inputs are float32; everything else is computed from them in float64 and rounded once, so that a difference is the library's rounding.
Where PyTorch has the thing itself (scaled_dot_product_attention, nn.MultiheadAttention, autograd), that is what is asked.
Sizes are distinct primes, so that no axis can be taken for another.
"""

import itertools
import json
import sys

import numpy
import torch
from torch.nn.functional import cosine_similarity, scaled_dot_product_attention, softmax

torch.manual_seed(20170612)
torch.set_default_dtype(torch.float64)

B, H, Q, K, D, V, A = 2, 3, 5, 7, 11, 13, 17
masks = ["none", "causal", "lengths", "allowed"]


def random(*shape, scale=1.0):
    """Two decimals keep the file small; float32, as the library has them."""
    return (torch.randn(*shape) * scale * 100).round().div(100).float().double()


def plain(value):
    """Nested numbers, each with as many digits as tell it apart from every other float32."""
    if isinstance(value, torch.Tensor):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return float(str(numpy.float32(value))) if isinstance(value, float) else value


leading = {"single": (), "matrix": (), "batch": (B,), "heads": (B, H)}
inputs = {
    layout: {
        "query": random(*lead, *([] if layout == "single" else [Q]), D),
        "keys": random(*lead, K, D),
        "values": random(*lead, K, V),
    }
    for layout, lead in leading.items()
}
parameters = {
    "dot": {},
    "scaled": {},
    "cosine": {},
    "general": {"W": random(D, D)},
    "concat": {"W": random(A, 2 * D), "v": random(A)},
    "additive": {"W": random(A, D), "U": random(A, D), "v": random(A), "b": random(A)},
}
per_head = {
    "general": {"W": random(H, D, D)},
    "concat": {"W": random(H, A, 2 * D), "v": random(H, A)},
    "additive": {"W": random(H, A, D), "U": random(H, A, D), "v": random(H, A), "b": random(H, A)},
}


def score(kind, query, keys, p):
    """One number for each pair, written as the definitions are: every query beside every key."""
    q = query.unsqueeze(-2)  # [..., Q, 1, D]
    k = keys.unsqueeze(-3)  # [..., 1, K, D]
    if kind == "dot":
        return (q * k).sum(-1)
    if kind == "scaled":
        return (q * k).sum(-1) / D**0.5
    if kind == "cosine":
        return cosine_similarity(q, k, dim=-1)
    if kind == "general":
        return torch.einsum("...qd,...de,...ke->...qk", query, p["W"], keys)
    pairs = torch.cat(torch.broadcast_tensors(q, k), dim=-1)  # [..., Q, K, 2D]
    W = p["W"] if kind == "concat" else torch.cat([p["W"], p["U"]], dim=-1)
    hidden = torch.einsum("...qkd,...ad->...qka", pairs, W)
    if "b" in p:
        hidden = hidden + p["b"][..., None, None, :]
    return torch.einsum("...qka,...a->...qk", hidden.tanh(), p["v"])


def mask_of(name, layout, shape):
    """The mask as the library takes it, and as booleans over the scores."""
    batched = layout in ("batch", "heads")
    queries = 1 if layout == "single" else Q
    if name == "none":
        return None, None
    if name == "causal":
        return {"causal": True}, torch.ones(queries, K, dtype=torch.bool).tril().expand(shape)
    if name == "lengths":
        lengths = torch.tensor([4, K] if batched else [4])
        keep = torch.arange(K) < lengths[:, None]  # [B, K]
        return {"lengths": lengths}, keep.reshape(-1, *[1] * (len(shape) - 2), K).expand(shape) if batched else keep.expand(shape)
    allowed = (torch.arange(queries)[:, None] * 3 + torch.arange(K) * 5) % 7 < 3
    allowed[-1] = False if layout != "single" else allowed[-1]  # the last query may look at nothing
    return {"allowed": allowed, "causal": False}, allowed.expand(shape)


def attend(kind, layout, mask_name, p):
    given = inputs[layout]
    query = given["query"].unsqueeze(-2) if layout == "single" else given["query"]
    keys, values = given["keys"], given["values"]
    scores = score(kind, query, keys, p)
    mask, allowed = mask_of(mask_name, layout, scores.shape)
    masked = scores if allowed is None else scores.masked_fill(~allowed, -torch.inf)
    weights = softmax(masked, -1)
    if allowed is not None:
        weights = weights.masked_fill(~allowed.any(-1, keepdim=True), 0)
    output = weights @ values
    if kind == "scaled":
        theirs = scaled_dot_product_attention(query, keys, values, attn_mask=allowed)
        assert torch.allclose(output, theirs, atol=1e-12), "PyTorch's own scaled dot-product attention disagrees"
        output = theirs
    if layout == "single":
        scores, weights, output = scores.squeeze(-2), weights.squeeze(-2), output.squeeze(-2)
    return {"mask": mask, "scores": scores, "weights": weights, "output": output}


cases = [
    {"score": kind, "layout": layout, "maskName": mask} | attend(kind, layout, mask, parameters[kind])
    for kind, layout, mask in itertools.product(parameters, leading, masks)
]
for case in cases:  # scores do not depend on the mask
    if case["maskName"] != "none":
        del case["scores"]
cases_per_head = [{"score": kind, "layout": "heads"} | attend(kind, "heads", "none", p) for kind, p in per_head.items()]


def gradients(kind):
    """Gradients of Σ output · G for a fixed G, with the mask that leaves one row empty."""
    given = {name: value.clone().requires_grad_() for name, value in inputs["matrix"].items()}
    p = {name: value.clone().requires_grad_() for name, value in parameters[kind].items()}
    scores = score(kind, given["query"], given["keys"], p)
    _, allowed = mask_of("allowed", "matrix", scores.shape)
    rows = allowed.any(-1, keepdim=True)
    weights = softmax(scores.masked_fill(~allowed & rows, -torch.inf), -1) * rows
    (weights @ given["values"] * upstream).sum().backward()
    return {name: value.grad for name, value in (given | p).items()}


upstream = random(Q, V)


def multi_head(cross, batched, masked):
    """torch.nn.MultiheadAttention with the weights of every head."""
    width, heads = 3 * 5, 3
    module = torch.nn.MultiheadAttention(width, heads, batch_first=True)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(random(*parameter.shape, scale=0.25))
    lead = (B,) if batched else ()
    x = random(*lead, Q, width)
    y = random(*lead, K, width) if cross else x
    keep = torch.arange(y.shape[-2]) < torch.tensor([3, 5])[:, None] if masked and batched else None
    causal = torch.ones(Q, y.shape[-2], dtype=torch.bool).tril() if masked and not batched else None
    output, weights = module(
        x, y, y,
        average_attn_weights=False,
        key_padding_mask=None if keep is None else ~keep,
        attn_mask=None if causal is None else ~causal,
    )
    Wq, Wk, Wv = (W.T for W in module.in_proj_weight.chunk(3))
    bq, bk, bv = module.in_proj_bias.chunk(3)
    return {
        "given": ({"query": x, "keys": y} if cross else {"vectors": x})
        | {"heads": heads, "Wq": Wq, "Wk": Wk, "Wv": Wv, "bq": bq, "bk": bk, "bv": bv}
        | {"Wo": module.out_proj.weight.T, "bo": module.out_proj.bias}
        | ({"mask": {"keep": keep}} if keep is not None else {"mask": "causal"} if causal is not None else {}),
        "query": split(x @ Wq + bq, heads),
        "weights": weights,
        "output": output,
    }


def split(x, heads):
    return x.unflatten(-1, (heads, -1)).transpose(-2, -3)


def self_attention():
    T, width = 5, 3
    x, Wq, Wk, Wv, bq, bv = random(T, width), random(width, D), random(width, D), random(width, V), random(D), random(V)
    q, k, v = x @ Wq + bq, x @ Wk, x @ Wv + bv
    allowed = torch.ones(T, T, dtype=torch.bool).tril()
    weights = softmax((q @ k.T / D**0.5).masked_fill(~allowed, -torch.inf), -1)
    return {
        "given": {"vectors": x, "Wq": Wq, "Wk": Wk, "Wv": Wv, "bq": bq, "bv": bv, "mask": "causal"},
        "query": q, "weights": weights, "output": weights @ v,
    }


def summary(batched, vector, masked):
    T, width, A, R = 7, 5, 3, 2
    states, W, va = random(*((B,) if batched else ()), T, width), random(A, width), random(*([] if vector else [R]), A)
    scores = torch.einsum("...a,...ta->...t" if vector else "ra,...ta->...rt", va, torch.tanh(states @ W.T))
    lengths = torch.tensor([4, T]) if masked else None
    keep = (torch.arange(T) < lengths[:, None]).reshape(B, *([] if vector else [1]), T) if masked else torch.tensor(True)
    weights = softmax(scores.masked_fill(~keep, -torch.inf), -1)
    matrix = weights.unsqueeze(-2) if vector else weights
    overlap = matrix @ matrix.mT
    penalty = torch.linalg.matrix_norm(overlap - torch.eye(overlap.shape[-1]), "fro") ** 2
    return {
        "given": {"H": states, "W": W, "V": va} | ({"mask": {"lengths": lengths}} if masked else {}),
        "scores": scores, "weights": weights,
        "output": (matrix @ states).squeeze(-2) if vector else matrix @ states,
        "overlap": overlap, "penalty": penalty,
    }


json.dump(
    plain({
        "madeBy": f"attention.py, PyTorch {torch.__version__}, float64 from float32 inputs",
        "inputs": inputs,
        "parameters": parameters,
        "cases": cases,
        "parametersPerHead": per_head,
        "casesPerHead": cases_per_head,
        "upstream": upstream,
        "gradients": {kind: gradients(kind) for kind in parameters},
        "selfAttention": self_attention(),
        "multiHead": [multi_head(*options) for options in itertools.product([False, True], repeat=3)],
        "summary": [summary(*o) for o in [(False, True, False), (False, False, False), (True, False, False), (True, False, True), (True, True, True)]],
    }),
    sys.stdout,
)
print()
