"""Stillup: plain YAML records in, a status page and the messages about it out."""

__version__ = "0.1.0"
