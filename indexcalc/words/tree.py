"""What is said of a tree's text beside its findings: kinds of values, what YAML stumbled over, names that are made; English, Chinese."""

from __future__ import annotations

EXPECTED = {
    "string": ("text", "文本"),
    "float": ("a number", "数字"),
    "int": ("a whole number", "整数"),
    "bool": ("true or false", "true 或 false"),
    "tuple": ("a list, in [ ] or with '- ' before each entry", "列表（写在 [ ] 中，或每项前加“- ”）"),
    "list": ("a list, in [ ] or with '- ' before each entry", "列表（写在 [ ] 中，或每项前加“- ”）"),
    "dict": ("keys with values", "“键: 值”"),
    "model": ("keys with values", "“键: 值”"),
    "method": ("the name of a method, or { } with `method:` and its parameters", "方法名称，或含 `method:` 及其参数的 { }"),
    "fraction": ("a number or a fraction such as 1/3", "数字或分数（如 1/3）"),
}
TOO_DEEP = {  # what is nested, and what is to be done about it
    "anchor": ("an anchor & contains itself: write the value out", "请把内容写全：锚点 & 包含了自身"),
    "brackets": ("close the brackets that are opened here", "请闭合此处打开的括号"),
    "blocks": ("put fewer dimensions into each other: {} of them at most", "请减少维度的层数，最多 {} 层"),
}
YAML_LIKELY = ("a quotation mark, a bracket, a space after a colon", "引号、括号、冒号后的空格")
YAML_CLEAR = {  # nothing needs to be looked for where libyaml says one of these
    "but found another document",
    "found undefined alias",
    "did not find expected alphabetic or numeric character",
    "found character that cannot start any token",
    "found unknown escape character",
    "block sequence entries are not allowed in this context",
}
YAML_PROBLEMS = {  # what libyaml says, and what it means to who wrote the file
    "could not find expected ':'": (
        "a key needs ': ' after it",
        "键后面须有“: ”（英文冒号加空格）",
    ),
    "mapping values are not allowed in this context": (
        "no key can begin here",
        "此处不能开始一个键",
    ),
    "did not find expected ',' or '}'": (
        "{ … } is not closed, or text in it needs quotes",
        "{ … } 没有闭合，或其中的文字需要加引号",
    ),
    "did not find expected ',' or ']'": (
        "[ … ] is not closed, or text in it needs quotes",
        "[ … ] 没有闭合，或其中的文字需要加引号",
    ),
    "but found another document": (
        "--- begins a second document",
        "--- 之后成了第二份文档",
    ),
    "did not find expected key": (
        "this is not indented like the lines beside it, or follows a closed quotation",
        "缩进与上下行不一致，或引号结束后另有文字",
    ),
    "did not find expected '-' indicator": (
        "this is not indented like the list above it",
        "缩进与上面的列表不一致",
    ),
    "did not find expected node content": (
        "a value is missing",
        "此处缺少内容",
    ),
    "did not find expected <document start>": (
        "something follows where the text has ended",
        "正文结束之后另有内容",
    ),
    "found undefined alias": (
        "a * refers to a & that is not there; text that begins with * needs quotes",
        "* 引用了不存在的 &；以 * 开头的文字需要加引号",
    ),
    "did not find expected alphabetic or numeric character": (
        "text that begins with * or & needs quotes",
        "以 * 或 & 开头的文字需要加引号",
    ),
    "found character that cannot start any token": (
        "text cannot begin with this character without quotes",
        "不加引号的文字不能以此字符开头",
    ),
    "found unknown escape character": (
        "between double quotes \\ has a meaning of its own; write / or use single quotes",
        "双引号内的 \\ 有特殊含义，请改用 / 或单引号",
    ),
    "block sequence entries are not allowed in this context": (
        "a '- ' has to begin its line",
        "“- ”必须写在行首",
    ),
}
AS_A_CODE = ('write a code or name in quotes, "{}"', '请把编号或名称加引号写成 "{}"')
AS_A_NUMBER = ("a number as {}", "请把数字写成 {}")
NOT_DEFINED = (" in {}", "：{}")  # where, or for what reason, weights are not
WEIGHT_MISSING = ("is missing", "还差")
WEIGHT_BEYOND = ("is too much", "超出")
WEIGHTS_AS_PRINTED = (
    "`aggregate: {}` at the node takes them as they stand",
    "在该指标处写 `aggregate: {}` 则按原样使用",
)
WEIGHTS_RESCALED = (
    "`weights: relative` rescales them, which moves scores",
    "写 `weights: relative` 则按比例折算，得分会变",
)
SCORES_OF_LEVEL = ("{level} scores", "{level}得分")

TIME_BEFORE = ("before {until}", "{until} 之前")
TIME_FROM = ("from {since} on", "{since} 起")
TIME_BETWEEN = ("from {since} to before {until}", "{since} 起至 {until} 之前")
"""When the tree of a stretch of time holds."""

TAKEN = {  # what is taken of the events of a log
    "count": ("count", "事件数"),
    "peak": ("most in a day", "单日最多事件数"),
    "days": ("days with an event", "有事件的天数"),
    "sum": ("sum of {of}", "{of}合计"),
    "distinct": ("distinct of {of}", "{of}不同值的个数"),
    "min": ("min of {of}", "{of}最小值"),
    "max": ("max of {of}", "{of}最大值"),
    "percentile": ("percentile {at:g} of {of}", "{of}的{at:g}分位数"),
    "severity": ("weights of {of}", "按{of}折算合计"),
}
TAKEN_WHERE = ("{what} where {condition}", "{what}（{condition}）")
