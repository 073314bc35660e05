"""How tables in print head scores and ranks; Chinese, English."""

from __future__ import annotations

SCORES = ("score", "index", "value", "total", "overall", "得分", "总分", "综合得分", "指数", "总指数", "综合指数", "分值")
RANKS = ("rank", "ranking", "position", "place", "位次", "排名", "名次", "排序")
