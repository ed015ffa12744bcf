"""Replaces parts of moto that cost time on every call."""
