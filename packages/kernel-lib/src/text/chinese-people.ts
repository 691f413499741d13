/**
 * The people of a country is one word (as in the Penn Chinese Treebank's guidelines, and in 我 | 是 | 中国人), but jieba's dictionary
 * has only the country and 人. These are added to it.
 */
const countries =
  "中国 外国 美国 英国 法国 德国 俄国 俄罗斯 日本 韩国 朝鲜 印度 越南 泰国 缅甸 老挝 柬埔寨 马来西亚 新加坡 印尼 菲律宾 蒙古 巴基斯坦 伊朗 伊拉克 " +
  "以色列 阿拉伯 土耳其 埃及 希腊 意大利 西班牙 葡萄牙 荷兰 比利时 瑞士 瑞典 挪威 丹麦 芬兰 波兰 捷克 奥地利 匈牙利 乌克兰 爱尔兰 加拿大 墨西哥 " +
  "巴西 阿根廷 智利 澳大利亚 新西兰 南非 非洲 欧洲 亚洲";

export const peopleOfCountries: readonly string[] = countries.split(" ").map((country) => `${country}人`);
