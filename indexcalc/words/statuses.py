"""What the statuses of a value are called, in the order of their numbers: value, missing, not applicable, imputed."""

STATUS_NAMES = {
    "zh": ("有值", "缺报", "不适用", "插补"),
    "en": ("value", "missing", "not applicable", "imputed"),
}
