"""What can be measured of a page as it stands in the browser, and the one sentence that asks for all of it."""

from contextlib import suppress

from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve

PHONE, NARROW = {"width": 375, "height": 667}, {"width": 320, "height": 667}
OPTIONS = {"resultTypes": ["violations"], "preload": False}  # to load styles beforehand it would write some of its own
looked_at = set()  # names of the addresses whose pages were found right


def assert_right(page):
    """Nothing that axe finds, by day or by night; nothing sideways, narrow or with large words; no target too small."""
    path = page.url.partition("://")[2].partition("/")[2].partition("?")[0]
    found = {"by day": broken_rules(page), "too small to tap": small_targets(page)}
    page.emulate_media(color_scheme="dark")  # changes colours and nothing else
    found["by night"] = broken_rules(page, "color-contrast", "link-in-text-block")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)
    found["at 320 pixels"] = sideways(page)
    page.set_viewport_size(PHONE)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found["with large words"] = sideways(page)
    page.evaluate("document.documentElement.style.fontSize = ''")
    wrong = {when: what for when, what in found.items() if what}
    assert not wrong, f"/{path}: {wrong}"
    with suppress(Resolver404):
        looked_at.add(resolve(f"/{path}").view_name)


def broken_rules(page, *only):
    """{rule: the elements that break it} of all rules or of only these, as axe finds."""
    # Half under the bar that stays in sight, a control counts as too small a target: for axe the bar lies still.
    page.evaluate("document.querySelectorAll('.cse-send').forEach((bar) => { bar.style.position = 'static'; })")
    rules = {"runOnly": {"type": "rule", "values": only}} if only else {}
    found = Axe().run(page, options=OPTIONS | rules).response["violations"]
    return {rule["id"]: [f"{node['target']} {node['html'][:150]}" for node in rule["nodes"]] for rule in found}


def small_targets(page):
    """Whatever can be tapped and is under 44 pixels, but links within a sentence: those are as high as its line."""
    return page.evaluate(
        """(() => {
            const size = (target) => target.getBoundingClientRect();
            const inSentence = (link) => link.localName === 'a' && getComputedStyle(link).display === 'inline'
                && link.parentElement.textContent.trim() !== link.textContent.trim();
            const whole = (target) => getComputedStyle(target, '::after').position === 'absolute';
            return [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
                .filter((target) => target.checkVisibility() && !inSentence(target) && !whole(target))
                .filter((target) => !target.closest('.govuk-visually-hidden, .govuk-skip-link'))
                .filter((target) => Math.min(size(target).width, size(target).height) < 43.9)
                .map((target) => `${size(target).width} x ${size(target).height}: ${target.outerHTML.slice(0, 120)}`);
        })()"""
    )


def sideways(page):
    """How far the page goes beyond its right edge, and what reaches furthest; nothing where it fits."""
    return page.evaluate(
        """(() => {
            const root = document.documentElement, beyond = root.scrollWidth - root.clientWidth;
            const right = (element) => element.getBoundingClientRect().right;
            const all = [...document.body.querySelectorAll('*')].sort((one, other) => right(other) - right(one));
            return beyond > 0 ? `${beyond} pixels: ${all[0].outerHTML.slice(0, 150)}` : '';
        })()"""
    )


# What has the focus, and how far it lies under the header or under Send, where it is neither's own.
FOCUSED = """(() => {
    const focused = document.activeElement, box = focused.getBoundingClientRect();
    const header = document.querySelector('.cse-header'), send = document.querySelector('.cse-send');
    const bottom = send?.parentElement.contains(focused) ? send.getBoundingClientRect().top : innerHeight;
    const under = Math.max(header.getBoundingClientRect().bottom - box.top, box.bottom - bottom);
    const own = focused === document.body || getComputedStyle(focused).position === 'fixed'
        || header.contains(focused) || send?.contains(focused);
    return { name: focused.id || focused.outerHTML.slice(0, 100), hidden: own ? 0 : Math.max(0, Math.round(under)) };
})()"""


def tab_through(page):
    """{what has the focus: pixels of it that lie under a bar}, from one end of the page to the other."""
    found = {}
    while True:
        page.keyboard.press("Tab")
        now = page.evaluate(FOCUSED)
        if now["name"] in found:
            return found
        found[now["name"]] = now["hidden"]
