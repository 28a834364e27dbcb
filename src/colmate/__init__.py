"""Colmate."""
