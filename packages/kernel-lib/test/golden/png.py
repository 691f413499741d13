"""Writes png.json: PNG files of each colour type and depth with the pixels that Pillow reads from them.

Run with `pip install pillow==13.0.0`: python png.py
"""

import base64
import io
import json
from pathlib import Path

import PIL
from PIL import Image

width, height = 5, 3


def pixels(image):
    """RGB over white, as a viewer shows it."""
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
    return list(Image.alpha_composite(white, rgba).convert("RGB").tobytes())


def case(name, image, **options):
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **options)
    return {
        "name": name,
        "png": base64.b64encode(buffer.getvalue()).decode(),
        "width": image.width,
        "height": image.height,
        "pixels": pixels(image),
    }


values = [(37 * i) % 256 for i in range(width * height * 4)]
count = width * height
rgb = Image.frombytes("RGB", (width, height), bytes(values[: count * 3]))
rgba = Image.frombytes("RGBA", (width, height), bytes(values))
grey = Image.frombytes("L", (width, height), bytes(values[:count]))
palette = rgb.quantize(4)
cases = [
    case("rgb", rgb),
    case("rgba", rgba),
    case("grey", grey),
    case("grey and alpha", rgba.convert("LA")),
    case("palette, 8 bits", palette, bits=8),
    case("palette, 2 bits", palette, bits=2),
    case("one bit", grey.convert("1")),
]
Path(__file__).with_suffix(".json").write_text(json.dumps({"made": f"Pillow {PIL.__version__}", "cases": cases}) + "\n")
