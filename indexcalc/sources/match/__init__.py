"""Matching: tables to the columns that a tree asks for, and these into a panel."""
