"""A phone in somebody's hand: a real browser, and a real server of ours with the trial's people."""

import os
import shutil
import time
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from cse_reports import trial
from tests import server

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync""".split()
PHONE = {"width": 375, "height": 667}
TELL = "addEventListener('securitypolicyviolation', (event) => console.error(`CSP ${event.blockedURI || 'inline'}`))"


def pytest_collection_modifyitems(config, items):
    """Whether every address was looked at is asked last, and only where everything runs."""
    last = [item for item in items if item.name == "test_every_address_was_looked_at"]
    everything = {*Path(__file__).parent.glob("test_*.py")} <= {item.path for item in items}
    whole = everything and not config.option.keyword
    items[:] = [item for item in items if item not in last] + (last if whole else [])


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        yield launch(playwright.chromium)


@pytest.fixture
def remembering(browser):
    """A browser that keeps every page that was left in memory, whatever the page wishes, as some phones do."""
    keep = "CacheControlNoStoreEnterBackForwardCache:level/restore-unless-http-only-cookie-change"
    without = ["--disable-back-forward-cache"]
    ours = launch(browser.browser_type, f"--enable-features={keep}", ignore_default_args=without)
    yield ours
    ours.close()


def launch(chromium, *flags, **options):
    return chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS, *flags], **options)


@pytest.fixture(scope="session")
def trial_database(tmp_path_factory):
    """A new trial's database: guidance and the made-up people, and nothing written yet."""
    room = tmp_path_factory.mktemp("trial")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "DATABASE", room / "new.sqlite3")
        patch.setattr(trial, "STARTING", room / "starting.sqlite3")
        trial.prepare()
    return room / "new.sqlite3"


@pytest.fixture(scope="session")
def running(trial_database):
    """The server; its database is put back for every test."""
    server.build()
    database = trial_database.with_name("served.sqlite3")
    shutil.copy(trial_database, database)
    ours = server.Server(database.with_suffix(".log"), DATABASE_URL=f"sqlite:///{database}")
    ours.database = database
    yield ours.start()
    ours.kill()


@pytest.fixture
def service(running, trial_database):
    """The server with a new trial's database: nothing is left of the test before."""
    replace(running.database, trial_database)
    return running


def replace(database, fresh):
    log = database.with_name(f"{database.name}-wal")  # is there as long as anybody has the database open
    until = time.monotonic() + 10
    while log.exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert not log.exists(), "the server still works for the test before"
    copy = database.with_suffix(".copy")
    shutil.copy(fresh, copy)
    os.replace(copy, database)


@pytest.fixture
def page_of(service, browser):
    """page_of("asha") is a page of a phone of hers, signed in; page_of() is one of nobody's.

    What a page may never do fails the test: break the security policy, fail in a script, ask another host for anything.
    """
    contexts, wrong = [], []

    def open_page(name=None, *, js=True, on=browser, **options):
        settings = {"viewport": PHONE, "base_url": service.url, "java_script_enabled": js} | options
        context = on.new_context(**settings)
        context.set_default_timeout(10_000)
        contexts.append(context)
        watch(context, service.url, wrong)
        page = context.new_page()
        if name:
            sign_in(page, name)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong


def watch(context, ours, wrong):
    def heard(message):
        if "CSP" in message.text or "Content Security Policy" in message.text:
            wrong.append(message.text)

    def asked(request):
        if not request.url.startswith((f"{ours}/", "about:", "data:")):
            wrong.append(f"asked for {request.url}")

    def answered(response):
        if response.status >= 400 and response.request.resource_type != "document":
            wrong.append(f"{response.status} for {response.url}")

    context.add_init_script(TELL)
    context.on("console", heard)
    context.on("request", asked)
    context.on("response", answered)
    context.on("weberror", lambda error: wrong.append(str(error.error)))


def sign_in(page, name):
    """As somebody in a trial does: one tap."""
    page.goto("/accounts/login/")
    page.click(f"button[name=person][value={name.title()}]")
    page.wait_for_url(lambda url: "/accounts/" not in url)
