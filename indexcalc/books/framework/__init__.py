"""Framework sheets: the tree as offices keep it, levels side by side or parents and codes, read and written."""
