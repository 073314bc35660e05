"""The words of the tree by the terms that people write for them."""

from __future__ import annotations

from collections.abc import Iterable

from ..findings import nearest

# what people write by the field's own terms; a term that stands for several words is that of the first of them that is known
_TERMS: dict[str, tuple[str, ...]] = {
    "id": ("编号", "代码"),
    "name": ("名称", "指标名称"),
    "name_en": ("英文名称", "英文名"),
    "weight": ("权重", "权数"),
    "weights": ("权重", "赋权"),
    "measure": ("计量单位", "量纲"),
    "department": ("部门", "责任部门", "填报单位"),
    "direction": ("方向", "指标方向", "属性"),
    "indicators": ("指标", "三级指标", "二级指标"),
    "dimensions": ("维度", "一级指标"),
    "index": ("指数",),
    "units": ("单元", "地区", "区县"),
    "unit": ("单元", "地区", "区县"),
    "data": ("数据", "数据源"),
    "source": ("数据源", "来源"),
    "path": ("路径", "文件"),
    "table": ("单元表", "文件"),
    "sheet": ("工作表",),
    "periods": ("周期", "期次"),
    "period": ("周期", "期次"),
    "kind": ("周期类型",),
    "defaults": ("默认", "默认值"),
    "formula": ("公式", "计算公式"),
    "per": ("分母",),
    "denominators": ("分母",),
    "target": ("目标", "目标值", "适度", "适度指标"),
    "range": ("区间", "区间型"),
    "higher": ("正向", "正指标", "越大越好", "positive", "benefit", "max"),
    "lower": ("逆向", "负向", "反向", "逆指标", "越小越好", "negative", "cost", "min"),
    "normalise": ("标准化", "无量纲化", "normalize", "normalization"),
    "aggregate": ("汇总", "合成", "aggregation"),
    "missing": ("缺失", "缺失值"),
    "impute": ("插补", "填补"),
    "treat": ("异常值", "离群值"),
    "ranking": ("排名", "位次"),
    "grades": ("等级", "分级"),
    "adjustments": ("加减分",),
    "warnings": ("预警",),
    "note": ("备注", "说明"),
    "round": ("取整", "小数位"),
    "decimals": ("小数位", "小数位数"),
    "min-max": ("极差法", "极差标准化", "最大最小值法", "minmax"),
    "efficacy": ("功效系数法", "功效系数"),
    "z-score": ("标准分", "标准差标准化", "zscore"),
    "rank": ("排序法", "位次法"),
    "percentile": ("百分位",),
    "arithmetic": ("算术平均", "加权平均", "线性加权", "mean", "linear"),
    "geometric": ("几何平均",),
    "harmonic": ("调和平均",),
    "equal": ("等权", "等权重", "均权"),
    "given": ("给定", "主观赋权"),
    "entropy": ("熵权", "熵权法", "熵值法"),
    "ahp": ("层次分析", "层次分析法"),
    "critic": ("critic法",),
    "pca": ("主成分", "主成分分析", "主成分分析法"),
}


def term_for(word: str, known: Iterable[str]) -> str:
    """Return the known word that another was meant as: the field's term for it, or else the one most like it, or nothing."""
    known = list(known)
    said = word.strip().casefold()
    return next((one for one, terms in _TERMS.items() if said in terms and one in known), "") or nearest(word, known)
