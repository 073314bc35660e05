"""The words that are recognised in sheets of indicators: headings, directions, and what rows say that are no indicators."""

from __future__ import annotations

LEVEL_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}
# a heading of one level of the tree; a number in it says which, and others stand in the order of their columns
LEVEL = (
    r"(?i)第?([一二三四五六1-6])级(?:评价|考核)?(?:指标|项目|目录)?(?:名称)?|(?:indicator )?level[ _]?([1-6])(?: indicators?)?"
)
LEVEL_NAMES = (
    r"(?i)准则层|子准则层|次准则层|指标层|领域|领域层|维度|板块|大类|中类|小类|类别|方面|评价领域|评价维度"
    r"|themes?|domains?|sub-?domains?|dimensions?|sub-?dimensions?|goals?|pillars?|sub-?pillars?|components?|sub-?components?"
    r"|categor(?:y|ies)|sub-?categor(?:y|ies)|sub-?index(?:es)?"
)
LEAF_NAMES = r"(?i)指标|指标名称|指标项|具体指标|评价指标|考核指标|测评指标|监测指标|末级指标|观测点|indicators?|indicator names?|iname|metrics?"
OF_LEVEL = r"(?:第?([一二三四五六1-6])级(?:指标)?)?"  # what may stand before a heading that is of one level
HEADINGS = {  # what a column says of an indicator, by the pattern of its heading, once brackets are off
    "weight": r"(?i)(?:指标)?权重(?:值|系数)?|权数|weights?|weighting",
    "total": r"(?i)(?:占)?总权重|综合权重|组合权重|最终权重|绝对权重|合成权重|占总(?:分|权重|指数)(?:比重|比例|权重)?|分值|满分|标准分|标准分值|总分值|points?|weight of (?:the )?total|total weight|effective weight|global weight",
    "code": r"(?i)(?:指标)?(?:编号|编码|代码|代号|标识)|i?codes?|id|indicator (?:codes?|ids?)",
    "parent": r"(?i)上级(?:指标)?(?:编号|编码|代码|名称)?|父级(?:指标)?(?:编号|编码|代码)?|所属(?:上级)?指标|parents?|parent (?:codes?|ids?)",
    "level": r"(?i)层级|级别|级次|levels?",
    "type": r"(?i)类型|节点类型|types?",
    "name": r"(?i)(?:指标)?名称|names?|indicator names?|iname|titles?",
    "name_en": r"(?i)(?:指标)?(?:英文名称?|英文)|english(?: names?)?|name_en",
    "direction": r"(?i)(?:指标)?(?:方向|属性|性质|方向性|极性|趋向)|正[负逆](?:向|性)?|指标类型|directions?|polarity|signs?",
    "measure": r"(?i)(?:计量|计算)?单位|units?|measures?|units? of measure(?:ment)?",
    "department": r"(?i)(?:责任|牵头|主责|数据|(?:数据)?(?:来源|提供|填报|报送|采集)|考核|负责)(?:部门|单位)|责任(?:主体|处室|科室)|部门|departments?|responsible(?: departments?)?|owners?",
    "definition": r"(?i)(?:指标)?(?:说明|解释|释义|含义|定义|内涵|口径)|统计口径|评分标准|评价标准|计分办法|考核内容|definitions?|descriptions?",
    "method_note": r"(?i)(?:计算|测算|统计)(?:方法|公式|方式)|methods?|method_note|calculation",
    "source_note": r"(?i)(?:数据|资料)来源|来源|(?:data )?sources?",
    "target": r"(?i)目标值?|目标|适度值|适宜值|标准值|targets?|goals? values?",
    "low": r"(?i)下限|下限值|最低值|阈值下限|lower(?: (?:bound|limit))?|low|min(?:imum)?",
    "high": r"(?i)上限|上限值|最高值|阈值上限|upper(?: (?:bound|limit))?|high|max(?:imum)?",
    "range": r"(?i)上下限|目标值[/、和]上下限|阈值|适宜区间|适度区间|取值范围|目标值/上下限|bounds?|limits?|ranges?",
    "worst": r"(?i)最差值|worst",
    "best": r"(?i)最优值|理想值|best",
    "unacceptable": r"(?i)不允许值|不容许值|unacceptable",
    "satisfactory": r"(?i)满意值|satisfactory",
    "note": r"(?i)备注|notes?|remarks?|comments?",
    "per": r"(?i)分母|denominators?",
    "ignored": r"(?i)序号|排序|no\.?|#|num(?:ber)?",
}
DIRECTIONS = {
    "higher": r"(?i)正向?指?标?|正|\+|\+?1|[↑▲⬆]|越[大高多]越[好优]|越[大高]|效益型?|极大型?|促进型?|望大型?|高优|higher|positive|max|benefit|up|up is better|higher is better",
    "lower": r"(?i)[逆负反]向?指?标?|[-−–]|[-−–]1|[↓▼⬇]|越[小低少]越[好优]|越[小低]|成本型?|极小型?|抑制型?|望小型?|低优|lower|negative|min|cost|down|lower is better",
    "target": r"(?i)适度(?:指标|型|值)?|适中型?|居中型?|固定型?|望目型?|稳定型?|[→]|target|nominal",
    "range": r"(?i)区间(?:型|指标)?|范围型?|适宜区间|range|interval",
}
SHOWN_DIRECTIONS = {
    "higher": ("正向", "higher"),
    "lower": ("逆向", "lower"),
    "target": ("适度", "target"),
    "range": ("区间", "range"),
}
GOES_ON = r"\s*[（(\[【]?\s*(?:续(?:上|前)?表?|continued|cont['’]?d\.?)\s*[）)\]】]?\s*$"  # behind a name that is repeated on the next page
NOT_INDICATORS = r"(?i)\s*(?:合计|总计|小计|共计|total|sum|subtotal)\s*[:：]?\s*"
BRACKETED = r"(.+?)\s*[（(]([^（()）]+)[）)]"  # a name and what stands in brackets behind it, in parts
PARTS_IN_BRACKETS = r"\s*[，,、；;]\s*"
NOT_UNITS = (
    r"(?i)\s*(?:全[国省市州盟区县]|合计|总计|小计|共计|总体|平均值?|均值)(?:[区县市]?(?:合计|总计|平均|均值|平均值|平均水平))?\s*"
    r"|\s*(?:total|sum|average|mean|overall|all)\s*"
)
"""What rows of values say that are of all units together."""
WEIGHT_IN_BRACKETS = r"(?:权重|分值|weight)?\s*[:：]?\s*([0-9]+(?:\.[0-9]+)?)\s*(分|%|％)"
WEIGHT_IN_NAME = rf"(.+?)\s*[（(]\s*{WEIGHT_IN_BRACKETS}\s*[）)]"
PERIOD_IN_BRACKETS = (
    r"(?:截至|截止|以|as of )?\s*(?:19|20)[0-9]{2}\s*(?:年|(?=$|[-—–~～至]))\s*(?:(?:[-—–~～至]|到)\s*(?:19|20)?[0-9]{2}\s*年?)?"
    r"\s*(?:度|底|末|初|上半年|下半年|第?[一二三四1-4]季度|[0-9]{1,2}月(?:底|末|[0-9]{1,2}日)?)?\s*(?:数|数据|值)?"
)
CODE_IN_NAME = r"([A-Za-z]{1,2}[0-9]+(?:[.\-][0-9]+)*|[0-9]+(?:\.[0-9]+)+)[\s、．.:：_]*(?=\S)(.+)"
NUMBER_IN_NAME = r"(?:[（(][一二三四五六七八九十0-9]+[）)]|[一二三四五六七八九十]+、|[0-9]+[、．]|[0-9]+\.(?![0-9]))\s*(.+)"
BETWEEN = r"\s*(?:[-~～—–至到,，、;；/]|to|\.\.)\s*"
COMPARED = r"^\s*(?:[≥≤><=＞＜＝]|>=|<=|不低于|不高于|不超过|不少于|达到|大于|小于|至少|at least|at most)\s*"
UNITS_OF_NUMBERS = r"\s*[%％‰]?\s*[^\d\s.,%％‰\-~～—–\[\]()（）]{0,8}$"
TYPES = {  # what rows are, in a sheet of parents and codes
    "indicator": r"(?i)indicator|指标|末级指标",
    "aggregate": r"(?i)aggregate|dimension|维度|上级指标|汇总",
    "group": r"(?i)group|分组",
    "denominator": r"(?i)denominator|分母",
    "other": r"(?i)other|其他|其它",
}
UNIT_CODES, UNIT_NAMES = ("ucode", "unit_code", "unit code"), ("uname", "unit_name", "unit name")  # as COINr heads its data
FRAME_FILE, DATA_FILE = "iMeta", "iData"  # how the files of COINr that belong together are called
SETTINGS = {"zh": ("设置", "内容（YAML）"), "en": ("setting", "content (YAML)")}
SETTINGS_SHEET = {"zh": "其余设置", "en": "settings"}
LEVEL_HEADINGS = {
    "zh": ("一级指标", "二级指标", "三级指标", "四级指标", "五级指标", "六级指标"),
    "en": tuple(f"Level {n}" for n in range(1, 7)),
}
WEIGHT_HEADINGS = {
    "zh": ("一级权重", "二级权重", "三级权重", "四级权重", "五级权重", "六级权重"),
    "en": tuple(f"Level {n} weight" for n in range(1, 7)),
}
FRAME_HEADINGS = {
    "code": ("指标编号", "code"),
    "name_en": ("英文名称", "English name"),
    "direction": ("方向", "direction"),
    "measure": ("计量单位", "unit"),
    "department": ("责任部门", "department"),
    "definition": ("指标说明", "definition"),
    "target": ("目标值", "target"),
    "worst": ("最差值", "worst"),
    "best": ("最优值", "best"),
    "source_note": ("数据来源", "data source"),
    "method_note": ("计算方法", "method"),
    "note": ("备注", "note"),
    "per": ("分母", "denominator"),
}
