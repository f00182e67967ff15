"""Every address of the service, by name: what the tests of access and of twin worlds walk."""

from django.urls import get_resolver, reverse

from concerns import links

PLAIN = """home report queue find figures handover me totp_qr people invite bring_in sites demo_sign_in privacy
    accessibility healthz guidance:index guidance:helplines""".split()
KEYS = {
    "account_confirm_email": ["x"],
    "account_reset_password_from_key": ["a", "b-c"],
    "mfa_remove_webauthn": [1],
    "mfa_edit_webauthn": [1],
}


def every_address(resolver=None, prefix="", space=""):
    """(name, pattern, view) of everything that can be asked for."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from every_address(entry, pattern, space + (f"{entry.namespace}:" if entry.namespace else ""))
        else:
            yield f"{space}{entry.name or ''}", pattern, entry.callback


def under(prefix):
    return [(name, pattern, view) for name, pattern, view in every_address() if pattern.startswith(prefix)]


def about(reference):
    """{name: what it is made of} of every address that names a concern."""
    named = {name: [reference] for name, pattern, _ in every_address() if "reference" in pattern}
    return named | {"told_them": [reference, "customer"]}


def ours(reference, *, guard, site, token, desk):
    """{name: address} of all that is ours, about this concern, guard, site, invitation, and (copy, token) of a desk."""
    page = "what-to-do"
    named = {
        **{name: [] for name in PLAIN},
        **about(reference),
        **{name: [guard.pk] for name in ("person", "invite_again", "let_go")},
        **{name: [page] for name in ("guidance:page", "guidance:edit", "guidance:versions")},
        "guidance:version": [page, 1],
        "site": [site.pk],
        "accept_invitation": [token],
        "desk": [desk[0].pk],
        "desk_link": [desk[1]],
    }
    found = {name: reverse(name, args=args) for name, args in named.items()}
    return found | {"find": f"{found['find']}?reference={reference}"}


def desk_of(concern):
    """The police's copy of a concern, and the token in the link that their duty desk is sent."""
    copy = concern.deliveries.get(recipient="police")
    return copy, links.token(copy, "email", copy.organisation.intelligence_mailbox)


def admin_address(name, rows):
    model = name.split("_")[1] if "_" in name else ""
    of_a_row = name.endswith(("_change", "_delete", "_history")) and model in rows
    args = [rows[model].pk] if of_a_row else ["accounts"] if name == "admin:app_list" else []
    return reverse(name, args=args)
