"""The words that are recognised in files of data: headings, statuses, notes, and how periods are written."""

from __future__ import annotations

from .recognised_measures import ENGLISH_NUMBERS, NUMBERS

UNIT_HEADINGS = (
    "unit",
    "unit_id",
    "id",
    "code",
    "name",
    "区",
    "区县",
    "行政区",
    "地区",
    "区域",
    "单位名称",
    "省份",
    "區",
    "地區",
    "行政區",
    "縣市",
    "region",
    "district",
    "单元",
    "country",
    "country name",
    "country code",
    "geo",
    "ref_area",
    "location",
    "area",
    "territory",
    "geo_name",
)
PERIOD_HEADINGS = (
    "period",
    "期次",
    "时期",
    "周期",
    "期别",
    "季度",
    "月份",
    "年份",
    "年度",
    "年",
    "半年",
    "学年",
    "财年",
    "year",
    "half-year",
    "quarter",
    "month",
)
TIME_HEADINGS = ("time_period", "time period", "time", "时间")  # of statistical offices; not where all is of one period
DAY_HEADINGS = ("日期", "date", "day")  # only where periods are days: elsewhere a date may be anything's
INDICATOR_HEADINGS = ("indicator", "指标", "指标名称", "指标编号", "指标代码", "指标id", "indicator name", "series name")
VALUE_HEADINGS = ("value", "数值", "值", "指标值", "obs_value", "observation value")
STATUS_HEADINGS = ("status", "状态")
HAS_VALUE = frozenset({"value", "ok", "有值", "正常", "missing", "缺失", "缺报"})  # what a status column may say besides
SILENT_HEADINGS = frozenset(  # of columns that nothing asks for and nobody misses
    {
        "计量单位",
        "单位",
        "measure",
        "备注",
        "说明",
        "note",
        "notes",
        "序号",
        "no.",
        "填报单位",
        "部门",
        "department",
        "数据性质",
        "data_nature",
    }
)
SPAN_MARKS = (r"\.\.+", "至|到|～|~|—+|–|…", "-")
"""What stands between the first and the last of several periods, the surest first."""
WORDS_ABOVE = r"(?i)备注|附注|说明|编号|编码|代码|序号|清单|\b(?:notes?|remarks?|comments?|codes?|ids?|lists?|nos?\.?)\b"
"""What headings say of columns in which numbers are lists or names: 1,2 is there 1 and 2."""

# how a row begins that speaks about its table; a pattern as text, since most tables are read without it
NOTE = (
    r"(?i)\s*[（(\[【*]?\s*(?:注|备注|附注|说明|填表|制表|填报|审核|复核|联系|数据来源|资料来源|来源|notes?|remarks?|sources?)"
    r"(?:人|者|单位|部门|日期|时间|电话|说明)?\s*[0-9]*\s*[:：]"
)

# how a line above a table begins that says which indicator its values are of; the name follows, or stands in the next cell
INDICATOR_ABOVE = r"(?i)\s*(?:指标|指标名称|指標|indicator(?: name)?|series(?: name)?|variable)\s*[:：]\s*(.*)"
# how a line begins or ends that stands above a part of a table which goes on after a break of the page
CONTINUED = r"(?i)\s*[（(\[【]?\s*(?:续\s*(?:上|前)?\s*表|續\s*(?:上|前)?\s*表|表.{0,20}[（(]?[续續]|(?:上|前)表续|.*\b(?:continued|cont['’]?d\b|cont\.))"
CAPTION = r"(?i)\s*[（(\[【]?\s*(?:附?表\s*[0-9一二三四五六七八九十]|table\s*[0-9]|(?:计量)?单位|計量單位|unit of measure)"  # what may stand there besides
MEASURE_HEADINGS = ("单位", "计量单位", "單位", "計量單位", "unit", "units", "measure", "unit of measure", "unit of measurement")
MEASURE = (  # a unit of measurement, where it stands alone in a cell
    r"(?i)[\s（(\[【]*(?:.*[%％‰℃㎡㎞³²€$¥£=／/].*|每.*|per .*|in .*|.*(?:million|thousand|billion|hundred).*|#|no\.?|number|count|index|score|points?|ratio|rate"
    r"|yuan|rmb|cny|usd|us dollars?|dollars?|euros?|persons?|people|inhabitants|households?|units?|cases?|years?|months?|days?|hours?|minutes?|km2?|m2|m3"
    r"|sq\.? ?(?:km|m|mi)|ha|hectares?|acres?|kg|t|tons?|tonnes?|mwh|kwh|gwh"
    r"|.{0,7}[元人个個件户戶米里亩畝顷頃吨噸克升度次辆輛所家床张張座条條项項时時天日年月分秒岁歲倍级級名例起台套册部场場篇株头頭只口栋棟间間宗笔筆斤瓦焦点點万萬亿億千百位种種艘处處])"
    r"[\s）)\]】]*"
)
NO_WORD = r"[\s\-–—/\\.…·*]*"  # a cell that is filled so that it is not empty

# what a name of a period is made of besides its numbers, and what is added where one is made anew
PERIOD_PARTS = r"[0-9]+|[一二三四上中下](?=[半季旬期轮])"
PERIOD_WORDS = r"(?i)[\s_\-–—.,()（）\[\]【】]+|第|年度?|半年|季度?|月份?|[上中下]旬|[期次轮周日号]|(?<![a-z])(?:fy|cy|yr|year|quarter|month|week|[qhwmr])(?![a-z])"
ANEW = r"(?i)修[订正改]版?|更新|最新|新版?|终稿|定稿|final|new|rev(?:ised)?|update[d]?"

PART_NUMBERS = {
    "一": "1",
    "二": "2",
    "三": "3",
    "四": "4",
    "上": "1",
    "中": "2",
    "下": "3",
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "first": "1",
    "second": "2",
    "third": "3",
    "fourth": "4",
}
HALF_NUMBERS = {"上": "1", "下": "2", "前": "1", "后": "2", "一": "1", "二": "2", "first": "1", "second": "2"}
_TH = r"(?i:st|nd|rd|th)"
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
PERIOD_BEGINS = "[0-9Rr第]"
_YEAR = r"(?P<year>\d{4})"
_MONTH = r"(?P<month>0?[1-9]|1[0-2])"
_QUARTER = r"(?P<part>[1-4一二三四])"
_ROMAN = r"(?P<part>(?i:iii|ii|iv|i))"  # as NFKC writes what is one character
_NTH = rf"(?P<part>[1-4](?={_TH})|(?i:first|second|third|fourth))(?:{_TH})?(?i:quarter|qtr)"
_HALF = r"(?i:H|HY|S)(?P<half>[12])"
_NTH_HALF = rf"(?P<half>[12](?={_TH})|(?i:first|second))(?:{_TH})?(?i:half(?:-?year)?)"
_WEEK = r"(?i:W|week)(?P<week>0?[1-9]|[1-4]\d|5[0-3])"
_NAME = r"(?P<name>(?i:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?i:uary|ruary|ch|il|ust|ember|tember|ober)?)\.?"
_TO = r"(?:[-\u2010-\u2015\u2212~至到]|(?i:to))"
WORDED_DAYS = [
    rf"(?P<day>\d{{1,2}})(?:{_TH})?[-/.]?" + _NAME + r"[-/.,]?" + _YEAR,
    _NAME + rf"(?P<day>\d{{1,2}})(?:{_TH})?[-/.,]?" + _YEAR,
]
PERIOD_PATTERNS = {
    "year": [
        _YEAR + r"(?:年?度?|年[末底]|\.0)",  # 2021.0 is what a program writes that takes years for numbers
        r"(?i:YR|CY|FY|Y)-?" + _YEAR,
        r"(?:公元|截[至止])" + _YEAR + r"年[末底]?",
    ],
    "split-year": [r"(?i:FY|AY|SY)?" + _YEAR + r"年?(?:/|" + _TO + r")(?P<next>\d{4}|\d{2})(?:年|学年度?|年度|财年|财政年度)?"],
    "half-year": [
        _YEAR + r"年?[-/]?" + _HALF,
        _YEAR + r"年?度?第?(?P<half>[12上下前后一二])个?半年度?",
        _HALF + r"[-/]?" + _YEAR,
        r"(?P<half>[12])(?i:H)[-/]?" + _YEAR,
        _YEAR + r"年?度?(?P<half>[上下])",
        r"(?P<half>[上下])半年[-/]?" + _YEAR + r"年?",
        _NTH_HALF + r"(?i:of)?[-/,]?" + _YEAR,
        _YEAR + r"[-/,]?" + _NTH_HALF,
    ],
    "quarter": [
        _YEAR + r"年?[-/ ]?[Qq](?P<part>[1-4])",
        _YEAR + r"年?度?第?" + _QUARTER + r"季度?",
        _YEAR + r"年?[-/:]?第?" + _ROMAN + r"(?:季度?)?",
        _YEAR + r":(?P<part>[1-4])",
        _ROMAN + r"[-/]" + _YEAR,
        _NTH + r"(?i:of)?[-/,]?" + _YEAR,
        _YEAR + r"[-/,]?" + _NTH,
        r"(?i:quarter|qtr)\.?(?P<part>[1-4])[-/,]?" + _YEAR,
        _YEAR + r"[-/,]?(?i:quarter|qtr)\.?(?P<part>[1-4])",
        r"[Qq](?P<part>[1-4])[-/]?" + _YEAR,
        r"(?P<part>[1-4])[Qq][-/]?" + _YEAR,
    ],
    "month": [
        _YEAR + r"[-/.]" + _MONTH,
        _YEAR + r"年" + _MONTH + r"月份?",
        _YEAR + r"(?P<month>\d\d)(?:\.0)?",
        _YEAR + r"-?[Mm]" + _MONTH,
        _MONTH + r"[-/.]" + _YEAR,
        _YEAR + r"年?[-/.]?" + _NAME,
        _NAME + r"[-/.,]?" + _YEAR,
    ],
    "ten-day": [
        _YEAR + r"[-/.]" + _MONTH + r"-?T(?P<part>[1-3])",
        _YEAR + r"年" + _MONTH + r"月(?P<part>[上中下])旬",
    ],
    "week": [
        _YEAR + r"-?" + _WEEK,
        _YEAR + r"年第?(?P<week>\d{1,2})周",
        _WEEK + r"[-/,]?" + _YEAR,
    ],
    "day": [
        _YEAR + r"[-/.]" + _MONTH + r"[-/.](?P<day>\d{1,2})",
        _YEAR + r"年" + _MONTH + r"月(?P<day>\d{1,2})[日号]",
        _YEAR + r"(?P<month>\d\d)(?P<day>\d\d)",
        *WORDED_DAYS,
    ],
    "round": [r"[Rr]?(?P<round>\d{1,4})", r"第(?P<round>\d{1,4})[轮期次]"],
}
CHINESE_YEAR = r"^[〇零○0O一二三四五六七八九]{4}(?=年)"
MINGUO = r"^(?:中[华華])?民[国國](?P<year>\d{1,3}|元)(?=年)"  # years of Taiwan: 民國111年 is 2022
CHINESE_MONTHS = dict(
    zip(["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"], map(str, range(1, 13)), strict=True)
)
CHINESE_MONTH = rf"(?<=年)(?:{'|'.join(sorted(CHINESE_MONTHS, key=len, reverse=True))})(?=月)"
CHINESE_DIGITS = str.maketrans("〇零○O一二三四五六七八九", "0000123456789")
SHORT_YEAR = (  # 4Q22, Jan-22, FY22
    r"(?i)((?:[CF]Y|[1-4]Q|Q[1-4]|[12]H|H[12])(?=[-'’0-9])|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*(?=[-'’]))"
    r"[-'’]?([0-9]{2})"
)
# a short name whose characters stand one by one, as tables are printed; a year and its parts are two
SPREAD = r"(?!\s*[年月日季周旬](?: +[年月日季周旬])+\s*$)\s*[\u4e00-\u9fff](?: +[\u4e00-\u9fff]){1,3}\s*"
_FIRST, _LAST = (r"(?P<first>0?[1-9]|1[0-2])", r"(?P<last>0?[1-9]|1[0-2])")
_NAMES = _NAME.replace("name", "first") + _TO + _NAME.replace("name", "last")
MONTHS_TOGETHER = [  # several months of a year, from one to another
    _YEAR + r"[年./-]" + _FIRST + r"月?份?" + _TO + _LAST + r"月份?",
    _YEAR + r"年?[-/.]?" + _NAMES,
    _NAMES + r"[-/.,]?" + _YEAR,
]
# what is counted from January on: the pattern, and how many months the number in it stands for, or all are
SINCE_JANUARY = [
    (_YEAR + r"年?(?:1|一)" + _TO + r"(?P<parts>[1-4一二三四])季度", 3),
    (_YEAR + r"年?前(?P<parts>[1-4一二三四])个?季度", 3),
    (_YEAR + r"年?(?P<parts>上)半年度?", 6),
    (_YEAR + r"年?第?(?P<parts>[一1])季度?", 3),
    (_YEAR + r"年?(?P<parts>全)年", 12),
]
ADDED_UP = r"(?i)[(\[]?(?:累计数?|ytd|year[- ]?to[- ]?date)[)\]]?$"
# marks of numbers that may still change, or have been changed, at the end of a period
_PROVISIONAL = (
    r"[prebs]|prov|provisional|prelim|preliminary|rev|revised|est|estimated?"
    r"|年?(?:初步|快报|修订|修正|调整|最终|暂定|暂估|估计|初核)(?:核算|核实|统计|估计)?(?:数据?|值)?|最终核实数?"
)
MARKED = (
    r"(?i)(?P<period>.+?)(?<=[\d\u4e00-\u9fff])\s*"
    rf"(?:[(\[]\s*(?P<bracket>(?:{_PROVISIONAL})\.?)\s*[)\]]|(?P<mark>(?:{_PROVISIONAL})\.?|\*+))"
)
WHOLE_YEAR = "全年"
PART_FORMS = {  # how a part of a year is written behind the year, where it stands for itself as a number
    "month": ("{year}年{part}", "{year}年{part}月"),
    "quarter": ("{year}年{part}", "{year}年{part}季度"),
    "half-year": ("{year}年{part}", "{year}年{part}半年"),
    "week": ("{year}年{part}", "{year}年{part}周", "{year}-{part}"),
    "ten-day": ("{year}年{part}", "{year}-{part}"),
    "day": ("{year}年{part}", "{year}-{part}"),
}
MONTH_ENDS, DAY_ENDS = "月$", "[日号]$"
SEVERAL_PARTS = {"day": ("{month}-{last}",), "ten-day": ("{month}月{last}", "{month}-T{last}")}  # of a month and what is in it
PERIOD_DATE = (
    r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?:[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?"
    r"|(?P<year2>\d{4})年(?P<month2>\d{1,2})月(?P<day2>\d{1,2})[日号]"
)
# a year with something behind it, such as the number of a footnote, that is no mark known above, and not what a column of its own is called
LIKE_A_PERIOD = r"\d{4}\s*年?\s*(?:[A-Za-z]{1,2}|[(\[][^()\[\]\d%]{1,4}[)\]]|预[计测估]数?|计划数?|目标值?)|(?:19|20)\d{3,4}"
PART_HEADINGS = {  # of columns that say a part of a year, beside one of years
    "half-year": ("半年", "半年度", "half-year", "half", "期别", "期次"),
    "quarter": ("季度", "季", "quarter", "qtr"),
    "month": ("月份", "月", "month"),
    "week": ("周", "周次", "week"),
}
YEAR_HEADINGS = ("年份", "年度", "年", "year", "years", "统计年度")

SECONDS = {  # how many seconds a measure of time is
    name: seconds
    for names, seconds in (
        (("秒", "秒钟", "s", "sec", "secs", "second", "seconds"), 1.0),
        (("分钟", "min", "mins", "minute", "minutes"), 60.0),
        (("小时", "h", "hr", "hrs", "hour", "hours"), 3600.0),
        (("天", "日", "d", "day", "days"), 86400.0),
    )
    for name in names
}
MULTIPLES = {  # what a number is multiplied by that such a word follows; the longer of two comes first
    **{word: float(NUMBERS[word]) for word in sorted(NUMBERS, key=len, reverse=True) if NUMBERS[word] >= 1000},
    **{word: float(ENGLISH_NUMBERS[word]) for word in ("billion", "bn", "million", "mn", "thousand")},
    "M": 1e6,
    "K": 1e3,
    "k": 1e3,
}
DATE = (  # dates in the cells of numbers; a pattern as text, since most cells are numbers
    r"(?i)\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?: \d{1,2}:\d\d.*)?|(?:\d{4}年)?\d{1,2}月(?:\d{1,2}[日号])?|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}"
    r"|\d{1,2}[- ](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?:[- ]\d{2,4})?"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[- ]\d{1,4}"
)

# what a file under the ending of a workbook may be instead
TEXT, WEB_PAGE, XML_WORKBOOK = (
    ("text", "文本"),
    ("a web page", "网页"),
    ("a workbook of Excel 2003 in XML", "Excel 2003 的 XML 工作簿"),
)
WORKBOOKS = {
    ".xls": ("a workbook of Excel 97 to 2003 (.xls)", "旧版 Excel 工作簿（.xls）"),
    ".xlsx": ("a workbook of Excel 2007 or later (.xlsx)", "新版 Excel 工作簿（.xlsx）"),
}
