"""Who may do what: the one table role × verb, and the kind of organisation each role belongs to."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """What an organisation is."""

    COMPANY = "company", "security company"
    CUSTOMER = "customer", "customer"
    POLICE = "police", "police force"


class Role(TextChoices):
    """What a person is here. Everybody has one role."""

    GUARD = "guard", "guard"
    MANAGER = "manager", "manager"
    HEAD_OFFICE = "head_office", "head office"
    LEAD = "lead", "safeguarding lead"
    CUSTOMER = "customer", "customer"
    POLICE = "police", "police"
    ADMIN = "admin", "admin"


class Permission(TextChoices):
    """A verb that a role may or may not use at all; which rows it may be used on is the QuerySets' business."""

    REPORT = "report", "send a card"
    SEE_CONCERNS = "see_concerns", "open cards they wrote or that were addressed to them"
    WORK_QUEUE = "work_queue", "see the queue and acknowledge a copy"
    ADD_NOTE = "add_note", "add a note to a card they may see"
    RECORD_TOLD = "record_told", "record whom they rang about a card that they may see"
    HOLD = "hold", "record that the police ask for the customer not to be told yet, and that they no longer do"
    SAVE_FOOTAGE = "save_footage", "record that footage is saved"
    ASK = "ask", "ask the author of a card something"
    ANSWER = "answer", "answer what was asked about their own card"
    PASS_ON = "pass_on", "let somebody else of their organisation read a copy"
    CLOSE = "close", "close a concern, or propose it"
    DECIDE = "decide", "release a copy, and name people to keep a concern from"
    HAND_OVER = "hand_over", "print what one shift hands over to the next"
    MAKE_PACK = "make_pack", "print all that they may see of a card, for the police"
    INVITE = "invite", "invite guards to their own sites"
    SEE_SITES = "see_sites", "see the sites of their company and what is missing there"
    SEE_FIGURES = "see_figures", "see how soon each recipient answers"
    ADMINISTER = "administer", "keep organisations, sites and people"
    EDIT_GUIDANCE = "edit_guidance", "edit and publish guidance"


_P = Permission
_REPORTER = {_P.REPORT, _P.SEE_CONCERNS, _P.ADD_NOTE, _P.RECORD_TOLD, _P.ANSWER}
_RECIPIENT = {_P.SEE_CONCERNS, _P.WORK_QUEUE, _P.SAVE_FOOTAGE}
_COMPANY = {_P.ASK, _P.PASS_ON, _P.CLOSE, _P.HOLD, _P.HAND_OVER, _P.MAKE_PACK}

PERMISSIONS: dict[str, set[Permission]] = {
    Role.GUARD: _REPORTER,
    Role.MANAGER: _REPORTER | _RECIPIENT | _COMPANY | {_P.INVITE, _P.SEE_SITES},
    Role.HEAD_OFFICE: _REPORTER | _RECIPIENT | _COMPANY | {_P.DECIDE, _P.SEE_SITES, _P.SEE_FIGURES},
    Role.LEAD: _REPORTER | _RECIPIENT | _COMPANY | {_P.DECIDE, _P.SEE_SITES},
    Role.CUSTOMER: _RECIPIENT,
    Role.POLICE: _RECIPIENT | {_P.ADD_NOTE, _P.ASK, _P.HOLD, _P.MAKE_PACK},
    Role.ADMIN: {_P.ADMINISTER, _P.EDIT_GUIDANCE},
}

# Which kind of organisation a role belongs to; an admin belongs to none.
KIND_OF: dict[str, str] = {
    Role.GUARD: Kind.COMPANY,
    Role.MANAGER: Kind.COMPANY,
    Role.HEAD_OFFICE: Kind.COMPANY,
    Role.LEAD: Kind.COMPANY,
    Role.CUSTOMER: Kind.CUSTOMER,
    Role.POLICE: Kind.POLICE,
    Role.ADMIN: "",
}
