"""Golden tokens, ids and offsets by Hugging Face's tokenizers: python subwords.py FOLDER > subwords.json

FOLDER holds MiniLM-L6 (tokenizer.json). The other tokenizers are made here, one of each kind that models use, small enough to be in the
file. Python counts offsets in code points; they are given in UTF-16 units, as JavaScript counts.
"""

import base64
import json
import random
import struct
import sys

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

corpus = [
    "The animal didn't cross the street because it was too tired.",
    "I am Chinese, and she's 42 years old; they'll be 3.14 or 1,000 soon.",
    "我是中国人。你是老师,他是学生。我们爱北京天安门!",
    "naïve café résumé Ångström Straße İstanbul ΟΔΟΣ ﬁne",
    "unbelievable tokenization tokenizers tokenize the token of tokens",
    "  double  spaces, tabs\tand\nlines ",
] * 3

texts = [
    "",
    " ",
    "Hello, world!",
    "The animal didn't cross the street.",
    "我是中国人",
    "我是中国人, I am Chinese.",
    "naïve café",
    "nai\u0308ve cafe\u0301 a\u0301\u0323b q\u0307\u0323 s\u0323\u0307",
    "\u1e69 \u1e09 \u0344 \u212b \u2126 각 \u1100\u1161\u11a8",
    "İstanbul ΟΔΟΣ ΣΑΣ Straße ﬁne ＡＢＣ①②",
    "👩‍💻 typed 😀😀 👍🏽!",
    "𠀀𠮷 𝒜 日本語 か\u3099 ｶﾞ",
    "  leading, trailing  ",
    "tab\tnew\nline\r\nnbsp\u00a0thin\u2009zw\u200bj\u200dbom\ufeff",
    "control\u0007\u0000 private\ue000 unassigned\u0378 soft\u00adhyphen \ufffd",
    "a" * 101 + " ok",
    "3.14 1,000 42 ½ ² Ⅷ ٣",
    "[CLS] hello [MASK]. [SEP]",
    "say <mask> or  <mask>  or<mask>now, <s>x</s>",
    "newword newwords  Newword NEWWORD",
    "__under_score__ don't they'll I'VE 'tis",
    "«quotes» “double” — dash … $5 + 3% = ? `x` ^ ~ |",
    "``quoted''",
    "ทดสอบ हिन्दी العربية עברית",
]
draw = random.Random(7)
alphabet = "ab et,. \t\n我中人éÉı\u0301\u0323ǅﬀ가각\u1112\u1161😀👩\u200d💻\u00a0ΣςA'19½-_<>[]#▁Ġ"
texts += ["".join(draw.choice(alphabet) for _ in range(draw.randint(1, 24))) for _ in range(40)]
pairs = [("我是", "I am"), ("Hello there", ""), ("", "x"), ("a b", " c  d ")]


def charsmap(table):
    """A SentencePiece normalisation table: a double array trie of UTF-8 keys, then the replacements."""
    blob, value = b"", {}
    for key, replacement in table.items():
        value[key.encode()] = len(blob)
        blob += replacement.encode() + b"\0"
    units, used = {0: 0}, {0}

    def build(node, prefix):
        depth = len(prefix)
        labels = sorted({key[depth] for key in value if key.startswith(prefix) and len(key) > depth})
        labels = ([0] if prefix in value else []) + labels
        offset = next(o for o in range(1, 1 << 20) if (node ^ o) not in used and all((node ^ o ^ label) not in used for label in labels))
        used.update(node ^ offset ^ label for label in labels)
        units[node] = (units.get(node, 0) & 0xFF) | offset << 10 | (1 << 8 if prefix in value else 0)
        for label in labels:
            child = node ^ offset ^ label
            if label == 0:
                units[child] = value[prefix] | 1 << 31
            else:
                units[child] = label
        for label in labels:
            if label:
                build(node ^ offset ^ label, prefix + bytes([label]))

    build(0, b"")
    trie = b"".join(struct.pack("<I", units.get(i, 0)) for i in range((max(units) | 255) + 1))  # whole blocks of 256
    return struct.pack("<I", len(trie)) + trie + blob


def train(tokenizer, trainer):
    tokenizer.train_from_iterator(corpus, trainer)
    return tokenizer


def wordpiece(special, normalizer):
    made = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    made.normalizer, made.pre_tokenizer = normalizer, pre_tokenizers.BertPreTokenizer()
    train(made, trainers.WordPieceTrainer(vocab_size=220, special_tokens=special, show_progress=False))
    made.decoder = decoders.WordPiece()
    return made


def byte_bpe(pre_tokenizer, special, normalizer=None, **options):
    made = Tokenizer(models.BPE(**options))
    if normalizer:
        made.normalizer = normalizer
    made.pre_tokenizer = pre_tokenizer
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    train(made, trainers.BpeTrainer(vocab_size=380, special_tokens=special, initial_alphabet=alphabet, show_progress=False))
    made.decoder = decoders.ByteLevel()
    return made


def unigram(vocabulary_size, normalizer, pre_tokenizer, special):
    made = Tokenizer(models.Unigram())
    if normalizer:
        made.normalizer = normalizer
    made.pre_tokenizer = pre_tokenizer
    trainer = trainers.UnigramTrainer(vocab_size=vocabulary_size, special_tokens=special, unk_token="<unk>", show_progress=False)
    train(made, trainer)
    made.decoder = decoders.Metaspace()
    return made


def template(made, single, pair, names):
    made.post_processor = processors.TemplateProcessing(
        single=single, pair=pair, special_tokens=[(name, made.token_to_id(name)) for name in names]
    )
    return made


def bert_cased():
    made = wordpiece(["[UNK]", "[CLS]", "[SEP]", "[MASK]"], normalizers.BertNormalizer(lowercase=False))
    made.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    made.add_tokens([AddedToken("newword", single_word=True), AddedToken("Straße")])
    return made


def roberta():
    made = byte_bpe(pre_tokenizers.ByteLevel(add_prefix_space=True), ["<s>", "<pad>", "</s>", "<unk>"])
    made.add_special_tokens([AddedToken("<mask>", lstrip=True)])
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=True)
    return made


def gpt2():
    made = byte_bpe(pre_tokenizers.ByteLevel(add_prefix_space=False), ["<|endoftext|>"])
    made.post_processor = processors.ByteLevel(trim_offsets=True, add_prefix_space=False)
    return made


def llama3():
    pattern = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    split = pre_tokenizers.Split(Regex(pattern), "isolated")
    made = byte_bpe(
        pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]),
        ["<s>"], ignore_merges=True,
    )
    begin = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 0)])
    made.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), begin])
    return made


def llama2():
    """SentencePiece BPE: ▁ for spaces, bytes for what is unknown."""
    vocabulary = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    merges = [("▁", "t"), ("h", "e"), ("▁t", "he"), ("i", "n"), ("▁", "a"), ("中", "国"), ("e", "r"), ("▁", "▁"), ("o", "n")]
    characters = sorted({c for line in corpus for c in line if c.isalnum() and c not in "师学"} | {"▁", ".", ","})
    vocabulary += characters + [x + y for x, y in merges]
    made = Tokenizer(models.BPE({t: i for i, t in enumerate(vocabulary)}, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    made.add_special_tokens(["<s>", "</s>", "<unk>"])
    made.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    return template(made, "<s> $A", "<s> $A <s> $B", ["<s>"])


def bpe_unknown(fuse):
    vocabulary = ["<unk>", "a", "b", "e", "t", "ab", "et", "é"]
    made = Tokenizer(models.BPE({t: i for i, t in enumerate(vocabulary)}, [("a", "b"), ("e", "t")], unk_token="<unk>", fuse_unk=fuse))
    made.normalizer = normalizers.NFC()
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return made


def clip():
    pattern = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    made = byte_bpe(
        pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(pattern), "removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]),
        ["<|startoftext|>", "<|endoftext|>"],
        normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]),
        end_of_word_suffix="</w>",
    )
    made.post_processor = processors.RobertaProcessing(("<|endoftext|>", 1), ("<|startoftext|>", 0), trim_offsets=False, add_prefix_space=False)
    return made


nfkc_table = {chr(c): chr(c - 0xFEE0) for c in range(0xFF21, 0xFF3B)} | {"①": "1", "②": "2", "ﬁ": "fi", "か\u3099": "が", "\t": " ", "\n": " ", "½": "1⁄2", "\u00a0": " ", "é": "é", "e\u0301": "é", "\u200b": "", "ｶﾞ": "ガ"}


def albert():
    steps = [
        normalizers.Replace("``", '"'), normalizers.Replace("''", '"'), normalizers.NFKD(), normalizers.StripAccents(),
        normalizers.Lowercase(), normalizers.Precompiled(charsmap(nfkc_table)), normalizers.Replace(Regex(" {2,}"), " "),
    ]
    made = unigram(160, normalizers.Sequence(steps), pre_tokenizers.Metaspace(), ["<pad>", "<unk>", "[CLS]", "[SEP]"])
    made.add_special_tokens([AddedToken("[MASK]", lstrip=True, rstrip=True)])
    return template(made, "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", ["[CLS]", "[SEP]"])


def t5():
    made = unigram(
        170, normalizers.Precompiled(charsmap(nfkc_table)),
        pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]), ["<pad>", "</s>", "<unk>"],
    )
    return template(made, "$A </s>", "$A </s> $B </s>", ["</s>"])


def xlm():
    return unigram(150, normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), normalizers.Strip()]),
                   pre_tokenizers.Metaspace(prepend_scheme="first", split=False), ["<unk>"])


def unigram_bytes():
    vocabulary = [("<unk>", 0.0)] + [(f"<0x{byte:02X}>", -9.0) for byte in range(256)]
    vocabulary += [(c, -4.0) for c in "▁abet中人,."] + [("▁a", -2.5), ("et", -3.0), ("中人", -3.5)]
    made = Tokenizer(models.Unigram(vocabulary, 0, byte_fallback=True))
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    return made


def bpe_without_unknown(suffix=None):
    """Characters that are not in the vocabulary are gone before anything is merged, so that their neighbours meet."""
    end = suffix or ""
    vocabulary = ["a", "b", "e", "t", "é", "人", "ab", "et", "abet", "人a", *({f"{c}{end}" for c in "abt人"} if suffix else ()), *([f"et{end}"] if suffix else ())]
    merges = [("a", "b"), ("e", "t"), ("ab", "et"), ("人", "a"), *([("e", f"t{end}")] if suffix else ())]
    made = Tokenizer(models.BPE({t: i for i, t in enumerate(sorted(set(vocabulary)))}, merges, **({"end_of_word_suffix": suffix} if suffix else {})))
    made.normalizer = normalizers.NFC()
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return made


def unigram_ties():
    """Many ways to cut a text are equally likely, up to the rounding of sums."""
    vocabulary = [("<unk>", 0.0)]
    for length, score in [(1, -0.1), (2, -0.2), (3, -0.3)]:
        stack = [""]
        for _ in range(length):
            stack = [x + y for x in stack for y in "abet人"]
        vocabulary += [(token, score * 1.1) for token in stack]
    made = Tokenizer(models.Unigram(vocabulary, 0))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return made


def pattern(regex, behaviour="isolated", invert=False):
    return words(pre_tokenizers.Split(Regex(regex), behaviour, invert))


patterns = {
    "cl100k": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+",
    "o200k": r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "bloom": r" ?[^(\s|[.,!?…。，、।۔،])]+",
    "deepseek": r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "kimi": r"[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}&&[^\p{Han}]]+|\p{N}{1,3}|\s+(?!\S)|\s+",
    "lines": r"^[^\n]|(?<=t)[ ,]|[ei]$|\bab\b".replace(r"|\bab\b", r"|\Aa|t\z"),
}
empty = {"before capitals": "(?=[A-ZÉ])", "letters or nothing": "[abt]*", "after": "(?<=[et,])", "not before": "(?![a-z ])", "before end": r"e?(?=\s|人)"}


def words(*steps, normalizer=None):
    made = Tokenizer(models.WordLevel({"<unk>": 0}, unk_token="<unk>"))
    if normalizer:
        made.normalizer = normalizer
    made.pre_tokenizer = pre_tokenizers.Sequence(list(steps))
    return train(made, trainers.WordLevelTrainer(vocab_size=120, special_tokens=["<unk>"], show_progress=False))


def split(behaviour, invert=False):
    return words(pre_tokenizers.Split(Regex(r"[aeiou,.' ]"), behaviour, invert))


kinds = {
    "minilm": lambda: Tokenizer.from_file(f"{sys.argv[1]}/tokenizer.json"),
    "bert cased": bert_cased,
    "roberta": roberta,
    "gpt2": gpt2,
    "llama2": llama2,
    "llama3": llama3,
    "clip": clip,
    "bpe, unknown fused": lambda: bpe_unknown(True),
    "bpe, unknown apart": lambda: bpe_unknown(False),
    "albert": albert,
    "t5": t5,
    "xlm": xlm,
    "unigram with bytes": unigram_bytes,
    "words": lambda: words(pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=True)),
    "words nfd": lambda: words(pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation(), normalizer=normalizers.NFD()),
    "words nfkd": lambda: words(pre_tokenizers.Digits(), pre_tokenizers.Punctuation("contiguous"), normalizer=normalizers.NFKD()),
    "fixed length": lambda: words(pre_tokenizers.FixedLength(length=3)),
    "delimiter": lambda: words(pre_tokenizers.CharDelimiterSplit("e")),
    "bytes first": lambda: words(pre_tokenizers.WhitespaceSplit(), normalizer=normalizers.ByteLevel()),
} | {f"split {behaviour}": (lambda b=behaviour: split(b)) for behaviour in ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]} \
  | {"split inverted": lambda: split("merged_with_next", True)} \
  | {"bpe, unknown gone": bpe_without_unknown, "bpe, unknown gone, suffix": lambda: bpe_without_unknown("</w>"), "unigram ties": unigram_ties} \
  | {f"pattern {name}": (lambda r=regex: pattern(r)) for name, regex in patterns.items()} \
  | {f"empty {name} {b}": (lambda r=regex, b=b: pattern(r, b)) for name, regex in empty.items() for b in ["isolated", "merged_with_previous", "merged_with_next", "contiguous"]} \
  | {"empty inverted": lambda: pattern(empty["letters or nothing"], "removed", True)}


def utf16(text):
    """The position in UTF-16 units of each code point."""
    positions, at = [], 0
    for character in text:
        positions.append(at)
        at += 2 if ord(character) > 0xFFFF else 1
    return positions + [at]


def encode(tokenizer, text, pair=None, special=True):
    encoding = tokenizer.encode(text, pair, add_special_tokens=special)
    positions = [utf16(text), utf16(pair or "")]
    sequences = [-1 if sequence is None else sequence for sequence in encoding.sequence_ids]
    return {
        "text": text,
        **({"pair": pair} if pair is not None else {}),
        **({} if special else {"special": False}),
        "ids": encoding.ids,
        "tokens": encoding.tokens,
        "offsets": [[positions[max(0, s)][a], positions[max(0, s)][b]] for s, (a, b) in zip(sequences, encoding.offsets)],
        "words": [-1 if word is None else word for word in encoding.word_ids],
        "sequences": sequences,
        "types": encoding.type_ids,
        "decoded": tokenizer.decode(encoding.ids, skip_special_tokens=True),
    }


def golden(name):
    tokenizer = kinds[name]()
    tokenizer = Tokenizer.from_str(tokenizer.to_str())  # as from a file, where scores lose their last bit
    tokenizer.no_truncation()
    tokenizer.no_padding()
    if name.startswith(("pattern", "empty")):  # what they are about is in subwords-many.json, too
        return {"name": name, "cases": [encode(tokenizer, text) for text in texts[2:60:6]], "json": json.loads(tokenizer.to_str())}
    cases = [encode(tokenizer, text) for text in texts]
    cases += [encode(tokenizer, text, pair) for text, pair in pairs]
    cases += [encode(tokenizer, texts[5], special=False)]
    return {"name": name, "cases": cases, **({} if name == "minilm" else {"json": json.loads(tokenizer.to_str())})}


if __name__ == "__main__":
    result = {"madeBy": f"subwords.py, tokenizers {tokenizers.__version__}", "tokenizers": [golden(name) for name in kinds]}
    json.dump(result, sys.stdout, ensure_ascii=False, separators=(",", ":"))
    print()
