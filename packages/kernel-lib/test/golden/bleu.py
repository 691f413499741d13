"""Writes bleu.json: scores of sacrebleu for corpora that reach each branch of its definition.

Run with `pip install sacrebleu==2.6.0`: python bleu.py
"""

import json
from pathlib import Path

import sacrebleu
from sacrebleu.metrics import BLEU

english = [
    "It is a guide to action which ensures that the military always obeys the commands of the party.",
    "he read the book because he was interested in world history",
    "\"Hello,\" she said - it's 3.14, or 1,000-2,000; 50% off!",
    "a <skipped>b &amp; c &quot;d&quot; &lt;e&gt; http://x.y/z?q=1 x-\ny  \n",
    "the the the the the the the",
    "short",
    "",
    "naïve café 中国人 U.S.A. 9.a b.9 e-mail 5-6\u00a0nbsp\u2028line\u001cfs\ufeffbom",
]
references = [
    [
        "It is a guide to action that ensures that the military will forever heed Party commands.",
        "It is the guiding principle which guarantees the military forces always being under the command of the Party.",
    ],
    ["he was interested in world history because he read the book", "he read the book because of his interest in world history"],
    ["\"Hello\", she said - it is 3.14 or 1,000-2,000: 50% off!", "Hello"],
    ["a b & c \"d\" <e> http://x.y/z?q=1 x y", "a b c"],
    ["the cat is on the mat", "there is a cat on the mat"],
    ["short", "shorter"],
    ["", "not empty"],
    ["naïve café 中国 人 U.S.A. 9.a b. 9 e-mail 5-6 nbsp line fs bom", "x"],
]
chinese = ["我是中国人。", "他昨天在图书馆看书,A4纸3.5张", "\u2018引\u2019\uff21 𠀀 ok", "没有"]
chinese_references = [["我是一个中国人。"], ["昨天他在图书馆看了书,A4 纸 3.5 张"], ["\u2018引用\u2019\uff21 𠀀 ok"], ["有"]]

cases = []


def add(hypotheses, accepted, **options):
    metric = BLEU(**options)
    columns = [list(column) for column in zip(*accepted)]
    score = metric.corpus_score(hypotheses, columns)
    cases.append(
        {
            "hypotheses": hypotheses,
            "references": accepted,
            "options": options,
            "score": score.score,
            "precisions": score.precisions,
            "brevityPenalty": score.bp,
            "hypothesisLength": score.sys_len,
            "referenceLength": score.ref_len,
            "matches": score.counts,
            "totals": score.totals,
        }
    )


for tokenize in ["13a", "none", "char", "zh"]:
    add(english, references, tokenize=tokenize)
    add(chinese, chinese_references, tokenize=tokenize)
add(english, references, lowercase=True)
add(english[:4], [[r[0]] for r in references[:4]], max_ngram_order=2)
for method in ["exp", "floor", "add-k", "none"]:
    add(["the the cat"], [["the cat sat here"]], smooth_method=method)
    add(["the dog ran off today"], [["the cat sat here now"]], smooth_method=method, effective_order=True)
    add(["so"], [["so"]], smooth_method=method, effective_order=True)
    add(["so"], [["so"]], smooth_method=method)
add(["the dog ran off today"], [["the cat sat here now"]], smooth_method="floor", smooth_value=0.5)
add(["the dog ran off today"], [["the cat sat here now"]], smooth_method="add-k", smooth_value=2)
add(["nothing matches"], [["at all here"]])
add([""], [["at all here"]])
add(["a b c d e"], [["a b c d e f g"]])
add(["a b c"], [["a b c d", "a b"]])

Path(__file__).with_suffix(".json").write_text(
    json.dumps({"made": f"sacrebleu {sacrebleu.__version__}", "cases": cases}, ensure_ascii=True, indent=1) + "\n"
)
