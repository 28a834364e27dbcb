"""The report: one page for people, one document for programs, a summary for the terminal.

All three say what a `colmate.model.Report` holds and compute nothing about the records themselves.
"""

from colmate.report.document import load, schema, to_json, validate
from colmate.report.page import render
from colmate.report.terminal import summary

__all__ = ["load", "render", "schema", "summary", "to_json", "validate"]
