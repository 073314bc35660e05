"""The version, where reports and packaging both read it."""

VERSION = "0.2.0"
