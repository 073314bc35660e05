"""Draw provincial statistics and write them as the national statistics portal exports them: one file an indicator."""

import numpy as np
import numpy.typing as npt

SEED = 20230901
YEARS = range(2018, 2023)
# provinces as the portal calls them, with their population in 10,000, rounded; a wealth level that is rough; the rest is drawn
PROVINCES = (
    "北京市 2200 1.9|天津市 1400 1.3|河北省 7450 0.7|山西省 3490 0.8|内蒙古自治区 2400 1.0|辽宁省 4250 0.8|吉林省 2400 0.7|"
    "黑龙江省 3150 0.6|上海市 2480 1.8|江苏省 8480 1.5|浙江省 6450 1.4|安徽省 6100 0.9|福建省 4170 1.4|江西省 4520 0.8|"
    "山东省 10150 1.0|河南省 9900 0.8|湖北省 5830 1.0|湖南省 6620 0.9|广东省 12620 1.2|广西壮族自治区 5020 0.6|"
    "海南省 1010 0.8|重庆市 3200 1.1|四川省 8370 0.8|贵州省 3850 0.6|云南省 4710 0.7|西藏自治区 360 0.7|陕西省 3950 0.9|"
    "甘肃省 2500 0.5|青海省 590 0.7|宁夏回族自治区 720 0.8|新疆维吾尔自治区 2580 0.7"
)
# which provinces border on which by land, each pair once; Hainan, an island, is given Guangdong across the strait, as is usual
BORDERS = (
    "北京市 天津市 河北省|天津市 河北省|河北省 山西省 内蒙古自治区 辽宁省 山东省 河南省|山西省 内蒙古自治区 河南省 陕西省|"
    "内蒙古自治区 辽宁省 吉林省 黑龙江省 陕西省 甘肃省 宁夏回族自治区|辽宁省 吉林省|吉林省 黑龙江省|上海市 江苏省 浙江省|"
    "江苏省 浙江省 安徽省 山东省|浙江省 安徽省 福建省 江西省|安徽省 江西省 山东省 河南省 湖北省|福建省 江西省 广东省|"
    "江西省 湖北省 湖南省 广东省|山东省 河南省|河南省 湖北省 陕西省|湖北省 湖南省 重庆市 陕西省|"
    "湖南省 广东省 广西壮族自治区 重庆市 贵州省|广东省 广西壮族自治区 海南省|广西壮族自治区 贵州省 云南省|"
    "重庆市 四川省 贵州省 陕西省|四川省 贵州省 云南省 西藏自治区 陕西省 甘肃省 青海省|贵州省 云南省|云南省 西藏自治区|"
    "西藏自治区 青海省 新疆维吾尔自治区|陕西省 甘肃省 宁夏回族自治区|甘肃省 青海省 宁夏回族自治区 新疆维吾尔自治区|"
    "青海省 新疆维吾尔自治区"
)
# indicator, measure, value for a province of wealth 1 (a total where it is per 10,000 residents), how it goes with wealth,
# spread, growth a year, whether it is a total, decimals
INDICATORS = (
    ("年末常住人口", "万人", 1, 0, 0, 0.001, True, 0),
    ("地区生产总值", "亿元", 8.0, 1.0, 0.08, 0.06, True, 2),
    ("地方财政一般预算收入", "亿元", 0.75, 1.2, 0.15, 0.04, True, 2),
    ("社会消费品零售总额", "亿元", 3.1, 0.9, 0.12, 0.05, True, 2),
    ("货物进出口总额", "万美元", 2500, 2.2, 0.4, 0.04, True, 0),
    ("规模以上工业企业研发经费", "万元", 1100, 1.6, 0.3, 0.09, True, 0),
    ("国内专利申请授权量", "项", 24, 1.8, 0.25, 0.08, True, 0),
    ("技术市场成交额", "亿元", 0.2, 2.4, 0.5, 0.12, True, 2),
    ("普通高等学校数", "所", 0.02, 0.2, 0.2, 0.005, True, 0),
    ("居民人均可支配收入", "元", 33000, 0.8, 0.05, 0.07, False, 1),
    ("居民人均消费支出", "元", 22500, 0.7, 0.06, 0.06, False, 1),
    ("城镇登记失业率", "%", 3.2, -0.2, 0.12, 0, False, 1),
    ("城市人均公园绿地面积", "平方米", 14.5, 0, 0.12, 0.01, False, 2),
    ("医疗卫生机构床位数", "万张", 0.0066, -0.1, 0.1, 0.02, True, 2),
    ("卫生技术人员数", "万人", 0.0079, 0.2, 0.08, 0.04, True, 2),
    ("公共图书馆总流通人次", "万人次", 0.55, 0.8, 0.3, 0.02, True, 0),
    ("每十万人口高等学校平均在校生数", "人", 3100, 0.3, 0.15, 0.04, False, 0),
    ("互联网宽带接入用户", "万户", 0.36, 0.3, 0.07, 0.07, True, 1),
    ("生活垃圾无害化处理率", "%", 99.6, 0, 0.004, 0, False, 1),
    ("二氧化硫排放量", "万吨", 0.0045, -0.4, 0.6, -0.12, True, 3),
    ("交通事故发生数", "起", 1.7, 0.1, 0.35, -0.01, True, 0),
)


def tables() -> dict[str, bytes]:
    """Return the exports, a file an indicator in GB18030, with the years across and the indicator's name above the table."""
    random = np.random.default_rng(SEED)
    names, people, levels = zip(*(line.split() for line in PROVINCES.split("|")), strict=True)
    population, wealth = np.array(people, dtype=float), np.array(levels, dtype=float)
    exports = {"data/provinces.csv": _provinces(names), "data/near.csv": _borders()}
    for number, (name, measure, level, slope, spread, growth, total, decimals) in enumerate(INDICATORS):
        own = level * wealth**slope * np.exp(spread * random.standard_normal(len(names)))
        course = np.exp(np.cumsum(growth + 0.25 * spread * 0.2 * random.standard_normal((len(YEARS), len(names))), axis=0))
        values = own * course * (population if total else 1.0)
        values = np.minimum(values, 100.0) if name.endswith("处理率") else values
        file = "data/分省年度数据.csv" if number == 0 else f"data/分省年度数据 ({number}).csv"
        exports[file] = _export(f"{name}({measure})", names, values.round(decimals), decimals)
    return exports


def _provinces(names: tuple[str, ...]) -> bytes:
    east = "北京市 天津市 河北省 上海市 江苏省 浙江省 福建省 山东省 广东省 海南省".split()
    north_east, middle = "辽宁省 吉林省 黑龙江省".split(), "山西省 安徽省 江西省 河南省 湖北省 湖南省".split()
    group = {**dict.fromkeys(east, "东部"), **dict.fromkeys(middle, "中部"), **dict.fromkeys(north_east, "东北")}
    codes = (
        11,
        12,
        13,
        14,
        15,
        21,
        22,
        23,
        31,
        32,
        33,
        34,
        35,
        36,
        37,
        41,
        42,
        43,
        44,
        45,
        46,
        50,
        51,
        52,
        53,
        54,
        61,
        62,
        63,
        64,
        65,
    )
    rows = ["id,name,group", *(f"{code},{name},{group.get(name, '西部')}" for code, name in zip(codes, names, strict=True))]
    return "\n".join([*rows, ""]).encode("utf-8-sig")


def _borders() -> bytes:
    """Write who is next to whom, a pair a line."""
    lines = [line.split() for line in BORDERS.split("|")]
    pairs = [f"{one},{other}" for one, *others in lines for other in others]
    return "\n".join(["unit,neighbour", *pairs, ""]).encode("utf-8-sig")


def _export(title: str, names: tuple[str, ...], values: npt.NDArray[np.float64], decimals: int) -> bytes:
    """Write one indicator as the portal does, the newest year first."""
    lines = [
        "数据库：分省年度数据",
        f"指标：{title}",
        f"时间：最近{len(YEARS)}年",
        ",".join(["地区", *(f"{year}年" for year in reversed(YEARS))]),
    ]
    for name, row in zip(names, values.T[:, ::-1], strict=True):
        lines.append(",".join([name, *(f"{value:.{decimals}f}" for value in row)]))
    return "\n".join([*lines, "注：模拟数据，并非国家统计局公布的数据。", ""]).encode("gb18030")
