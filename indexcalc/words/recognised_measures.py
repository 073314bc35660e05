"""The units of measurement that are recognised in headings, in rows of data and in trees, with what each is of its kind."""

from __future__ import annotations

MEASURE_HEADINGS = (
    "计量单位",
    "单位",
    "数据单位",
    "指标单位",
    "measure",
    "unit of measure",
    "unit of measurement",
    "units",
    "unit",
)
MEASURE_SAID = r"(?i:(?:(?:计量|数据|指标|金额)?单\s*位|units?(?:\s+of\s+measure(?:ment)?)?|in)\s*[:：]\s*|in\s+)"
"""What may stand before a unit of measurement: 单位：, unit:, in."""
INTRODUCED = r"(?i:(?:(?:计量|数据|指标|金额)?单\s*位|units?(?:\s+of\s+measure(?:ment)?)?)\s*[:：]\s*)"
CURRENCY = r"人民币(?=.+元$)"  # 人民币万元 is 万元

EACH = "每"
RATES = (
    "每",
    "均",
    "率",
    "per",
    "rate",
    "average",
)  # in the name of a rate, whose unit of measurement may leave out of what it is one
HEADS = ("人", "户", "人口", "名", "位", "年", "月", "周", "日", "天")  # behind a slash: a head, a household, a year

NUMBERS = {
    "十": 10,
    "百": 10**2,
    "千": 10**3,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "十亿": 10**9,
    "百亿": 10**10,
    "千亿": 10**11,
    "万亿": 10**12,
}
ENGLISH_NUMBERS = {
    "hundred": 10**2,
    "hundreds": 10**2,
    "thousand": 10**3,
    "thousands": 10**3,
    "'000": 10**3,
    "000s": 10**3,
    "'000s": 10**3,
    "million": 10**6,
    "millions": 10**6,
    "mn": 10**6,
    "mln": 10**6,
    "billion": 10**9,
    "billions": 10**9,
    "bn": 10**9,
    "trillion": 10**12,
    "trillions": 10**12,
}

# each kind with its units: how many of the kind's own unit one is, as a whole number or a fraction
_KINDS: dict[str, dict[str, str]] = {
    "ratio": {
        "1/100": "% 百分比 百分点 个百分点 percent per_cent pct percentage percentage_point percentage_points",
        "1/1000": "‰ 千分比 千分点 per_mille permille per_mil",
        "1/10000": "‱ 万分比",
    },
    "yuan": {"1": "元 人民币元 元人民币 人民币 rmb cny yuan rmb_yuan yuan_rmb renminbi"},
    "us dollar": {"1": "美元 usd us$ us_dollar us_dollars dollar dollars $"},
    "hong kong dollar": {"1": "港元 港币 hkd hk$"},
    "euro": {"1": "欧元 eur euro euros €"},
    "yen": {"1": "日元 jpy yen"},
    "pound": {"1": "英镑 gbp £"},
    "kilogram": {
        "1/1000000000": "微克 μg ug",
        "1/1000000": "毫克 mg",
        "1/1000": "克 g gram grams",
        "1/2": "斤 市斤",
        "1": "千克 公斤 kg kilogram kilograms",
        "1000": "吨 公吨 t ton tons tonne tonnes metric_ton metric_tons",
    },
    "kilogram of coal": {"1": "千克标准煤 公斤标准煤 kgce", "1000": "吨标准煤 吨标煤 tce"},
    "square metre": {
        "1": "平方米 平米 m2 sq_m sqm square_metre square_metres square_meter square_meters",
        "2000/3": "亩 市亩 mu",
        "10000": "公顷 ha hectare hectares",
        "1000000": "平方公里 平方千米 km2 sq_km sqkm square_kilometre square_kilometres square_kilometer square_kilometers",
    },
    "cubic metre": {
        "1/1000": "升 公升 litre litres liter liters",
        "1": "立方米 m3 cubic_metre cubic_metres cubic_meter cubic_meters",
    },
    "metre": {
        "1/1000": "毫米 mm",
        "1/100": "厘米 cm",
        "1": "米 metre metres meter meters",
        "1000": "公里 千米 km kilometre kilometres kilometer kilometers",
    },
    "kilowatt hour": {"1": "千瓦时 千瓦小时 kwh", "1000": "兆瓦时 mwh", "1000000": "吉瓦时 gwh"},
    "kilowatt": {"1": "千瓦 kw", "1000": "兆瓦 mw"},
    "hour": {"1/3600": "秒 second seconds", "1/60": "分钟 minute minutes min mins", "1": "小时 hour hours h"},
    "day": {"1": "天 日 day days", "7": "周 week weeks"},
    "working day": {"1": "工作日 个工作日 working_day working_days"},
    "month": {"1": "月 个月 month months"},
    "year": {"1": "年 岁 year years"},
    "times": {"1": "倍 times"},
    "point": {"1": "分 point points score"},
    "person": {"1": "人 名 位 人口 person persons people inhabitant inhabitants resident residents population capita head heads"},
    "visit": {"1": "人次 人次数 visit visits person-times"},
    "household": {"1": "户 household households"},
    "thing": {
        "1": "个 件 起 宗 例 次 项 条 处 座 所 家 辆 台 张 套 份 篇 批 批次 件次 栋 幢 间 本 册 部 艘 架 株 头 只 "
        "案 单 场 支 床 枚 笔 宗次 case cases number count counts item items vehicle vehicles bed beds establishment establishments "
        "incident incidents event events"
    },
}
KIND_OF = {
    name.replace("_", " "): (kind, size)
    for kind, sizes in _KINDS.items()
    for size, names in sizes.items()
    for name in names.split()
}
MINUTES = frozenset({"point", "hour"})  # 分 is a point and a minute
UNCLEAR = (  # kinds that one word may mean both of: people are counted as cases too
    MINUTES,
    frozenset({"thing", "person"}),
    frozenset({"thing", "household"}),
    frozenset({"thing", "visit"}),
    frozenset({"thing", "times"}),
    frozenset({"day", "working day"}),
)
TIMES = frozenset({"hour", "day", "working day", "month", "year"})  # with a number they are spans: a mean over 24 hours
COUNTED = frozenset({"thing", "person", "household", "visit"})
SYMBOLS = frozenset(
    {"%", "‰", "‱", "m2", "m3", "km2", "ha", "kg", "mm", "cm", "km", "kwh", "mwh", "gwh", "tce", "rmb", "cny", "usd", "hkd"}
)
"""What may stand behind a heading and a space, without a bracket, in letters that are no words."""
SINGLE = frozenset("人户件起元吨亩米")
"""What may do so of single Chinese characters."""

# what a name says of its values, in any case
_CHANGES = "增 减 降 升 涨 跌 变化 变动 波动 同比 环比 比上年 比上期 较上 提高 偏离 误差 温度"
_BALANCES = "净 差 余额 平衡 盈余 盈亏 负债 杠杆 拨备 利润 回报 收益 报酬"
_RATIOS = (
    "毛入学 完成率 完成比 完成进度 达成 进度 抚养 性别比 周转 自给 产销 使用率 利用率 入住率 负荷 存贷 贷存 流动比 速动比 "
    "指数 相当于 之比 比率 倍 密度 强度 负担 gdp 依存 弹性"
)
_ENGLISH = (
    "growth change changes increase decrease rise fall net difference balance deficit surplus ratio gross completion attainment "
    "occupancy utilisation utilization index debt leverage dependency inflation return yield turnover relative deviation error "
    "temperature margin"
)
UNBOUNDED = tuple(f"{_CHANGES} {_BALANCES} {_RATIOS} {_ENGLISH}".split())  # may be below 0, or over 100 %
SHARES = ("率", "比重", "占比", "比例", "份额", "满意", "share", "proportion", "percentage", "coverage", "rate", "satisfaction")
SURE_SHARES = (  # of which no unit of measurement has to be said to know that they are percentages
    *(
        "满意率",
        "办结率",
        "合格率",
        "覆盖率",
        "普及率",
        "达标率",
        "及时率",
        "参保率",
        "知晓率",
        "完好率",
        "处置率",
        "化解率",
        "优良率",
    ),
    *("成功率", "整改率", "占比", "比重", "百分比", "percentage", "percent"),
)
COUNTS = (
    "数量",
    "总量",
    "起数",
    "件数",
    "人数",
    "户数",
    "次数",
    "个数",
    "例数",
    "宗数",
    "家数",
    "床位数",
    "number of",
    "count of",
)
COUNT = "数"
NO_COUNTS = ("指数", "系数", "参数", "分数", "倍数", "基数", "对数", "位数", "均数", "天数", "小时数", "月数", "年数")
NEW = "新增"  # what is new is no difference
