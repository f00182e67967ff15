"""What `make` puts in place: .venv, the front end, the static files. Made once, and again when their sources change.

Only Python's own library is used here, because nothing else is installed yet.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = ".made-from"  # written last, inside what was made: a directory without it was interrupted


def say(words=""):
    print(words, flush=True)


def run(command, *, otherwise, env=None):
    """Run a command from the top of the repository, or end with one sentence."""
    if subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, close_fds=False).returncode:
        raise SystemExit(f"{otherwise} The reason is above. When it is mended, run the same command again.")


def environment(**settings):
    """This process's environment with these settings of ours and no others: a trial or a test never meets real data."""
    ours = re.findall(r'(?:env\.\w+|key)\("([A-Z_]+)"', (ROOT / "cse_reports" / "settings.py").read_text())
    kept = {name: value for name, value in os.environ.items() if name not in {*ours, "DJANGO_SETTINGS_MODULE"}}
    return {**kept, **settings}


@contextlib.contextmanager
def alone():
    """One `make` at a time puts things in place; another waits for it, and for what a killed one left running."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "make.lock").open("w") as lock:
        os.set_inheritable(lock.fileno(), True)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- What was made, and from what ---------------------------------------------------------------------------------


def fingerprint(*names):
    """A digest of the content of these files and folders; a fresh clone's odd dates do not matter."""
    digest = hashlib.sha256()
    for path in (file for name in names for file in _files(ROOT / name)):
        digest.update(f"{path.relative_to(ROOT)} {path.stat().st_size}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _files(path):
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file() and file.name != STAMP)
    return [path]


def stands(directory, made_from):
    """Whether this directory was finished, and from just this."""
    with contextlib.suppress(OSError):
        return (directory / STAMP).read_text() == made_from
    return False


def finish(directory, made_from):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / STAMP).write_text(made_from)


# --- Python packages ----------------------------------------------------------------------------------------------


def dependencies(*locks):
    """Put the pinned, hashed packages of these lock files into .venv; an unfinished or outdated one is made afresh."""
    installed = _installed()
    if installed is None:
        _new_venv()
        installed = {}
    for lock in (lock for lock in locks if lock not in installed):
        say(f"Installing the packages of {lock} ...")
        (VENV / STAMP).unlink(missing_ok=True)
        pip = [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-hashes", "-r", lock]
        run(pip, otherwise=f"Installing {lock} failed.")
        installed[lock] = fingerprint(lock)
        finish(VENV, json.dumps({"venv": _identity(), "locks": installed}))


def _installed():
    """{lock file: fingerprint} of the .venv that stands; None where it is missing, unfinished, moved or outdated."""
    try:
        made = json.loads((VENV / STAMP).read_text())
        up_to_date = all(fingerprint(lock) == print_of_it for lock, print_of_it in made["locks"].items())
    except (OSError, ValueError):
        return None
    return made["locks"] if up_to_date and made["venv"] == _identity() and PYTHON.exists() else None


def _identity():
    return f"{VENV} {sys.version}"


def _new_venv():
    if sys.version_info < (3, 11):  # noqa: UP036  (an older Python may be what runs this)
        raise SystemExit("CSE Reports needs Python 3.11 or newer. Name another with `make ... PYTHON=python3.12`.")
    if not importlib.util.find_spec("ensurepip"):
        raise SystemExit("Python cannot make a virtual environment here: run `apt-get install python3-venv` first.")
    say("Making .venv ...")
    (VENV / STAMP).unlink(missing_ok=True)
    base = getattr(sys, "_base_executable", sys.executable)  # not the .venv that is about to be cleared
    run([base, "-m", "venv", "--clear", VENV], otherwise="Making .venv failed.")


# --- Styles and scripts -------------------------------------------------------------------------------------------

PACKAGES = ("package.json", "package-lock.json", ".npmrc")


def front_end():
    """static/dist, from static/src and the packages that package-lock.json pins."""
    dist, modules = ROOT / "static" / "dist", ROOT / "node_modules"
    sources, packages = fingerprint(*PACKAGES, "static/src"), fingerprint(*PACKAGES)
    if stands(dist, sources):
        return
    env = _with_npm()
    if not stands(modules, packages):
        say("Installing the packages of package-lock.json ...")
        (modules / STAMP).unlink(missing_ok=True)
        run(["npm", "ci", "--loglevel=error"], env=env, otherwise="`npm ci` failed.")
        finish(modules, packages)
    say("Building the styles and scripts ...")
    shutil.rmtree(dist, ignore_errors=True)
    run(["npm", "run", "--silent", "build"], env=env, otherwise="`npm run build` failed.")
    finish(dist, sources)


def _with_npm():
    """An environment in which `npm` runs: the machine's own, or the one from PyPI in .venv."""
    if shutil.which("npm") and shutil.which("node"):
        return dict(os.environ)
    dependencies("requirements-node.txt")
    return {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def static_files():
    """staticfiles/: everything a browser may ask for, under names that change with the content."""
    made_from = fingerprint("static/dist", "requirements.txt", "cse_reports/storage.py")
    if stands(ROOT / "staticfiles", made_from):
        return
    say("Collecting the static files ...")
    collect = [PYTHON, "manage.py", "collectstatic", "--no-input", "--clear", "--verbosity=0"]
    run(collect, env=environment(DEMO="1"), otherwise="`manage.py collectstatic` failed.")
    finish(ROOT / "staticfiles", made_from)


def everything(*locks):
    """All that a server needs, and the packages of these lock files besides."""
    with alone():
        dependencies("requirements.txt", *locks)
        front_end()
        static_files()


if __name__ == "__main__":
    try:
        everything(*sys.argv[1:])
    except KeyboardInterrupt:
        raise SystemExit("\nStopped. The same command goes on from here.") from None
