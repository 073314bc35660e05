"""A period's report as one page: it loads nothing from elsewhere and is complete without scripts."""

PAGE = "report.html"
FRAMEWORK = "index.html"
"""The page of the index itself, which lies beside that of its report."""
