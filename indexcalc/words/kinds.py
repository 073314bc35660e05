"""What may be written for a parameter of a method, in words, English and Chinese side by side."""

from __future__ import annotations

KINDS = {
    "number": {"en": "number", "zh": "数值"},
    "whole": {"en": "whole number", "zh": "整数"},
    "truth": {"en": "true or false", "zh": "true 或 false"},
    "text": {"en": "text", "zh": "文字"},
    "null": {"en": "null", "zh": "null"},
    "anything": {"en": "anything", "zh": "任意"},
    "mapping": {"en": "mapping", "zh": "键值对"},
    "none": {"en": "none", "zh": "无"},
    "or": {"en": " or ", "zh": " 或 "},
    "next": {"en": "; ", "zh": "；"},
    "default": {"en": "{} = {}", "zh": "{}，默认 {}"},
    "bounded": {"en": "{} ({})", "zh": "{}（{}）"},
    "list": {"en": "list of {}", "zh": "{}的列表"},
    "several": {"en": "list of ({})", "zh": "（{}）的列表"},
}
