"""Grades that are called alike everywhere: levels of coupling, and high to low; Chinese, English."""

from __future__ import annotations

COORDINATION = (  # from the best down, each from so many tenths of the full score
    (0.9, "优质协调", "quality coordination"),
    (0.8, "良好协调", "good coordination"),
    (0.7, "中级协调", "intermediate coordination"),
    (0.6, "初级协调", "primary coordination"),
    (0.5, "勉强协调", "bare coordination"),
    (0.4, "濒临失调", "near disorder"),
    (0.3, "轻度失调", "slight disorder"),
    (0.2, "中度失调", "moderate disorder"),
    (0.1, "严重失调", "serious disorder"),
    (None, "极度失调", "extreme disorder"),
)
COUPLING = (
    (0.8, "高水平耦合", "high coupling"),
    (0.5, "磨合阶段", "running-in"),
    (0.3, "拮抗阶段", "antagonism"),
    (None, "低水平耦合", "low coupling"),
)
LEVELS = {  # of so many grades, what they are called where nothing else is said
    2: (("高", "high"), ("低", "low")),
    3: (("高", "high"), ("中", "middle"), ("低", "low")),
    4: (("高", "high"), ("较高", "rather high"), ("较低", "rather low"), ("低", "low")),
    5: (("高", "high"), ("较高", "rather high"), ("中", "middle"), ("较低", "rather low"), ("低", "low")),
}
