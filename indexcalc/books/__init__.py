"""Workbooks that come back: templates of departments, weights, judgements; writer and reader side by side."""
