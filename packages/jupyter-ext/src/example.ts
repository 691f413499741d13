/** A notebook to begin with: three written notes that need neither a kernel nor a network. */
import type { Language } from "heed/note";

const texts: Readonly<Record<Language, readonly string[]>> = {
  en: [
    "# Seeing attention\n\nEach picture below is computed by the page itself from the block in its cell: no kernel, no network. Double-click a cell, change a number, and the picture follows.",
    "## One query and its keys\n\nThe score of each key is its dot product with the query; softmax turns the scores into weights; the output is the weighted sum of the values.\n\n```attention\ntitle: h1 looks at s1 … s4\nquery: { h1: [1, 0, 2] }\nkeys:  { s1: [1, 1, 0], s2: [0, 1, 1], s3: [2, 0, 1], s4: [1, 0, 1] }\nscore: dot\n```",
    "## An alignment\n\nWhich word of the source each word of a translation comes from.\n\n```attention\ntitle: 我是中国人 → I am Chinese\nsource: [我, 是, 中国, 人]\ntarget: [I, am, Chinese]\nweights:\n  - [0.86, 0.08, 0.04, 0.02]\n  - [0.1, 0.82, 0.05, 0.03]\n  - [0.03, 0.05, 0.51, 0.41]\n```",
    "## Your own\n\n```attention\nrows: [each, row, sums, to, 1]\ncolumns: [a, b, c]\nweights:\n  - [0.8, 0.1, 0.1]\n  - [0.1, 0.8, 0.1]\n  - [0.1, 0.1, 0.8]\n  - [0.5, 0.5, 0]\n  - [0, 0.5, 0.5]\n```",
  ],
  "zh-CN": [
    "# 看见注意力\n\n下面的每幅图都由页面根据单元格里的代码块当场算出:不需要内核,也不需要网络。双击单元格,改一个数,图会跟着变。",
    "## 一个查询和它的键\n\n每个键的分数是它与查询的点积;softmax 把分数变成权重;输出是值的加权和。\n\n```attention\ntitle: h1 看 s1 … s4\nquery: { h1: [1, 0, 2] }\nkeys:  { s1: [1, 1, 0], s2: [0, 1, 1], s3: [2, 0, 1], s4: [1, 0, 1] }\nscore: dot\n```",
    "## 对齐\n\n译文的每个词来自原文的哪个词。\n\n```attention\ntitle: 我是中国人 → I am Chinese\nsource: [我, 是, 中国, 人]\ntarget: [I, am, Chinese]\nweights:\n  - [0.86, 0.08, 0.04, 0.02]\n  - [0.1, 0.82, 0.05, 0.03]\n  - [0.03, 0.05, 0.51, 0.41]\n```",
    "## 写你自己的\n\n```attention\nrows: [每, 行, 之和, 为, 1]\ncolumns: [a, b, c]\nweights:\n  - [0.8, 0.1, 0.1]\n  - [0.1, 0.8, 0.1]\n  - [0.1, 0.1, 0.8]\n  - [0.5, 0.5, 0]\n  - [0, 0.5, 0.5]\n```",
  ],
};

/** The notebook in a language, as its file holds it; without a kernel, for it needs none. */
export function exampleNotebook(language: Language): object {
  return {
    cells: texts[language].map((source, i) => ({ id: `example-${i + 1}`, cell_type: "markdown", metadata: {}, source })),
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  };
}
