"""ONNX's own cases of the Attention operator, with the weights its reference implementation computes.

    python onnx_attention.py       (onnx 1.23, brotli 1.2)

Writes onnx-attention.safetensors.br: a safetensors file, compressed. `<case>/model` is the model's bytes, `<case>/in/<name>` an input,
`<case>/weights` the weights after the softmax in float32. A case and its expanded form (the operator as a function of plain ones) share
inputs. Inputs are rounded to sixteenths, which half precision holds exactly and which pack small.
"""

import json
import os
import struct
import warnings

import brotli
import numpy
import onnx
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

here = os.path.dirname(os.path.abspath(__file__))


def rounded(value):
    value = numpy.asarray(value)
    if value.dtype == bool or value.dtype.kind in "iu":
        return value
    wide = value.astype(numpy.float32)
    return numpy.where(numpy.isfinite(wide), numpy.round(wide * 16) / 16, wide).astype(value.dtype)


def weights_of(model, feeds):
    """The same model, asked for what is after its softmax."""
    copy = onnx.ModelProto.FromString(model.SerializeToString())
    node = copy.graph.node[0]
    kept = [a for a in node.attribute if a.name != "qk_matmul_output_mode"]
    del node.attribute[:]
    node.attribute.extend([*kept, helper.make_attribute("qk_matmul_output_mode", 3)])
    node.output[:] = [*node.output, "", "", ""][:3] + ["weights"]
    del copy.graph.output[:]
    copy.graph.output.append(helper.make_tensor_value_info("weights", TensorProto.FLOAT, None))
    return ReferenceEvaluator(copy).run(None, feeds)[0].astype(numpy.float32)




def write(path, tensors):
    """A safetensors file, compressed: models of one kind beside each other, and inputs by name, pack best."""
    order = sorted(tensors, key=lambda key: (key.split("/")[1], key.endswith("_expanded/model"), key))
    kinds = {"uint8": "U8", "bool": "BOOL", "int32": "I32", "float32": "F32"}
    header, parts, at = {}, [], 0
    for key in order:
        value = numpy.ascontiguousarray(tensors[key])
        header[key] = {"dtype": kinds[str(value.dtype)], "shape": list(value.shape), "data_offsets": [at, at + value.nbytes]}
        parts.append(value.tobytes())
        at += value.nbytes
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    packed = brotli.compress(struct.pack("<Q", len(head)) + head + b"".join(parts), quality=11, lgwin=24)
    with open(path, "wb") as file:
        file.write(packed)
    print(len([key for key in tensors if key.endswith("/model")]), "models,", len(packed), "bytes")


def main():
    warnings.filterwarnings("ignore")
    from onnx.backend.test.case.node import collect_testcases  # makes the cases of every operator

    tensors = {}
    for case in collect_testcases("Attention"):
        model = onnx.ModelProto.FromString(case.model.SerializeToString())
        del model.graph.value_info[:]
        tensors[f"{case.name}/model"] = numpy.frombuffer(model.SerializeToString(), numpy.uint8)
        if case.name.endswith("_expanded"):
            continue
        names = [value.name for value in model.graph.input]
        feeds = {name: rounded(value) for name, value in zip(names, case.data_sets[0][0])}
        weights = weights_of(case.model, feeds)
        for name, value in feeds.items():
            kept = value.astype(numpy.int32) if value.dtype == numpy.int64 else value if value.dtype == bool else value.astype(numpy.float32)
            tensors[f"{case.name}/in/{name}"] = kept
        tensors[f"{case.name}/weights"] = weights
    write(os.path.join(here, "onnx-attention.safetensors.br"), tensors)


if __name__ == "__main__":
    main()
