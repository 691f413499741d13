"""What Hugging Face's tokenizers take every code point for: python code_points.py TABLES > code-points.json   (tokenizers 0.23, unicodedata2 18)

Each of its parts has Unicode tables of another version: that of Rust (letters' case, numbers), of the regex libraries, of the crate behind
BERT's punctuation and accents (8.0), of the crate that normalises (9.0). Sets of code points are given as ranges: hexadecimal numbers, how
far each range begins after the end of the one before it and how long it is. What cannot be had from JavaScript, whose tables are those of
one recent version, is written to TABLES too, src/text/subwords/unicode-tables.ts.
"""

import hashlib
import json
import sys

import tokenizers
import unicodedata2 as newest
from tokenizers import Regex, normalizers, pre_tokenizers

points = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]


def ranges(holds):
    found, end, start = [], 0, None
    for c in [*range(0x110000), None]:
        inside = c is not None and not 0xD800 <= c <= 0xDFFF and holds(chr(c))
        if inside and start is None:
            start = c
        if not inside and start is not None:
            last = 0x110000 if c is None else c
            found.append(f"{start - end:x},{last - start:x}")
            end, start = last, None
    return " ".join(found)


def cut(pre_tokenizer):
    return lambda c: [piece for piece, _ in pre_tokenizer.pre_tokenize_str(f"a{c}a")]


def pieces(pre_tokenizer, *wanted):
    made = cut(pre_tokenizer)
    return ranges(lambda c: made(c) == [piece.replace("_", c) for piece in wanted])


def rewritten(normalizer, wanted):
    return ranges(lambda c: c != wanted and normalizer.normalize_str(f"a{c}a") == f"a{wanted}a")


def matched(pattern):
    split = pre_tokenizers.Split(Regex(pattern), "removed", invert=True)
    return ranges(lambda c: [piece for piece, _ in split.pre_tokenize_str(c)] == [c])


def bert(**options):
    off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**off, **options})


def changes(normalizer):
    """A hash of what becomes of every code point before the planes where nothing is assigned, or for private use."""
    lines = "".join(f"{c:x} {' '.join(f'{ord(x):x}' for x in normalizer.normalize_str(chr(c)))}\n" for c in points if c < 0x40000)
    return hashlib.sha256(lines.encode()).hexdigest()


sets = {
    "punctuation": pieces(pre_tokenizers.BertPreTokenizer(), "a", "_", "a"),
    "mark": rewritten(normalizers.StripAccents(), ""),
    "nonSpacingMark": rewritten(bert(strip_accents=True), ""),
    "removedByBert": rewritten(bert(clean_text=True), ""),
    "whitespace": pieces(pre_tokenizers.WhitespaceSplit(), "a", "a"),
    "number": pieces(pre_tokenizers.Digits(individual_digits=True), "a", "_", "a"),
    "chinese": ranges(lambda c: bert(handle_chinese_chars=True).normalize_str(c) != c),
    "word": pieces(pre_tokenizers.Whitespace(), "a_a"),
}
patterns = [r"\w", r"[\w]", r"\W", r"\s", r"\d", r"\h", r"\p{L}", r"\p{Letter}", r"\p{N}", r"\p{P}", r"\p{S}", r"\p{M}", r"\p{Lu}", r"\p{Ll}",
            r"\p{Han}", r"\p{Alphabetic}", r"[^\s\p{L}\p{N}]", r"[\p{L}&&[^\p{Han}]]", r"[a[^\p{L}\W]]", ".", r"\p{Cn}",
            *(f"[[:{name}:]]" for name in ["alnum", "alpha", "blank", "cntrl", "digit", "lower", "punct", "space", "upper", "word", "xdigit"])]
forms = {name: getattr(normalizers, name)() for name in ["NFC", "NFD", "NFKC", "NFKD"]}

# What the normaliser does not know: characters that decompose or combine in a newer Unicode, and those that begin what is composed there.
newer = set()
for c in map(chr, points):
    if forms["NFKD"].normalize_str(c) == c and newest.normalize("NFKD", c) != c:
        newer.add(c)
        parts = newest.normalize("NFD", c)
        if parts != c and newest.normalize("NFC", parts) == c:
            newer.add(parts[0])


def combines(c):
    """Whether a mark below (220) or above (230) changes places with it."""
    return any(forms["NFD"].normalize_str(f"a{x}") != f"a{x}" for x in (c + "\u0316", c + "\u0334", c + "\u0345", "\u0345" + c, "\u0301" + c))


newer |= {c for c in map(chr, points) if newest.combining(c) and not combines(c)}
tables = {
    "punctuation": sets["punctuation"],
    "mark": sets["mark"],
    "nonSpacingMark": sets["nonSpacingMark"],
    "removedByBert": sets["removedByBert"],
    "unknownToNormaliser": ranges(lambda c: c in newer),
    "unknownToPatterns": ranges(
        lambda c, split=pre_tokenizers.Split(Regex(r"\p{Cn}"), "removed", invert=True): newest.category(c) != "Cn" and split.pre_tokenize_str(c)
    ),
}
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write("/** Made by test/golden/code_points.py: ranges of code points, as `parseRanges` reads them. */\n")
    for name, value in tables.items():
        file.write(f'export const {name}Ranges =\n  "{value}";\n')
json.dump(
    {
        "madeBy": f"code_points.py, tokenizers {tokenizers.__version__}",
        "sets": sets,
        "patterns": {pattern: matched(pattern) for pattern in patterns},
        "changes": {name: changes(form) for name, form in {**forms, "Lowercase": normalizers.Lowercase()}.items()},
    },
    sys.stdout,
    indent=0,
)
print()
