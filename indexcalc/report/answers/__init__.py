"""Answers in the forms they are asked for: a text for a terminal, data for JSON, and tables that become files."""
