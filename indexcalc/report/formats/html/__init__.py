"""A period's report as one page: it asks nothing of anybody and is whole without scripts."""
