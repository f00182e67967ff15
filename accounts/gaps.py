"""Whom nobody could reach from a site, as sentences. Asks the database nothing: of sites from `with_reach()`. Pure.

Somebody signs in or nobody does; and somebody is sent messages, at an address of their own or at a duty desk's mailbox,
or nobody is. Both are said whether or not there is a concern.
"""


def sentences(site):
    """What should be put right; empty where everybody can be reached."""
    organisations = (site.police_force, site.contractor, site.customer)
    closed = [f"{organisation} is closed." for organisation in organisations if organisation.closed_at]
    gaps = (*_of_police(site), *_of_numbers(site), *_of_company(site), *_of_customer(site), *site.railway_gaps())
    return closed + [sentence for missing, sentence in gaps if missing]


def _of_police(site):
    force, mailbox = site.police_force, site.police_force.intelligence_mailbox
    yield not force.number_to_ring, f"{force} has no number to ring."
    yield (
        not (mailbox or site.has_police),
        f"{force} has no intelligence mailbox and nobody who signs in: the police cannot get a copy.",
    )
    yield (
        site.has_police and not (mailbox or site.mails_police),
        f"{force} has no intelligence mailbox and nobody with an e-mail address: the police are sent no message.",
    )
    yield (
        not force.standards_mailbox,
        f"{force} has no professional standards mailbox: a card about an officer cannot reach them.",
    )


def _of_numbers(site):
    company = site.contractor
    yield not site.control_room_phone, "No number of a control room: a guard here is not told whom to ring first."
    yield not company.phone, f"{company} has no 24-hour number."
    yield not company.lead_phone, f"{company} has no number of its safeguarding lead."


def _of_company(site):
    company, room = site.contractor, site.control_room_mailbox or site.control_room_webhook
    yield not site.has_manager, "No manager cares for this site: nobody there can acknowledge a card."
    yield (
        site.has_manager and not (site.mails_manager or room),
        "No manager here has an e-mail address, and the control room has no mailbox: neither is sent a message.",
    )
    yield not site.has_head_office, f"{company} has nobody at head office who signs in."
    yield (
        site.has_head_office and not (site.mails_head_office or company.head_office_mailbox),
        f"{company} has no duty mailbox and nobody at head office with an e-mail address: "
        "head office is sent no message.",
    )
    yield not site.has_lead, f"{company} has no safeguarding lead who signs in."
    yield (
        site.has_lead and not site.mails_lead,
        f"{company} has no safeguarding lead with an e-mail address: the lead is sent no message.",
    )


def _of_customer(site):
    customer = site.customer
    yield not site.has_customer, f"{customer} has nobody who signs in: the customer cannot get a copy."
    yield (
        site.has_customer and not (site.mails_customer or site.customer_mailbox),
        f"{customer} has nobody with an e-mail address, and its control room has no mailbox: "
        "the customer is sent no message.",
    )
