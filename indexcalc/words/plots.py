"""The titles of charts in notebooks, Chinese and English side by side."""

from __future__ import annotations

from .reports import Said


class said:  # noqa: N801 - read as `said.heat(language)`
    """Every title; one that is not here is found by the type checker."""

    ranking = Said("得分排名", "Ranking")
    contributions = Said("各维度折合总指数", "Contributions of the dimensions")
    points = Said("折合总指数（分）", "Points of the index")
    petals = Said("各维度得分", "Scores of the dimensions")
    heat = Said("二级指标得分", "Scores of the second level")
    bump = Said("各期位次", "Ranks over time")
    intervals = Said("位次区间（90%）", "Rank intervals (90%)")
    correlations = Said("得分相关系数", "Correlations of scores")
    distribution = Said("分布", "Distribution")
    scatter = Said("散点图", "Scatter")
    map = Said("得分地图", "Map of scores")
    score = Said("得分", "Score")
    rank = Said("位次", "Rank")
