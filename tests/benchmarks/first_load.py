"""The first load of the card on a phone that has never seen it: its weight, and what Lighthouse says of it."""

import json
import shutil
import statistics
import subprocess

from playwright.sync_api import sync_playwright

from cse_reports import install
from tests.benchmarks.clients import cookies
from tests.benchmarks.telling import detail, heading, line
from tests.browser.conftest import FLAGS, PHONE

HERE = install.ROOT / "tests" / "benchmarks"
ROOM = install.VAR / "bench"
PACKAGES = ("package.json", "package-lock.json")
CATEGORIES = ("performance", "accessibility")
TIMES = 5


def measure(server, cast):
    heading("First load of /report/, cold cache")
    if not (chromium := shutil.which("chromium")):
        detail("Not measured: no Chromium here (apt-get install chromium).")
        return
    signed_in = cookies(cast["asha"])
    _weigh(chromium, f"{server.url}/report/", signed_in)
    _ask_lighthouse(chromium, f"{server.url}/report/", signed_in)


# --- Weight -------------------------------------------------------------------------------------------------------


def _weigh(chromium, address, signed_in):
    loads = _loads(chromium, address, signed_in)
    line("over the wire, headers too", sum(load["bytes"] for load in loads) / 1000, at_most=35, unit=" kB")
    line("requests", len(loads), at_most=5)
    for load in loads:
        detail(f"{load['bytes'] / 1000:6.1f} kB  {load['encoding']:5} {load['address']}")


def _loads(chromium, address, signed_in):
    """[{address, encoding, bytes}] of everything that the browser asked for, as it counts them itself."""
    loads = {}

    def answered(event):
        headers = {name.lower(): value for name, value in event["response"]["headers"].items()}
        encoding = headers.get("content-encoding", "plain")
        loads[event["requestId"]] = {"address": event["response"]["url"], "encoding": encoding, "bytes": 0}

    def ended(event):
        if event["requestId"] in loads:
            loads[event["requestId"]]["bytes"] = event["encodedDataLength"]

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        context = browser.new_context(viewport=PHONE)
        context.add_cookies([{"name": n, "value": v, "url": address} for n, v in signed_in.items()])
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.on("Network.responseReceived", answered)
        network.on("Network.loadingFinished", ended)
        network.send("Network.enable")
        page.goto(address, wait_until="networkidle")
        assert page.url == address, page.url
        icon = page.get_attribute("link[rel=icon]", "href")
        if not any(load["address"].endswith(icon) for load in loads.values()):
            page.goto(address.replace("/report/", icon))  # a browser without a window asks for no icon: a phone does
        browser.close()
    return list(loads.values())


# --- Lighthouse ---------------------------------------------------------------------------------------------------


def _ask_lighthouse(chromium, address, signed_in):
    try:
        lighthouse = _install()
        reports = [_patiently(_report, lighthouse, chromium, address, signed_in) for _ in range(TIMES)]
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        detail(f"Lighthouse could not be run: {error}")
        return
    for category in CATEGORIES:
        scores = [round(report["categories"][category]["score"] * 100) for report in reports]
        line(f"Lighthouse {reports[0]['lighthouseVersion']} mobile, {category}", statistics.median(scores), at_least=95)
        detail(f"of {scores}; {_worst(reports[-1], category) or 'nothing to mend'}")


def _install():
    """The program, from the packages that package-lock.json beside this file pins."""
    modules, made_from = ROOM / "node_modules", install.fingerprint(*(f"tests/benchmarks/{name}" for name in PACKAGES))
    if not install.stands(modules, made_from):
        ROOM.mkdir(parents=True, exist_ok=True)
        for source in (*(HERE / name for name in PACKAGES), install.ROOT / ".npmrc"):
            shutil.copy(source, ROOM)
        subprocess.run(["npm", "ci", "--loglevel=error"], cwd=ROOM, env=install._with_npm(), check=True)
        install.finish(modules, made_from)
    return modules / ".bin" / "lighthouse"


def _patiently(verb, *args):
    """Once more where it failed: on a busy machine the browser may be late to start."""
    try:
        return verb(*args)
    except ValueError:
        return verb(*args)


def _report(lighthouse, chromium, address, signed_in):
    """One run as a slow phone on a slow network; its default."""
    cookie = "; ".join(f"{name}={value}" for name, value in signed_in.items())
    command = [
        *(lighthouse, address, "--output=json", "--quiet", "--no-enable-error-reporting"),
        f"--only-categories={','.join(CATEGORIES)}",
        f"--extra-headers={json.dumps({'Cookie': cookie})}",
        f"--chrome-flags={' '.join(FLAGS)}",
    ]
    env = install._with_npm() | {"CHROME_PATH": chromium}
    told = subprocess.run(command, cwd=ROOM, env=env, capture_output=True, text=True, timeout=300)
    if told.returncode:
        raise ValueError(told.stderr.strip()[-2000:])
    report = json.loads(told.stdout)
    if report["finalDisplayedUrl"] != address:
        raise ValueError(f"it was led to {report['finalDisplayedUrl']}")
    return report


def _worst(report, category):
    """What Lighthouse would have better, in its own words."""
    audits = [report["audits"][ref["id"]] for ref in report["categories"][category]["auditRefs"] if ref["weight"]]
    return "; ".join(f"{a['title']}: {a.get('displayValue') or a['score']}" for a in audits if (a["score"] or 0) < 0.95)
