"""What a checkout found, for whoever signs it (HTML), sorts it (CSV), or has a build depend on it (JUnit XML).

``values.py`` says what stands in the trade's columns; ``page.py``, ``spreadsheet.py`` and ``junit.py`` are the files.
"""

from bridge.checkout.report.junit import junit_report
from bridge.checkout.report.page import html_report
from bridge.checkout.report.spreadsheet import csv_report

__all__ = ["csv_report", "html_report", "junit_report"]
