"""Files made by the reference implementation: python safetensors_files.py > safetensors_files.json

`everyType` holds a tensor of every element type; `values` is what PyTorch reads from it, as float64 (int64 for integers).
`written` is what the reference writes for the tensors in `tensors`: the library must write the same bytes.
"""

import base64
import json
import sys

import torch
from safetensors import __version__
from safetensors.torch import save, save_file

torch.manual_seed(5)
everything = torch.arange(256, dtype=torch.uint8)  # every pattern of 8 bits
float8 = {
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "F8_E8M0": torch.float8_e8m0fnu,
    "F8_E4M3FNUZ": torch.float8_e4m3fnuz,
    "F8_E5M2FNUZ": torch.float8_e5m2fnuz,
}
patterns16 = torch.cat([torch.arange(0, 1 << 15, 331), torch.arange(1 << 15, 1 << 16, 331) - (1 << 16)]).to(torch.int16)
tensors = {
    "BOOL": torch.tensor([[True, False, True]]),
    "U8": torch.tensor([0, 255], dtype=torch.uint8),
    "I8": torch.tensor([-128, 127], dtype=torch.int8),
    "I16": torch.tensor([-32768, 32767], dtype=torch.int16),
    "U16": torch.tensor([0, 65535], dtype=torch.uint16),
    "I32": torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32),
    "U32": torch.tensor([0, 2**32 - 1], dtype=torch.uint32),
    "I64": torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int64),
    "U64": torch.tensor([0, 2**32 - 1], dtype=torch.uint64),
    "I64 large": torch.tensor([2**40], dtype=torch.int64),
    "F16": patterns16.clone().view(torch.float16),
    "BF16": patterns16.view(torch.bfloat16),
    "F32": torch.tensor([[1.5, -0.0], [torch.inf, torch.nan]]),
    "F64": torch.tensor([0.1, -1e-300], dtype=torch.float64),
    "C64": torch.tensor([1 + 2j, -3j], dtype=torch.complex64),
    "scalar": torch.tensor(7.0),
    "empty": torch.zeros(3, 0, 2),
} | {name: everything.clone().view(dtype) for name, dtype in float8.items()}


def values(tensor):
    if tensor.is_complex():
        tensor = torch.view_as_real(tensor)
    if tensor.is_floating_point():
        return [repr(x) for x in tensor.to(torch.float64).flatten().tolist()]
    return [str(int(x)) for x in tensor.flatten().tolist()]


plain = {
    "b": torch.tensor([[0.25, 1.00390625, -1.01171875]]),
    "a": torch.tensor([[1.0, 2.0], [3.0, 65504.0]]),
    "é ☃": torch.tensor([1, -2, 3], dtype=torch.int32),
    "😀": torch.tensor([7], dtype=torch.int32),
    "\ufffd": torch.tensor([8], dtype=torch.int32),
    'quote " and \\ and \n': torch.tensor([True, False, True]),
    "0": torch.tensor([4, 5], dtype=torch.uint32),
}
written = {
    "F32": save(plain, {"format": "pt"}),
    "F16": save({n: t.half() if t.is_floating_point() else t for n, t in plain.items()}, {"format": "pt"}),
    "BF16": save({n: t.bfloat16() if t.is_floating_point() else t for n, t in plain.items()}),
}

json.dump(
    {
        "madeBy": f"safetensors_files.py, safetensors {__version__}, PyTorch {torch.__version__}",
        "everyType": base64.b64encode(save(tensors)).decode(),
        "values": {name: {"shape": list(t.shape), "values": values(t)} for name, t in tensors.items()},
        "tensors": {name: {"dtype": str(t.dtype).removeprefix("torch."), "values": t.tolist()} for name, t in plain.items()},
        "written": {name: base64.b64encode(data).decode() for name, data in written.items()},
    },
    sys.stdout,
)
print()
