"""The lines of the report."""

from cse_reports import install


def heading(text):
    install.say(f"\n{text}\n")


def line(what, value, *, at_most=None, at_least=None, unit=""):
    """One figure, and whether it meets its target where it has one."""
    target = ""
    if at_most is not None:
        target = f"at most {at_most:g}{unit}: {'met' if value <= at_most else 'NOT MET'}"
    if at_least is not None:
        target = f"at least {at_least:g}{unit}: {'met' if value >= at_least else 'NOT MET'}"
    shown = value if isinstance(value, str) else f"{value:,.2f}".rstrip("0").rstrip(".") + unit
    install.say(f"  {what:<52} {shown:>12}  {target}".rstrip())


def detail(text):
    install.say(f"      {text}")
