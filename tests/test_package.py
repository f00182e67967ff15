"""The front end's own dependencies: exact, and from wherever the machine's npm is told to fetch."""

import json
import re
from pathlib import Path

from django.conf import settings


def read(name):
    return Path(settings.BASE_DIR, name).read_text()


def test_every_package_is_pinned_exactly():
    wanted = json.loads(read("package.json"))["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_the_lock_names_no_address_and_checks_every_package():
    packages = json.loads(read("package-lock.json"))["packages"]
    fetched = [package for path, package in packages.items() if path]
    assert fetched
    assert all("resolved" not in package and package["integrity"] for package in fetched)
