"""Hashes of what Hugging Face's tokenizers make of very many texts: python subwords_many.py FOLDER [BLOCKS] > subwords-many.json

Takes the tokenizers of subwords.json (FOLDER holds MiniLM-L6). Texts are made from numbers, here and in the test alike; a hash stands for
100 of them. To see what a block should be: python subwords_many.py FOLDER show NAME BLOCK. Offsets are hashed but for texts where Python is
known to be wrong: it names the first of several characters that became one, and shifts what comes after characters that are gone
(U+200B in a table of SentencePiece, unknown ones of a BPE without a token for them).
"""

import hashlib
import json
import os
import re
import sys

from subwords import alphabet, utf16
from tokenizers import Tokenizer, __version__

here = os.path.dirname(os.path.abspath(__file__))
units = [*alphabet, *"ZQxyz!?;:/\\'\"()|~`²¼٣Ⅷ\u0345ꙮ𝒜𠀀ﬁ①ＡΩÅſKßİ\u200b\ufeff\u2028\u3000\u1680\u0085\ufffd\u2e43\u32ff", "'s", "'LL", "the ", "ing", "12345", "[CLS]",
         "[MASK]", "<mask>", "newword", "</s>", "  ", "\r\n", "é", "e\u0301", "\u1112\u1161\u11ab", "か\u3099", "ｶﾞ", "abet", "tab", "人a人"]
wrong = re.compile("[\u200b\u0300-\u0345\u1100-\u11ff\u3099\u309a\uff9e\uff9f]")
block = 100


def text_of(number):
    """A text from its number: a multiplicative generator modulo 2³¹ − 1, whose products doubles hold."""
    state = number % 2147483646 + 1

    def draw(below):
        nonlocal state
        state = state * 16807 % 2147483647
        return state % below

    draw(1)
    return "".join(units[draw(len(units))] for _ in range(1 + draw(20)))


def line(tokenizer, number, name):
    text = text_of(number)
    encoding = tokenizer.encode(text)
    positions = utf16(text)
    words = [-1 if word is None else word for word in encoding.word_ids]
    hides = wrong.search(text) or "gone" in name
    offsets = [] if hides else [[positions[a], positions[b]] for a, b in encoding.offsets]
    return json.dumps([encoding.ids, words, offsets], separators=(",", ":"))


def hash_of(lines):
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:10]


with open(os.path.join(here, "subwords.json"), encoding="utf-8") as file:
    known = {entry["name"]: entry.get("json") for entry in json.load(file)["tokenizers"]}


def read(name):
    made = Tokenizer.from_str(json.dumps(known[name])) if known[name] else Tokenizer.from_file(f"{sys.argv[1]}/tokenizer.json")
    made.no_truncation()
    made.no_padding()
    return made


if len(sys.argv) > 2 and sys.argv[2] == "show":
    first = int(sys.argv[4]) * block
    for number in range(first, first + block):
        print(number, json.dumps(text_of(number)), line(read(sys.argv[3]), number, sys.argv[3]))
else:
    blocks = int(sys.argv[2]) if len(sys.argv) > 2 else 12
    hashes = {}
    for name in known:
        tokenizer = read(name)
        hashes[name] = [hash_of(line(tokenizer, at * block + i, name) for i in range(block)) for at in range(blocks)]
    result = {"madeBy": f"subwords_many.py, tokenizers {__version__}", "block": block, "units": units, "hashes": hashes}
    json.dump(result, sys.stdout, ensure_ascii=False, separators=(",", ":"))
    print()
