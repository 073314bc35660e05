"""The blocks of `indicators.yaml`, a type each: shapes only; what needs more than one key to be judged is in `checks`."""
