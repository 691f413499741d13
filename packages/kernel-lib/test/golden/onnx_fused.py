"""Models of one fused attention node of ONNX Runtime each, in every form that its CPU kernels take.

    python onnx_fused.py       (onnx 1.23, onnxruntime 1.32, brotli 1.2)

Writes onnx-fused.safetensors.br: `<name>/model` is the model's bytes, `<name>/in/<input>` an input in sixteenths. What the node computes is
not written down: tests ask the runtime itself. Values are as wide as there are keys, so that what is read tells the weights.
"""

import os

import numpy
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from onnx_attention import write

here = os.path.dirname(os.path.abspath(__file__))
rng = numpy.random.default_rng(5)
B, S, N, D, V, P = 2, 5, 3, 4, 8, 2
tensors = {}


def sixteenths(*shape):
    return (rng.integers(-24, 25, shape) / 16).astype(numpy.float32)


def model_of(name, operation, inputs, order, outputs, constants=(), opset=17, **attributes):
    """`order` lists the node's inputs, "" where left out; an output `out`, and others by name."""
    value = lambda key, array: helper.make_tensor_value_info(key, helper.np_dtype_to_tensor_dtype(array.dtype), [f"{key}_{i}" for i in range(array.ndim)])
    node = helper.make_node(operation, order, outputs, domain="com.microsoft", **attributes)
    graph = helper.make_graph([node], name, [value(key, array) for key, array in inputs.items() if key not in constants],
                              [helper.make_tensor_value_info(o, TensorProto.FLOAT, None) for o in outputs if o],
                              [numpy_helper.from_array(inputs[key], key) for key in constants])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)], ir_version=10)
    feeds = {key: array for key, array in inputs.items() if key not in constants}
    results = onnxruntime.InferenceSession(model.SerializeToString()).run(None, feeds)
    assert all(numpy.isfinite(result).all() for result in results), name
    tensors[f"{name}/model"] = numpy.frombuffer(model.SerializeToString(), numpy.uint8)
    for key, array in feeds.items():
        tensors[f"{name}/in/{key}"] = array.astype(numpy.int32) if array.dtype == numpy.int64 else array
    print(f"{name:40}", *[result.shape for result in results])


def attempt(*args, **options):
    """Some forms only other devices run."""
    try:
        model_of(*args, **options)
    except Exception as error:
        print(f"{args[0]:40} is not run: {str(error)[-100:]!r}")


int32 = lambda *values: numpy.array(values, dtype=numpy.int32)

# ---- Attention: one dense layer makes queries, keys and values
x, W, b = sixteenths(B, S, 7), sixteenths(7, 2 * N * D + N * V), sixteenths(2 * N * D + N * V)
dense = {"x": x, "W": W, "b": b}
sizes = {"qkv_hidden_sizes": [N * D, N * D, N * V], "num_heads": N}
holes = (rng.random((B, S, S)) > 0.4).astype(numpy.int32)
past = sixteenths(2, B, N, P, V)


def attention(name, more=None, order=(), outputs=("out",), **attributes):
    attempt(f"attention-{name}", "Attention", dense | (more or {}), ["x", "W", "b", *order], list(outputs), ["W", "b"], **sizes | attributes)


attention("plain")
attention("causal", unidirectional=1)
attention("scale", scale=0.3)
attention("ends", {"m": int32(5, 3)}, ["m"])
attention("ends-causal", {"m": int32(5, 3)}, ["m"], unidirectional=1)
attention("ends-starts", {"m": int32(5, 3, 1, 0)}, ["m"])
attention("ends-starts-causal", {"m": int32(5, 3, 1, 1)}, ["m"], unidirectional=1)
attention("ends-starts-nothing-left", {"m": int32(5, 2, 1, 3)}, ["m"])
attention("keys-masked", {"m": numpy.array([[1, 1, 1, 0, 0], [0, 0, 1, 1, 1]], numpy.int32)}, ["m"])
attention("keys-masked-all", {"m": numpy.array([[1, 1, 1, 0, 0], [0, 0, 0, 0, 0]], numpy.int32)}, ["m"])
attention("keys-masked-causal", {"m": numpy.array([[0, 1, 1, 0, 0], [0, 0, 1, 1, 1]], numpy.int32)}, ["m"], unidirectional=1)
attention("pairs-masked", {"m": holes}, ["m"])
attention("pairs-masked-causal", {"m": holes}, ["m"], unidirectional=1)
attention("filter-value", {"m": holes}, ["m"], mask_filter_value=-3.0)
attention("filter-value-causal", {"m": holes}, ["m"], mask_filter_value=-3.0, unidirectional=1)
attention("bias", {"bias": sixteenths(B, N, S, S)}, ["", "", "bias"])
attention("bias-shared", {"bias": sixteenths(1, 1, S, S)}, ["", "", "bias"])
attention("bias-ends-causal", {"bias": sixteenths(1, N, S, S), "m": int32(5, 3)}, ["m", "", "bias"], unidirectional=1)
same = {"x": x, "W": sixteenths(7, 3 * N * V), "b": sixteenths(3 * N * V)}
for name, more, order, attributes in (
    ("past", {}, [""], {}),
    ("past-causal", {}, [""], {"unidirectional": 1}),
    ("past-masked", {"m": numpy.array([[1] * 7, [0, 1, 1, 1, 1, 0, 0]], numpy.int32)}, ["m"], {}),
    ("past-ends", {"m": int32(7, 4)}, ["m"], {}),
):
    attempt(f"attention-{name}", "Attention", same | more | {"past": past}, ["x", "W", "b", *order, "past"], ["out", "present"], ["W", "b"], num_heads=N, **attributes)
attempt("attention-open-sizes", "Attention", dense, ["x", "W", "b"], ["out"], **sizes)

# ---- MultiHeadAttention: queries, keys and values come separately
q, k, v, b = sixteenths(B, S, N * D), sixteenths(B, S, N * D), sixteenths(B, S, N * V), sixteenths(2 * N * D + N * V)
three = {"q": q, "k": k, "v": v}


def multi_head(name, more=None, order=(), outputs=("out",), first=("q", "k", "v"), base=None, constants=(), **attributes):
    inputs = (three if base is None else base) | (more or {})
    attempt(f"multi-head-{name}", "MultiHeadAttention", inputs, [*first, *order], list(outputs), list(constants), **{"num_heads": N} | attributes)


multi_head("plain")
multi_head("causal", unidirectional=1)
multi_head("scale", scale=0.3)
multi_head("bias", {"b": b}, ["b"], constants=["b"])
multi_head("bias-fed", {"b": b}, ["b"])
multi_head("bias-same-width", {"b": sixteenths(3 * N * D)}, ["b"], base={"q": q, "k": k, "v": sixteenths(B, S, N * D)}, constants=["b"])
multi_head("keys-masked", {"m": numpy.array([[1, 1, 1, 0, 0], [0, 0, 1, 1, 1]], numpy.int32)}, ["", "m"])
multi_head("keys-masked-all", {"m": numpy.array([[1, 1, 1, 0, 0], [0, 0, 0, 0, 0]], numpy.int32)}, ["", "m"])
multi_head("keys-masked-causal", {"m": numpy.array([[0, 1, 1, 0, 0], [0, 0, 1, 1, 1]], numpy.int32)}, ["", "m"], unidirectional=1)
multi_head("pairs-masked", {"m": holes}, ["", "m"])
multi_head("ends", {"m": int32(5, 3)}, ["", "m"])
multi_head("ends-packed", {"m": int32(5, 3, 0, 5, 10, 0, 5, 10)}, ["", "m"])
multi_head("filter-value", {"m": holes}, ["", "m"], mask_filter_value=-3.0)
multi_head("score-bias", {"s": sixteenths(B, N, S, S)}, ["", "", "s"])
multi_head("score-bias-shared", {"s": sixteenths(1, 1, S, S)}, ["", "", "s"])
multi_head("score-bias-masked", {"s": sixteenths(1, N, S, S), "m": holes}, ["", "m", "s"])
multi_head("scores-out", outputs=["out", "", "", "qk"])
multi_head("scores-out-masked", {"m": holes, "s": sixteenths(1, N, S, S)}, ["", "m", "s"], outputs=["out", "", "", "qk"])
multi_head("scores-out-causal", outputs=["out", "", "", "qk"], unidirectional=1)
wide = {"q": sixteenths(B, S, N * V), "k": sixteenths(B, S, N * V), "v": v}
pasts = {"past_k": sixteenths(B, N, P, V), "past_v": sixteenths(B, N, P, V)}
present = ["out", "present_k", "present_v"]
multi_head("past", pasts, ["", "", "", "past_k", "past_v"], present, base=wide)
multi_head("past-causal", pasts, ["", "", "", "past_k", "past_v"], present, base=wide, unidirectional=1)
multi_head("past-bias", pasts | {"b": sixteenths(3 * N * V)}, ["b", "", "", "past_k", "past_v"], present, base=wide, constants=["b"])
seven = numpy.array([[1] * 7, [0, 1, 1, 1, 1, 0, 0]], numpy.int32)
multi_head("past-masked", pasts | {"m": seven}, ["", "m", "", "past_k", "past_v"], present, base=wide)
multi_head("past-scores-out", pasts, ["", "", "", "past_k", "past_v"], [*present, "qk"], base=wide)
multi_head("cross", base={"q": sixteenths(B, 2, N * D), "k": k, "v": v})
four = {"q": wide["q"], "k": sixteenths(B, N, 6, V), "v": sixteenths(B, N, 6, V)}
multi_head("four-axes", base=four)
multi_head("four-axes-bias", {"b": sixteenths(3 * N * V)}, ["b"], base=four, constants=["b"])

# ---- GroupQueryAttention: fewer heads of keys than of queries, of a decoder with a past
H, G, E, T = 4, 2, 16, P + S


def grouped(name, more=None, tail=(), outputs=("out", "present_k", "present_v"), packed=False, batch=1, past_length=P, lengths=None, **attributes):
    width = (H + 2 * G) * E if packed else H * E
    inputs = {"q": sixteenths(batch, S, width)}
    if not packed:
        inputs |= {"k": sixteenths(batch, S, G * E), "v": sixteenths(batch, S, G * E)}
    inputs |= {"past_k": sixteenths(batch, G, past_length, E), "past_v": sixteenths(batch, G, past_length, E)}
    total = past_length + S
    inputs |= {"seqlens": int32(*(lengths or [total - 1] * batch)), "total": int32(total)} | (more or {})
    first = ["q", "", ""] if packed else ["q", "k", "v"]
    attempt(f"grouped-{name}", "GroupQueryAttention", inputs, [*first, "past_k", "past_v", "seqlens", "total", *tail], list(outputs),
            **{"num_heads": H, "kv_num_heads": G} | attributes)


turns = {"cos": sixteenths(16, E // 2), "sin": sixteenths(16, E // 2)}
grouped("plain")
grouped("batch", batch=2, past_length=0, lengths=[S - 1, 2])
grouped("packed", packed=True)
grouped("rotary", turns, ["cos", "sin"], do_rotary=1)
grouped("rotary-packed", turns, ["cos", "sin"], do_rotary=1, packed=True)
grouped("rotary-interleaved", turns, ["cos", "sin"], do_rotary=1, rotary_interleaved=1)
grouped("softcap", softcap=2.0)
grouped("smooth", smooth_softmax=1)
grouped("sink", {"sink": sixteenths(H)}, ["", "", "", "", "sink"])
grouped("window", local_window_size=3)
grouped("score-bias", {"s": sixteenths(1, H, S, T)}, ["", "", "", "s"])
grouped("scale", scale=0.3)
grouped("scores-out", outputs=["out", "present_k", "present_v", "qk"], qk_output=1)
grouped("weights-out", outputs=["out", "present_k", "present_v", "qk"], qk_output=2)

write(os.path.join(here, "onnx-fused.safetensors.br"), tensors)
