"""The product's settings, but a locked SQLite is waited for one second instead of twenty."""

from cse_reports.settings import *  # noqa: F403
from cse_reports.settings import DATABASES

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"]["timeout"] = 1
