"""Answers from scores: each a pure function to a small frozen result. Nothing here reads or writes files."""
