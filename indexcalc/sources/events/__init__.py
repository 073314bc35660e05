"""Logs of events to series of values, counted by an engine."""
