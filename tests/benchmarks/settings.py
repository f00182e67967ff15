"""The product's own settings, and one address more: the view that a submission is compared with."""

from cse_reports.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.urls"
