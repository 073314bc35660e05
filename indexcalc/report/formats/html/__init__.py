"""A period's report as one page: it asks nothing of anybody and is whole without scripts."""

PAGE = "report.html"
FRAMEWORK = "index.html"
"""The page of the index itself, which lies beside that of its report."""
