"""What `make` promises: it makes things once, finishes what was interrupted, and counts honestly."""

import os
import re
import socket
import subprocess

import pytest

from cse_reports import install, trial
from tests import run
from tests.run import Result, Step

LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")
SUITE = Step("suite", ("python", "-m", "pytest"))


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr(install, "ROOT", tmp_path)
    return tmp_path


def test_make_alone_lists_every_command():
    told = subprocess.run(["make"], cwd=install.ROOT, capture_output=True, text=True, check=True).stdout
    commands = re.search(r"\.PHONY: (.*)", (install.ROOT / "Makefile").read_text())[1].split()
    assert re.findall(r"^  make (\w+) +[A-Z]", told, re.MULTILINE) == commands


def test_a_fingerprint_follows_the_content_and_not_the_date(root):
    (root / "lock").write_text("one==1")
    before = install.fingerprint("lock")
    os.utime(root / "lock", (0, 0))
    assert install.fingerprint("lock") == before
    (root / "lock").write_text("one==2")
    assert install.fingerprint("lock") != before


def test_a_folder_that_was_interrupted_does_not_stand(root):
    (root / "dist").mkdir()
    assert not install.stands(root / "dist", "sources")
    install.finish(root / "dist", "sources")
    assert install.stands(root / "dist", "sources")
    assert not install.stands(root / "dist", "newer sources")


def test_an_interrupted_installation_starts_again(root, monkeypatch):
    monkeypatch.setattr(install, "VENV", root / ".venv")
    (root / ".venv").mkdir()
    assert install._installed() is None
    (root / ".venv" / install.STAMP).write_text('{"venv": "half')
    assert install._installed() is None


def test_no_setting_of_a_real_service_reaches_a_trial(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://real/service")
    monkeypatch.setenv("SECRET_KEY", "real")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "real.settings")
    ours = trial.trial("/trial.sqlite3")
    assert ours["DATABASE_URL"] == "sqlite:////trial.sqlite3"
    assert "SECRET_KEY" not in ours
    assert "DJANGO_SETTINGS_MODULE" not in ours


def test_a_port_in_use_is_one_sentence(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("PORT", str(other.getsockname()[1]))
        with pytest.raises(SystemExit, match=r"^Port \d+ cannot be used .*make run PORT=8001`\.$"):
            trial.free_port()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_and_hashed(lock):
    for package in re.split(r"\n(?=\S)", (install.ROOT / lock).read_text().strip()):
        assert re.match(r"[\w.-]+(\[[\w,]+\])?==\S+ ", package)
        assert "--hash=sha256:" in package


@pytest.mark.parametrize("lock", [*LOCKS, "package-lock.json"])
def test_a_lock_names_no_registry(lock):
    assert not re.search(r'"resolved"|--(extra-)?index-url|--find-links', (install.ROOT / lock).read_text())


@pytest.mark.parametrize(
    ("closing", "counts"),
    [
        ("12 passed in 0.31s", {"passed": 12}),
        (
            "=== 1 failed, 12 passed, 2 skipped, 1 error in 61.02s (0:01:01) ===",
            {"failed": 1, "passed": 12, "skipped": 2, "error": 1},
        ),
        ("a log says 5 passed in 1.0s\n3 passed in 2.1s\nand then the database's own log", {"passed": 3}),
        ("no tests ran in 0.01s", {}),
        ("Segmentation fault", {}),
    ],
)
def test_tests_are_counted_from_the_closing_line(closing, counts):
    assert run.count(f"....\n{closing}\n") == counts


def test_a_step_that_failed_without_a_failed_test_counts_as_one():
    crashed = Result(SUITE, "FAILED", 1, {"passed": 3})
    failing = Result(SUITE, "FAILED", 1, {"passed": 2, "failed": 2, "error": 1})
    assert run.totals([crashed, failing]) == (5, 4, 0)


@pytest.mark.parametrize("ci", [True, False])
def test_leaving_something_out_is_a_failure_where_nobody_is_watching(monkeypatch, ci):
    monkeypatch.setattr(run, "CI", ci)
    assert run.summarise([Result(SUITE, "left out: no PostgreSQL here")]) == ci
