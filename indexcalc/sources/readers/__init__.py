"""Readers: files of tables as people make them, read into tables that know the address of every cell."""
