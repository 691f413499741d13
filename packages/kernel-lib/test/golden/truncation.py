"""How many tokens of each text Hugging Face's tokenizers keep: python truncation.py > truncation.json   (tokenizers 0.23)

Every pair of lengths up to 8 at every number of tokens up to 19, three special ones among them, with every strategy and direction, and
single texts. A case is "first,second" (or "first") and what is left as the numbers of the words kept: "0-2|1-3" is words 0 and 1 of the
first text, 1 and 2 of the second; "error" where the library refuses.
"""

import json
import sys

import tokenizers
from tokenizers import Tokenizer, models, pre_tokenizers, processors

made = Tokenizer(models.WordLevel({"[CLS]": 0, "[SEP]": 1, **{str(i): 2 + i for i in range(9)}}, unk_token="0"))
made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
made.post_processor = processors.TemplateProcessing(
    single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 0), ("[SEP]", 1)]
)


def kept(encoding, sequence):
    words = [w for w, s in zip(encoding.word_ids, encoding.sequence_ids) if s == sequence]
    return f"{words[0]}-{words[-1] + 1}" if words else "0-0"


def encode(first, second, room, strategy, direction):
    made.enable_truncation(room, strategy=strategy, direction=direction)
    text = lambda length: " ".join(map(str, range(length)))
    try:
        encoding = made.encode(text(first), None if second is None else text(second))
    except Exception:
        return "error"
    return "|".join(kept(encoding, s) for s in ([0] if second is None else [0, 1]))


cases = {}
for strategy in ["longest_first", "only_first", "only_second"]:
    for direction in ["right", "left"]:
        for second in [None, *range(9)]:
            for first in range(9):
                least = 2 if second is None else 3
                sizes = f"{first}" if second is None else f"{first},{second}"
                cases[f"{strategy} {direction} {sizes}"] = " ".join(
                    encode(first, second, room, strategy, direction) for room in range(least, 20)
                )
json.dump({"madeBy": f"truncation.py, tokenizers {tokenizers.__version__}", "cases": cases}, sys.stdout, indent=0)
print()
