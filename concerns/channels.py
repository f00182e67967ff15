"""What leaves the building: one letter to one address, by e-mail or to a control-room system's webhook.

Each channel dials first and asks `still_wanted` last, so that nobody is told who may no longer know. Whatever the other
end does, a send is over within SEND_TIMEOUT and one EMAIL_TIMEOUT, besides looking up a name. Nothing here logs.
"""

import hmac
import json
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from email.utils import parseaddr
from http.client import HTTPException
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Timer
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.utils import timezone
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import Url, parse_url


class ChannelError(Exception):
    """A message did not leave. `permanent`: this address will never take it. Its words may be shown and logged."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class Letter(NamedTuple):
    """One message to one address."""

    id: UUID  # stable and random: the Message-ID, and the webhook's id; repeats carry the same
    to: str  # an e-mail address, or an https address
    subject: str
    text: str
    html: str
    facts: Mapping[str, str]  # what a control-room system is told: reference, asks, by, link, ring


@contextmanager
def _until(moment: float, line: smtplib.SMTP | HTTPConnection) -> Iterator[None]:
    """Shut the line at that moment, and who waits on it goes on. (A socket's timeout is for a byte, not an answer.)"""
    timer = Timer(max(0, moment - monotonic()), _shut, [line])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(line: smtplib.SMTP | HTTPConnection) -> None:
    if line.sock is not None:
        with suppress(OSError):  # TLS's own shutdown would let the rest be sent in clear
            socket.socket.shutdown(line.sock, socket.SHUT_RDWR)


# --- E-mail -------------------------------------------------------------------------------------------------------


class Email:
    """Through Django's mail settings, with one connection for each letter: no address holds another back."""

    def send(self, letter: Letter, *, still_wanted: Callable[[], bool]) -> bool:
        """Whether it was handed over; False where it is no longer wanted. Raises ChannelError."""
        message = _message(letter)
        server = _mail_server()
        try:
            with _in_words():
                server.open()
            if not still_wanted():
                return False
            with _in_words():
                server.send_messages([message])
            return True
        finally:
            with suppress(OSError):  # it was accepted, or it was not: a goodbye changes nothing
                server.close()


def _message(letter: Letter) -> EmailMultiAlternatives:
    try:
        validate_email(letter.to)
    except ValidationError:
        raise ChannelError("This is not an e-mail address.", permanent=True) from None
    ours = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    headers = {"Message-ID": f"<{letter.id}@{ours}>", "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(letter.subject, letter.text, to=[letter.to], headers=headers)
    message.attach_alternative(letter.html, "text/html")
    return message


def _mail_server() -> BaseEmailBackend:
    """The backend that the settings name; where that is Django's SMTP, one whose sessions end."""
    ours = settings.EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend"
    return _Backend() if ours else get_connection()


class _Session(smtplib.SMTP):
    """An SMTP session that is over after SEND_TIMEOUT, however slowly the server answers."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.ends = monotonic() + settings.SEND_TIMEOUT
        super().__init__(*args, **options)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """A line to the first address of this host that answers; all of them together have until the session ends."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        error: OSError = TimeoutError()
        for address in dict.fromkeys(str(each[4][0]) for each in found):
            left = self.ends - monotonic()
            if left <= 0:
                break
            try:
                line: socket.socket = super()._get_socket(address, port, min(timeout, left))  # type: ignore[misc]
            except ssl.SSLError:  # it answered
                raise
            except OSError as why:
                error = why
            else:
                return line
        raise error

    def getreply(self) -> tuple[int, bytes]:
        with _until(self.ends, self):
            return super().getreply()


class _SessionInTLS(_Session, smtplib.SMTP_SSL):
    """The same where the server speaks TLS from the first byte."""


class _Backend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[_Session]:
        return _SessionInTLS if self.use_ssl else _Session

    def open(self) -> bool | None:
        """Greeted, in TLS and signed in, as far as the settings ask."""
        opened = super().open()
        if self.connection is not None:
            self.connection.ehlo_or_helo_if_needed()
        return opened


# What is wrong with us or with the line, and will be mended: the first that fits.
MAIL_FAULTS = (
    (smtplib.SMTPAuthenticationError, "The mail server refused our user name or password."),
    (smtplib.SMTPSenderRefused, "The mail server refused the address that we send from."),
    (smtplib.SMTPResponseException, "The mail server refused to talk to us."),
    (smtplib.SMTPNotSupportedError, "The mail server does not offer what our settings ask for."),
    (smtplib.SMTPServerDisconnected, "The mail server hung up, or took too long."),
    (ssl.SSLError, "The mail server could not show who it is (TLS)."),
    (OSError, "The mail server could not be reached."),
)
NOT_SIGNED_IN = {530, 534, 535, 538}


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused("address", *error.recipients.popitem()[1]) from None
    except smtplib.SMTPDataError as error:
        raise _refused("message", error.smtp_code, error.smtp_error) from None
    except OSError as error:  # every SMTP error is one
        raise ChannelError(next(words for kind, words in MAIL_FAULTS if isinstance(error, kind))) from None


def _refused(what: str, code: int, reply: bytes | str) -> ChannelError:
    """For good where it is a 5xx, unless its reason is policy (5.7: no relay, not signed in): that is ours to mend."""
    ours = code in NOT_SIGNED_IN or reply[:4] in (b"5.7.", "5.7.")
    return ChannelError(f"The mail server refused the {what} ({code}).", permanent=500 <= code <= 599 and not ours)


# --- Webhooks -----------------------------------------------------------------------------------------------------

UNICAST = ip_network("2000::/3")
COME_AGAIN = {408, 425, 429}


class Webhook:
    """A signed POST to a control-room system. docs/operations.md says what it carries and how to check it."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def send(self, letter: Letter, *, still_wanted: Callable[[], bool]) -> bool:
        """Whether it was handed over; False where it is no longer wanted. Raises ChannelError."""
        ends = monotonic() + settings.SEND_TIMEOUT
        if not self.secret:
            raise ChannelError("This control-room system has no secret to sign with.")
        url = _read(letter.to)
        line = _dial(url, ends)
        try:
            if not still_wanted():
                return False
            status = self._post(line, url, letter, ends)
        finally:
            line.close()
        if 200 <= status <= 299:
            return True
        for_good = 300 <= status <= 499 and status not in COME_AGAIN
        raise ChannelError(f"{url.host} answered {status}.", permanent=for_good)

    def _post(self, line: HTTPConnection, url: Url, letter: Letter, ends: float) -> int:
        """The status of the answer, which says all: its body is never read."""
        headers, body = self._signed(letter)
        try:
            with _until(ends, line):
                headers["Host"] = url.netloc or ""
                line.request("POST", url.request_uri, body, headers, preload_content=False)
                status = line.getresponse().status
        except (HTTPError, HTTPException, OSError):
            raise ChannelError(f"{url.host} hung up, or took too long.") from None
        if monotonic() >= ends:  # cut off in the middle, which reads like an end
            raise ChannelError(f"{url.host} took too long.")
        return status

    def _signed(self, letter: Letter) -> tuple[dict[str, str], bytes]:
        """Headers and body. The signature covers the time, so that an old message cannot be played again."""
        now = timezone.now()
        stamp = str(int(now.timestamp()))
        body = json.dumps({**letter.facts, "id": str(letter.id), "sent_at": now.isoformat()}).encode()
        signature = hmac.new(self.secret.encode(), stamp.encode() + b"." + body, "sha256").hexdigest()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "CSE-Reports",
            "Idempotency-Key": str(letter.id),
            "CSE-Timestamp": stamp,
            "CSE-Signature": f"sha256={signature}",
        }
        return headers, body


def _read(address: str) -> Url:
    """The parts of a webhook's address. Raises where nothing may ever be sent there."""
    try:
        url = parse_url(address)
    except LocationParseError:
        url = Url()
    if not url.host or not address.isprintable() or " " in address:
        raise ChannelError("This is not a web address.", permanent=True)
    if url.scheme != "https" and not (url.scheme == "http" and settings.WEBHOOK_PRIVATE_ADDRESSES):
        raise ChannelError("The address must begin with https://.", permanent=True)
    if url.auth:
        raise ChannelError("The address must not carry a user name or a password.", permanent=True)
    return url


def _dial(url: Url, ends: float) -> HTTPConnection:
    """A line to the first address of this host that answers. Names are asked for once: what was checked is dialled."""
    host, sentence = (url.host or "").strip("[]"), f"{url.host} could not be reached."
    for address, port in _look_up(url, host):
        line: HTTPConnection
        if url.scheme == "http":
            line = HTTPConnection(address, port)
        else:  # the certificate must be for the name
            line = HTTPSConnection(address, port, server_hostname=host, ssl_context=ssl.create_default_context())
        line.timeout = max(0.01, min(settings.EMAIL_TIMEOUT, ends - monotonic()))
        try:
            line.connect()
            return line
        except (HTTPError, OSError) as error:
            line.close()
            if isinstance(error, ssl.SSLError):
                sentence = f"{url.host} could not show who it is (TLS)."
    raise ChannelError(sentence)


def _look_up(url: Url, host: str) -> list[tuple[str, int]]:
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:  # a part of the name is empty or too long
        raise ChannelError("This is not a web address.", permanent=True) from None
    except OSError:
        raise ChannelError(f"{url.host} could not be found.") from None
    addresses = dict.fromkeys(str(each[4][0]) for each in found)
    if not settings.WEBHOOK_PRIVATE_ADDRESSES and not all(map(_is_public, addresses)):
        raise ChannelError(f"{url.host} is not on the public internet.", permanent=True)
    return [(address, port) for address in addresses]


def _is_public(address: str) -> bool:
    """Not this machine, nor its network, nor a crowd, nor an IPv4 address dressed as IPv6."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address) and (ip not in UNICAST or ip.sixtofour):
        return False
    return ip.is_global and not ip.is_multicast
