"""The same recipe beyond memory: blocks kept in files, or one query where the values are. A reader may skip it."""
