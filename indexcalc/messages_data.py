"""The words of findings in files of data: found, opened, decoded, laid out as a table, read as numbers.

Same order of words and same style as `messages.py`, which puts them among the others.
"""

from __future__ import annotations

from typing import Literal

Row = tuple[Literal["error", "warning", "note"], str, str, str, str, str, str]

DATA_MESSAGES: dict[str, Row] = {
    "IC301": (
        "error",
        "there is no file '{path}'",
        "没有文件“{path}”",
        "did you mean '{near}'?",
        "是否应为“{near}”？",
        "Paths start from the folder of indicators.yaml. Upper and lower case count.",
        "路径从 indicators.yaml 所在文件夹算起，区分大小写。",
    ),
    "IC302": (
        "error",
        "no file fits '{path}'",
        "没有与“{path}”相符的文件",
        "the nearest name is '{near}'",
        "最接近的名称是“{near}”",
        (
            "A * stands for any text within one name, ** for any folders, 'period' in braces for the period. Lock "
            "files of an open workbook (~$…) and hidden files do not count."
        ),
        "* 代表名称中的任意文字，** 代表任意层文件夹，花括号中的 period 代表期次。打开工作簿时产生的锁文件（~$…）和隐藏文件不计。",
    ),
    "IC303": (
        "error",
        "cannot be read: {problem}",
        "无法读取：{problem}",
        "close the file elsewhere, or ask for the right to read it",
        "请在其他程序中关闭该文件，或申请读取权限",
        "The system refused to open the file. Nothing is wrong with what it holds, as far as can be seen.",
        "系统拒绝打开该文件，与文件内容无关。",
    ),
    "IC304": (
        "error",
        "the kind of file '{suffix}' is not known",
        "不支持“{suffix}”类型的文件",
        "use one of {known}, or narrow the pattern",
        "请改用 {known} 之一，或缩小匹配范围",
        "The ending of the name says how a file is read.",
        "按文件名后缀决定读取方式。",
    ),
    "IC305": (
        "error",
        "damaged, or not what its ending says: {problem}",
        "文件已损坏，或内容与后缀不符：{problem}",
        "open it, save it again under the same ending, or ask for it again",
        "请打开后按原后缀重新保存，或请报送单位重新提供",
        "The file could be opened but not understood; downloads and mails that were cut off end like this.",
        "文件能打开但无法解析，常见于下载或邮件传输中断。",
    ),
    "IC306": (
        "error",
        "no sheet '{sheet}'; the sheets are {known}",
        "没有工作表“{sheet}”，现有工作表：{known}",
        "did you mean '{near}'?",
        "是否应为“{near}”？",
        "`sheet:` under data is a sheet's name or a pattern with * or 'period' in braces.",
        "data 下的 `sheet:` 为工作表名称，或含 *、花括号 period 的匹配式。",
    ),
    "IC307": (
        "error",
        "neither UTF-8 nor GB18030: the bytes stop making sense at offset {offset}, line {line}",
        "既不是 UTF-8 也不是 GB18030 编码：从第 {offset} 字节（第 {line} 行）起无法识别",
        "save the file as CSV UTF-8",
        "请另存为“CSV UTF-8”格式",
        (
            "A file that begins as UTF-8 and then breaks is not tried as GB18030: it would turn into wrong characters that "
            "look like text."
        ),
        "前段为有效 UTF-8 而后段出错的文件，不再按 GB18030 解读，以免整份文件变成看似正常的乱码。",
    ),
    "IC308": (
        "error",
        "empty: there is no header row",
        "内容为空，没有表头行",
        "fill it, or take it out of the pattern",
        "请补充内容，或将其移出匹配范围",
        "A table needs one row with the names of its columns.",
        "每张表至少要有一行列名。",
    ),
    "IC309": (
        "warning",
        "a header, but no records below it",
        "只有表头，没有数据行",
        "ask whether the data are still to come",
        "请确认数据是否尚未报送",
        "The table is read and adds no value.",
        "该表已读取，但未提供任何数值。",
    ),
    "IC310": (
        "error",
        "the column name '{name}' appears twice; first in column {first}",
        "列名“{name}”重复出现，首次出现在 {first} 列",
        "rename one of the two columns",
        "请修改其中一列的列名",
        (
            "Which of the two was meant cannot be known. Under stacked headers the names of the groups count too, so that "
            "the same name may stand under two groups."
        ),
        "无法判断应取哪一列。多层表头会连同上层名称一起比较，不同分组下可以同名。",
    ),
    "IC311": (
        "error",
        "a quotation mark in the record that begins here is not closed, or text follows where it closes",
        "从本行开始的记录中，引号没有成对，或引号之后另有文字",
        'close it, or write a quotation mark inside of text twice: ""',
        '请补全引号；文字中的引号应写两遍：""',
        "Everything after an open quotation mark would be read as one cell, and records would be lost.",
        "引号不成对时，后面的内容会被并入同一单元格，造成数据行丢失。",
    ),
    "IC312": (
        "error",
        "{count} cells, but the header has {expected}",
        "本行有 {count} 个单元格，而表头只有 {expected} 个",
        "look for a comma inside of a number or a name, and put that cell in quotation marks",
        "请检查数字或名称中是否含逗号，含逗号的单元格须加引号",
        "Cells beyond the header belong to no column, and those before may stand one column too far right.",
        "多出的单元格不属于任何一列，前面的单元格也可能已错位。",
    ),
    "IC313": (
        "error",
        "{count} cells, but the header has {expected}",
        "本行只有 {count} 个单元格，而表头有 {expected} 个",
        "write empty cells as commas, and look for a comma that is missing",
        "空单元格也要保留逗号，并请检查是否漏写逗号",
        "Where a comma is missing, all cells after it stand in the wrong column.",
        "漏写一个逗号，其后的数值都会落入错误的列。",
    ),
    "IC314": (
        "error",
        "'{found}' is not a number",
        "“{found}”不是数值",
        'leave the cell empty, or add "{found}" to `missing:` under data',
        "请将单元格留空，或把“{found}”加入 data 下的 `missing:`",
        (
            "Read as numbers: decimals, 1,234.5, exponents, full-width digits. Not guessed: numbers with units of measurement "
            "or remarks, ranges, several points."
        ),
        "可识别：小数、千分位（1,234.5）、科学计数、全角数字。不猜测：带单位或备注的数字、区间、含多个小数点的数字。",
    ),
    "IC315": (
        "error",
        "'{found}' has a percent sign, but the indicator's measure is not %",
        "“{found}”带百分号，但该指标的计量单位不是 %",
        "write `measure: '%'`, or take the percent sign away",
        "请在指标中写明 `measure: '%'`，或去掉百分号",
        "85.3% is read as 85.3 where the measure is %. Cells of a workbook that show a percentage count as written so.",
        "计量单位为 % 时，85.3% 读作 85.3；工作簿中以百分比格式显示的单元格同样按显示内容读取。",
    ),
    "IC316": (
        "error",
        "the spreadsheet shows the error {found}",
        "单元格显示错误值 {found}",
        "mend the formula, or leave the cell empty",
        "请修正公式，或将单元格留空",
        "An error is not a missing value: the number may exist, and only its formula is broken.",
        "错误值不等于缺失：数据可能存在，只是公式出错。",
    ),
    "IC317": (
        "error",
        "unpacks to too much: {size} in {members} parts",
        "解压后过大：{size}，共 {members} 个部分",
        "save the sheet that is needed as CSV",
        "请将所需工作表另存为 CSV",
        (
            "A workbook may unpack to 1 GiB, have 20,000 parts, and shrink no large part more than a thousandfold. More is "
            "the mark of a file made to exhaust the computer."
        ),
        "工作簿解压后不得超过 1 GiB、20000 个部分，较大部分的压缩比不得超过 1000 倍；超出者可能是恶意文件。",
    ),
    "IC318": (
        "error",
        "ends in {suffix}, but holds {kind}",
        "后缀为 {suffix}，内容却是 {kind} 格式",
        "open it and save it as {suffix}, or rename it",
        "请打开后另存为 {suffix}，或改正后缀",
        "Some systems export a web page or a newer workbook under an old ending; Excel opens it after a warning.",
        "部分业务系统会把网页或新版工作簿以旧后缀导出，Excel 提示后仍可打开。",
    ),
    "IC319": (
        "error",
        "holds zero bytes: this is no text file",
        "含有空字节，不是文本文件",
        "save the table again as CSV UTF-8",
        "请重新另存为“CSV UTF-8”格式",
        "Zero bytes come from binary files, from UTF-16 without its mark, and from disks that lost data.",
        "空字节常见于二进制文件、无标记的 UTF-16 文件，或磁盘写入异常的文件。",
    ),
    "IC320": (
        "error",
        "row {row} is given as the header, but is empty",
        "`header:` 指定第 {row} 行为表头，但该行为空",
        "correct `header:` under data",
        "请更正 data 下的 `header:`",
        "`header:` counts the rows of the sheet, or the lines of the text file, from 1.",
        "`header:` 从 1 起按工作表的行号（文本文件按行号）计数。",
    ),
    "IC321": (
        "note",
        "column '{name}' holds {kind}, which is no single value; it is not read",
        "列“{name}”为 {kind} 类型，不是单一数值，未读取",
        "",
        "",
        "Lists, structures and bytes in a Parquet file have no place in a table.",
        "Parquet 文件中的列表、结构和二进制列无法作为表格读取。",
    ),
    "IC322": (
        "error",
        "formulas whose results were never saved: {count}, the first one here",
        "有 {count} 个公式没有保存计算结果，此处为第一个",
        "open the workbook in Excel or WPS and save it",
        "请用 Excel 或 WPS 打开并保存该工作簿",
        "Programs that write workbooks often leave formulas uncomputed. Read as it is, such a cell would count as missing.",
        "由程序生成的工作簿常常不含公式结果；直接读取会被当作缺失。",
    ),
    "IC323": (
        "error",
        "'{path}' is a folder",
        "“{path}”是文件夹",
        "name the files in it: {path}/*.csv",
        "请写明其中的文件：{path}/*.csv",
        "A folder is not read by itself, so that nothing is read that was not meant.",
        "不会自动读取整个文件夹，以免误读无关文件。",
    ),
    "IC324": (
        "error",
        "the sheet reaches as far as {cell}, nearly all of it empty",
        "工作表的内容一直延伸到 {cell}，其中几乎全为空",
        "clear what stands far away in the sheet, and save it",
        "请清除远处的多余内容后保存",
        "A stray entry in the last rows and columns makes a sheet of billions of cells.",
        "最末行列的一个多余字符，会使工作表变成数十亿个单元格。",
    ),
    "IC330": (
        "note",
        "not a record: '{note}'",
        "非数据行，已跳过：“{note}”",
        "",
        "",
        "Rows with a single text, rows after a gap and rows such as 'Source: …' speak about the table.",
        "只有一处文字的行、空行之后的单格行，以及“注：”“填表人：”之类的行，视为表外说明。",
    ),
    "IC331": (
        "error",
        "protected by a password",
        "文件设有打开密码",
        "save it without a password",
        "请取消密码后重新保存",
        "A protected workbook cannot be read; passwords are not asked for, so that none is stored.",
        "无法读取加密的工作簿；本工具不索取密码，也不保存密码。",
    ),
    "IC367": (
        "note",
        "only this sheet is read; there is also {others}",
        "只读取此工作表，另有：{others}",
        "name a sheet, or a pattern such as `*` or `{{period}}`, in `sheet:`",
        "可在 `sheet:` 中写明工作表，或用 `*`、`{{period}}` 匹配多张",
        "Without `sheet:` the first sheet that has any cell is read.",
        "未写 `sheet:` 时读取第一张有内容的工作表。",
    ),
    "IC332": (
        "note",
        "the hidden sheet '{sheet}' fits the pattern and is not read",
        "隐藏工作表“{sheet}”与匹配式相符，但未读取",
        "unhide it, or name it in `sheet:`",
        "如需读取，请取消隐藏，或在 `sheet:` 中写明其名称",
        "Hidden sheets mostly hold drafts and lists of choices.",
        "隐藏工作表多为草稿或下拉选项。",
    ),
    "IC333": (
        "note",
        "column {column} has values but no name",
        "{column} 列有内容但没有列名",
        "name it in the header row if it is needed",
        "如需使用，请在表头补写列名",
        "A column is found by its name; one without cannot be used.",
        "按列名取数，没有列名的列不会被使用。",
    ),
    "IC334": (
        "warning",
        "errors such as #DIV/0! cannot be told from empty cells in this file",
        "无法在该文件中区分 #DIV/0! 等错误值与空单元格",
        "save it again as .xlsx",
        "请另存为 .xlsx 格式",
        "The workbook is built in an unusual way. Its values are read; errors in it would count as missing.",
        "该工作簿的内部结构特殊：数值可以读取，但错误值会被当作缺失。",
    ),
    "IC840": (
        "error",
        "{node}: '{found}' is no way to bring scores up to the next level",
        "{node}：“{found}”不是由下级单元得分汇总的方式",
        "use one of {known}",
        "可用：{known}",
        (
            "Scores of the units below are averaged, averaged with a denominator such as population as weight, added up, or the "
            "lowest or highest of them is taken."
        ),
        "下级单元的得分可以取平均、按分母（如常住人口）加权平均、求和，或取最低、最高。",
    ),
    "IC841": (
        "error",
        "{node} is made of the scores of units below, but units are on one level",
        "{node} 由下级单元得分汇总，但单元没有分层级",
        "name the column of levels: units: {{level: ...}}",
        "请补充 units: {{level: 列名}}",
        "Units stand on several levels only where `units.level` names the column that tells them apart.",
        "只有用 `units.level` 指明层级列，单元才分层级。",
    ),
    "IC842": (
        "error",
        "the formula of {node} names {name}, which is not made where the score of {below} comes from the units below",
        "{node} 的公式引用了 {name}；{below} 的得分由下级单元汇总时，{name} 在上级没有得分",
        "name {below} instead, or give {name} a `score_over_units` of its own",
        "请改为引用 {below}，或为 {name} 单独声明 `score_over_units`",
        "A node whose score comes from the units below is a leaf for the units above: what it is made of is scored below.",
        "得分由下级单元汇总的节点，在上级相当于末级指标：它的下级指标只在下级单元计分。",
    ),
    "IC843": (
        "error",
        "{node}: there is no level '{found}'",
        "{node}：没有层级“{found}”",
        "the levels are {known}",
        "现有层级：{known}",
        "A level is what stands in the column of levels of the units table.",
        "层级以单元表层级列中的写法为准。",
    ),
    "IC844": (
        "error",
        "unit {unit} of level '{found}' is part of a unit of level '{level}', so scores cannot be brought up",
        "单元 {unit}（{found}）直属于层级“{level}”的单元，得分无法逐级汇总",
        "its level would have to be '{wanted}', as that of the other units right below",
        "其层级应为“{wanted}”，与其他直属下级单元一致",
        (
            "Where scores come from below, all units right below those of one level are of one level too: they are compared with "
            "each other."
        ),
        "得分由下级汇总时，某一层级单元的直属下级必须同属一个层级，因为下级单元在本层级内相互比较。",
    ),
    "IC845": (
        "note",
        "{node} of units of level '{level}' is made of the scores of level '{below}': {how}",
        "{node} 在层级“{level}”的得分由“{below}”的得分汇总：{how}",
        "",
        "",
        "What the node is made of is scored at the level below; `explain` shows the scores of the units below.",
        "该节点的下级指标在下级单元计分；`explain` 会列出各下级单元的得分。",
    ),
    "IC846": (
        "note",
        "{names} of {node} are left to level '{below}', and are not counted once more at level '{level}'",
        "{node} 的 {names} 只用于层级“{below}”，在层级“{level}”不重复计算",
        "",
        "",
        (
            "Adjustments and warning rules of a node whose score comes from below have been applied to the units below. To "
            "adjust the units above, name a node above it."
        ),
        "得分由下级汇总的节点，其加减分和预警规则已用于下级单元；要调整上级单元，请写在更上一级的节点。",
    ),
    "IC847": (
        "error",
        "{node} is made of the scores of units below, which scoring in blocks does not do",
        "{node} 由下级单元得分汇总，分块计分不支持",
        "score with --no-blocks, or the lowest level with --level",
        "请用 --no-blocks 计分，或用 --level 只计最低层级",
        "In blocks one level is scored at a time. Without them the level below is scored first.",
        "分块计分一次只处理一个层级；不分块时先计下级单元的得分。",
    ),
}
