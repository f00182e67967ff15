"""What leaves, what does not, and why: real servers on loopback that answer, refuse, hang up, dribble and lie."""

import contextlib
import datetime
import hmac
import io
import json
import logging
import re
import socket
import socketserver
import ssl
import threading
import time
from email import message_from_bytes
from http.client import parse_headers
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core import mail
from urllib3.connection import HTTPSConnection

from concerns.channels import ChannelError, Email, Letter, Webhook

SECRET, WORDS, HIDDEN = "shared-with-the-control-room", "Please acknowledge 7K3M-92QF", "hidden9Q"
FACTS = {"reference": "7K3M-92QF", "asks": f"{WORDS} by 23:40", "by": "23:40", "ring": "020 7946 0100"}
FACTS |= {"link": "https://x.example/7K3M-92QF/"}
LETTER = Letter(
    id=UUID("6f1d7d4e-8f0f-4a3b-9d3e-0d6c1f6f2b11"),
    to="moss@brightkeep.example",
    subject=WORDS,
    text=f"{WORDS} by 23:40.\n",
    html=f"<p>{WORDS} by 23:40.</p>",
    facts=FACTS,
)


def wanted():
    return True


def refusal(channel, letter=LETTER):
    """The error that this letter ends in."""
    with pytest.raises(ChannelError) as raised:
        channel.send(letter, still_wanted=wanted)
    return raised.value


@contextlib.contextmanager
def ends_within(seconds):
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Server(socketserver.ThreadingTCPServer):
    """Lets a function talk to each caller, and counts the callers."""

    daemon_threads, block_on_close = True, False

    def __init__(self, talk, tls=None):
        super().__init__(("127.0.0.1", 0), None)
        self.talk, self.tls, self.calls, self.port = talk, tls, 0, self.server_address[1]
        threading.Thread(target=self.serve_forever, args=[0.01], daemon=True).start()

    def finish_request(self, request, client_address):
        self.calls += 1
        with contextlib.suppress(OSError):
            if self.tls:
                request = self.tls.wrap_socket(request, server_side=True)
            self.talk(request)

    def shutdown_request(self, request):
        with contextlib.suppress(OSError):
            super().shutdown_request(request)


@pytest.fixture
def serve():
    """A function that starts a Server on a port of its own."""
    running = []

    def start(talk, tls=None):
        running.append(Server(talk, tls))
        return running[-1]

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def dribble(line, *words):
    """These words, and then a byte now and then for ever: never silent for as long as a timeout."""
    line.sendall(b"".join(words))
    while True:
        time.sleep(0.05)
        line.sendall(b"x")


# --- Certificates: an authority of our own, which this test's clients trust ---------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A function that gives the TLS of a server with this name."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    root = certificate("Test authority", key, key)
    (folder / "authority.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))

    def issue(name):
        theirs, path = ec.generate_private_key(ec.SECP256R1()), folder / f"{name}.pem"
        private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        leaf = certificate(name, theirs, key, issuer=root)
        path.write_bytes(theirs.private_bytes(*private) + leaf.public_bytes(serialization.Encoding.PEM))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(path)
        return context

    issue.trusted = folder / "authority.pem"
    return issue


def certificate(name, key, signer, issuer=None):
    public, now, day = key.public_key(), datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    usage = dict.fromkeys(
        "content_commitment key_encipherment data_encipherment key_agreement encipher_only decipher_only".split(), False
    )
    builder = x509.CertificateBuilder(subject_name=subject, issuer_name=issuer.subject if issuer else subject)
    builder = builder.public_key(public).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - day).not_valid_after(now + day)
    for extension, critical in (
        (x509.BasicConstraints(ca=not issuer, path_length=None), True),
        (x509.KeyUsage(digital_signature=bool(issuer), key_cert_sign=not issuer, crl_sign=not issuer, **usage), True),
        (x509.SubjectKeyIdentifier.from_public_key(public), False),
        (above, False),
        (x509.SubjectAlternativeName([x509.DNSName(name)]), False),
    ):
        builder = builder.add_extension(extension, critical)
    return builder.sign(signer, hashes.SHA256())


@pytest.fixture
def trusted(authority, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.trusted))
    return authority


# --- E-mail -------------------------------------------------------------------------------------------------------


class Postbox:
    """A mail server's memory; `answers` are what it says instead of yes, by the command."""

    def __init__(self, **answers):
        self.answers, self.heard, self.letters = answers, [], []

    def hear(self, command):
        self.heard.append(command)
        return self.answers.get(command, "250 OK")

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        self.heard.append("EHLO")
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.hear("MAIL")

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return self.hear("RCPT")

    async def handle_DATA(self, server, session, envelope):
        self.letters.append(envelope)
        if self.answers.get("DATA") == "hang up":
            server.transport.abort()
        return self.hear("DATA")


@pytest.fixture
def smtp(settings):
    """Django's own mail settings, with nobody at the port yet."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", free_port()
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    return settings


@pytest.fixture
def impatient(settings):
    """A second for a message, and hardly less without a byte."""
    settings.EMAIL_TIMEOUT, settings.SEND_TIMEOUT = 0.9, 1


@pytest.fixture
def post(smtp):
    """A function that starts a real mail server and gives its Postbox."""
    running = []

    def start(options=None, **answers):
        box = Postbox(**answers)
        running.append(Controller(box, hostname="127.0.0.1", port=smtp.EMAIL_PORT, **(options or {})))
        running[-1].start()
        return box

    yield start
    for controller in running:
        controller.stop()


def test_a_letter_has_plain_text_simple_html_and_the_headers_of_a_machine(settings):
    settings.DEFAULT_FROM_EMAIL = "CSE Reports <reports@brightkeep.example>"
    assert Email().send(LETTER, still_wanted=wanted) is True
    sent = mail.outbox[0].message()
    assert [part.get_content_type() for part in sent.walk()][1:] == ["text/plain", "text/html"]
    assert (sent["To"], sent["Subject"]) == (LETTER.to, LETTER.subject)
    assert sent["Message-ID"] == f"<{LETTER.id}@brightkeep.example>"
    assert sent["Date"]
    assert sent["Auto-Submitted"] == "auto-generated"


def test_a_repeat_carries_the_same_message_id(post):
    box = post()
    assert [Email().send(LETTER, still_wanted=wanted) for _ in range(2)] == [True, True]
    first, second = (message_from_bytes(letter.content) for letter in box.letters)
    assert str(LETTER.id) in first["Message-ID"]
    assert first["Message-ID"] == second["Message-ID"]


def test_the_mail_server_is_given_one_address_and_every_word(post):
    box = post()
    Email().send(LETTER, still_wanted=wanted)
    assert box.letters[0].rcpt_tos == [LETTER.to]
    assert WORDS.encode() in box.letters[0].content


def test_it_is_asked_at_the_last_moment_whether_the_letter_is_still_wanted(post):
    box, heard = post(), []
    assert Email().send(LETTER, still_wanted=lambda: heard.extend(box.heard)) is False
    assert heard == box.heard == ["EHLO"]
    assert not box.letters


def test_nobody_is_asked_while_the_mail_server_is_down(smtp):
    with pytest.raises(ChannelError):
        Email().send(LETTER, still_wanted=lambda: pytest.fail("asked too early"))


def test_a_fault_in_the_question_is_not_taken_for_one_of_the_mail_server(post):
    box = post()
    with pytest.raises(TimeoutError):
        Email().send(LETTER, still_wanted=lambda: (_ for _ in ()).throw(TimeoutError()))
    assert not box.letters


def test_a_mail_server_that_is_down_is_tried_again(smtp):
    error = refusal(Email())
    assert (str(error), error.permanent) == ("The mail server could not be reached.", False)


@pytest.mark.parametrize("greeting", [b"554 not today\r\n", b"421 busy\r\n", b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_a_mail_server_that_greets_badly_is_tried_again(smtp, serve, greeting):
    smtp.EMAIL_PORT = serve(lambda line: line.sendall(greeting)).port
    assert not refusal(Email()).permanent


ANSWERS = [
    ("RCPT", "550 no such person", True),
    ("RCPT", "553 5.1.3 bad address", True),
    ("RCPT", "450 try later", False),
    ("RCPT", "554 5.7.1 relay access denied", False),
    ("RCPT", "530 sign in first", False),
    ("DATA", "554 not this", True),
    ("DATA", "451 try later", False),
    ("DATA", "554 5.7.1 your network is on a list", False),
    ("DATA", "421 closing", False),
    ("MAIL", "550 not from you", False),
    ("MAIL", "451 try later", False),
]


@pytest.mark.parametrize(("command", "answer", "permanent"), ANSWERS)
def test_only_a_refusal_of_the_address_or_the_message_is_for_good(post, command, answer, permanent):
    box = post(**{command: answer})
    error = refusal(Email())
    assert error.permanent is permanent
    assert answer.split(maxsplit=1)[1] not in str(error)
    assert box.heard[-1] == command


def test_a_mail_server_that_hangs_up_after_the_letter_is_tried_again(post):
    box = post(DATA="hang up")
    error = refusal(Email())
    assert (str(error), error.permanent) == ("The mail server hung up, or took too long.", False)
    assert box.letters


def test_a_wrong_password_is_the_operators_to_mend(post, smtp):
    asked = lambda *_: AuthResult(success=False, handled=False)  # noqa: E731
    box = post({"authenticator": asked, "auth_require_tls": False})
    smtp.EMAIL_HOST_USER, smtp.EMAIL_HOST_PASSWORD = "reports", HIDDEN
    error = refusal(Email())
    assert (str(error), error.permanent) == ("The mail server refused our user name or password.", False)
    assert box.heard == ["EHLO"]


def test_a_mail_server_without_tls_is_told_nothing_where_the_settings_ask_for_it(post, smtp):
    box, smtp.EMAIL_USE_TLS = post(), True
    assert not refusal(Email()).permanent
    assert "MAIL" not in box.heard


@pytest.mark.parametrize("at_once", [True, False])
def test_a_mail_server_that_nobody_vouches_for_is_told_nothing(post, smtp, authority, at_once):
    smtp.EMAIL_USE_SSL, smtp.EMAIL_USE_TLS = at_once, not at_once
    box = post({"ssl_context" if at_once else "tls_context": authority("localhost")})
    error = refusal(Email())
    assert (str(error), error.permanent) == ("The mail server could not show who it is (TLS).", False)
    assert "MAIL" not in box.heard


@pytest.mark.parametrize("at_once", [True, False])
def test_a_letter_goes_through_tls_and_a_sign_in_before_the_question(post, smtp, trusted, at_once):
    smtp.EMAIL_USE_SSL, smtp.EMAIL_USE_TLS = at_once, not at_once
    smtp.EMAIL_HOST_USER, smtp.EMAIL_HOST_PASSWORD = "reports", HIDDEN
    signed_in = []
    options = {"authenticator": lambda *_: signed_in.append("AUTH") or AuthResult(success=True)}
    options |= {"ssl_context" if at_once else "tls_context": trusted("localhost"), "auth_require_tls": not at_once}
    box = post(options)
    assert Email().send(LETTER, still_wanted=lambda: signed_in == ["AUTH"]) is True
    assert len(box.letters) == 1


def talk_smtp(line, ends, then):
    """Say yes to each command until this one, and go on with `then`."""
    heard = line.makefile("rb")
    line.sendall(b"220 here\r\n")
    for command in heard:
        if command == b"data\r\n":
            line.sendall(b"354 go on\r\n")
            while heard.readline() != b".\r\n":
                pass
        if command.startswith(ends):
            return then(line)
        line.sendall(b"250 yes\r\n")


@pytest.mark.parametrize("command", [b"ehlo", b"mail", b"rcpt", b"data"])
def test_a_mail_server_that_dribbles_is_left_and_tried_again(smtp, impatient, serve, command):
    smtp.EMAIL_PORT = serve(lambda line: talk_smtp(line, command, lambda line: dribble(line, b"250-yes\r\n250-"))).port
    with ends_within(5):
        assert not refusal(Email()).permanent


def test_a_mail_server_that_dribbles_its_greeting_is_left(smtp, impatient, serve):
    smtp.EMAIL_PORT = serve(lambda line: dribble(line, b"220-")).port
    with ends_within(5):
        assert not refusal(Email()).permanent


def test_a_silent_mail_server_is_left_sooner(smtp, serve):
    smtp.EMAIL_TIMEOUT, smtp.SEND_TIMEOUT = 0.3, 60
    smtp.EMAIL_PORT = serve(lambda line: line.recv(1)).port
    with ends_within(5):
        assert not refusal(Email()).permanent


@pytest.fixture
def dead():
    """A port at which every loopback address takes a caller and never answers."""
    with socket.socket() as server, contextlib.ExitStack() as callers:
        server.bind(("", 0))
        server.listen(0)
        for _ in range(3):  # they fill its queue
            caller = callers.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(("127.0.0.1", server.getsockname()[1]))
        yield server.getsockname()[1]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_mail_host_of_many_dead_addresses_is_left_in_time(smtp, impatient, dead, monkeypatch, at_once):
    names(monkeypatch, mail_example=[f"127.0.0.{last}" for last in range(2, 12)])
    smtp.EMAIL_USE_SSL, smtp.EMAIL_HOST, smtp.EMAIL_PORT = at_once, "mail.example", dead
    with ends_within(3):
        error = refusal(Email())
    assert (str(error), error.permanent) == ("The mail server could not be reached.", False)


def test_the_next_address_of_a_mail_host_is_tried_where_the_first_is_down(smtp, post, monkeypatch):
    box = post()
    names(monkeypatch, mail_example=["127.0.0.2", "127.0.0.1"])
    smtp.EMAIL_HOST = "mail.example"
    assert Email().send(LETTER, still_wanted=wanted) is True
    assert len(box.letters) == 1


@pytest.mark.parametrize(("host", "words"), [("mail.example", ""), ("other.example", "could not show who it is (TLS)")])
def test_a_mail_hosts_certificate_is_for_its_name_at_whatever_address(smtp, post, trusted, monkeypatch, host, words):
    names(monkeypatch, mail_example=["127.0.0.1"], other_example=["127.0.0.1"])
    smtp.EMAIL_USE_SSL, smtp.EMAIL_HOST = True, host
    box = post({"ssl_context": trusted("mail.example")})
    if words:
        assert words in str(refusal(Email()))
    else:
        assert Email().send(LETTER, still_wanted=wanted) is True
    assert bool(box.letters) == (not words)


GOODBYES = [lambda line: dribble(line, b"221-"), lambda line: line.sendall(b"9" * 9_000), lambda line: None]


@pytest.mark.parametrize("goodbye", GOODBYES)
def test_a_letter_that_was_accepted_is_sent_whatever_the_goodbye(smtp, impatient, serve, goodbye):
    smtp.EMAIL_PORT = serve(lambda line: talk_smtp(line, b"quit", goodbye)).port
    with ends_within(5):
        assert Email().send(LETTER, still_wanted=wanted) is True


def test_a_mail_server_that_dribbles_inside_tls_is_left(smtp, impatient, serve, trusted):
    smtp.EMAIL_USE_SSL, smtp.EMAIL_PORT = True, serve(lambda line: dribble(line, b"220-"), trusted("localhost")).port
    with ends_within(5):
        assert str(refusal(Email())) == "The mail server hung up, or took too long."


def test_no_clock_runs_on_after_a_letter(post, nearby, serve):
    post()
    assert Email().send(LETTER, still_wanted=wanted)
    assert Webhook(SECRET).send(to(serve(Desk())), still_wanted=wanted)
    clocks = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    for clock in clocks:
        clock.join(1)
    assert not any(clock.is_alive() for clock in clocks)


BAD_MAIL = ["", "moss", "moss@", "@x.example", "a b@x.example", "a@x.example\nBcc: b@x.example", "a@x.example\r\n"]
BAD_MAIL += ["a@x.example,b@x.example", "Moss <a@x.example>", "a@-x.example", "a" * 400 + "@x.example", "a@x\0.example"]


@pytest.mark.parametrize("address", BAD_MAIL)
def test_what_is_no_mail_address_is_refused_for_good_and_dials_nobody(post, address):
    box = post()
    error = refusal(Email(), LETTER._replace(to=address))
    assert (str(error), error.permanent) == ("This is not an e-mail address.", True)
    assert not box.heard


# --- Webhooks -----------------------------------------------------------------------------------------------------


class Desk:
    """A control-room system: keeps what it is sent, and answers as it was told to."""

    def __init__(self, answer=b"HTTP/1.1 204 No Content\r\n\r\n", then=None):
        self.answer, self.then, self.requests = answer, then, []

    def __call__(self, line):
        heard = line.makefile("rb")
        first = heard.readline().decode()
        headers = parse_headers(heard)
        body = heard.read(int(headers.get("Content-Length", 0)))
        if first:
            self.requests.append((first, headers, body))
        line.sendall(self.answer)
        if self.then:
            self.then(line)


@pytest.fixture
def nearby(settings):
    """The setting that lets a webhook go to this machine."""
    settings.WEBHOOK_PRIVATE_ADDRESSES = True
    return settings


def to(server, path="/in", scheme="http", host="127.0.0.1"):
    return LETTER._replace(to=f"{scheme}://{host}:{server.port}{path}")


def names(monkeypatch, **hosts):
    """Let each of these names stand for its addresses, the first time that it is looked up and never again."""
    real = socket.getaddrinfo

    def look_up(host, port, *args, **options):
        if "." in host and not re.fullmatch(r"[\d.]+", host):
            ours = hosts.pop(host.replace(".", "_"))
            return [real(address, port, *args, **options)[0] for address in ours]
        return real(host, port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_a_control_room_is_told_the_facts_and_can_check_who_says_so(nearby, serve):
    desk = Desk()
    assert Webhook(SECRET).send(to(serve(desk), "/in?desk=2"), still_wanted=wanted) is True
    first, headers, body = desk.requests[0]
    assert first == "POST /in?desk=2 HTTP/1.1\r\n"
    assert json.loads(body).keys() == {"id", "sent_at", *FACTS}
    assert json.loads(body).items() >= {"id": str(LETTER.id), **FACTS}.items()
    assert headers["Idempotency-Key"] == str(LETTER.id)
    expected = hmac.new(SECRET.encode(), headers["CSE-Timestamp"].encode() + b"." + body, "sha256").hexdigest()
    assert headers["CSE-Signature"] == f"sha256={expected}"


def test_a_repeat_carries_the_same_id_and_its_own_time(nearby, serve, clock):
    desk = Desk()
    for minute in (26, 27):
        now = clock(2026, 11, 21, 23, minute)
        assert Webhook(SECRET).send(to(serve(desk)), still_wanted=wanted)
    assert {headers["Idempotency-Key"] for _, headers, _ in desk.requests} == {str(LETTER.id)}
    assert [int(headers["CSE-Timestamp"]) for _, headers, _ in desk.requests] == [now.timestamp() - 60, now.timestamp()]


def test_no_fact_can_pass_for_the_id_or_the_time(nearby, serve):
    desk = Desk()
    letter = to(serve(desk))._replace(facts={"id": "forged", "sent_at": "forged"})
    Webhook(SECRET).send(letter, still_wanted=wanted)
    assert b"forged" not in desk.requests[0][2]


def test_nothing_leaves_unsigned(nearby, serve):
    server = serve(Desk())
    error = refusal(Webhook(""), to(server))
    assert (str(error), error.permanent) == ("This control-room system has no secret to sign with.", False)
    assert server.calls == 0


def test_a_control_room_is_dialled_and_told_nothing_that_is_no_longer_wanted(nearby, serve):
    desk = Desk()
    server, calls = serve(desk), []

    def still_wanted():
        time.sleep(0.1)
        calls.append(server.calls)
        return False

    assert Webhook(SECRET).send(to(server), still_wanted=still_wanted) is False
    assert calls == [1]
    assert not desk.requests


STATUSES = dict.fromkeys([200, 202, 299], "taken") | dict.fromkeys([301, 302, 307, 400, 401, 404, 410], "for good")
STATUSES |= dict.fromkeys([408, 425, 429, 500, 502, 503, 103, 600], "try again")


@pytest.mark.parametrize(("status", "meaning"), STATUSES.items())
def test_a_status_says_whether_it_is_taken_refused_for_good_or_tried_again(nearby, serve, status, meaning):
    letter = to(serve(Desk(f"HTTP/1.1 {status} {HIDDEN}\r\nContent-Length: 0\r\n\r\n".encode())))
    if meaning == "taken":
        assert Webhook(SECRET).send(letter, still_wanted=wanted) is True
    else:
        error = refusal(Webhook(SECRET), letter)
        assert (str(error), error.permanent) == (f"127.0.0.1 answered {status}.", meaning == "for good")


def test_a_redirect_is_not_followed(nearby, serve):
    elsewhere = Desk()
    place = to(serve(elsewhere)).to
    desk = Desk(f"HTTP/1.1 307 Over there\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode())
    assert refusal(Webhook(SECRET), to(serve(desk))).permanent
    assert (len(desk.requests), elsewhere.requests) == (1, [])


@pytest.mark.parametrize("length", [b"", b"Content-Length: 999999999999\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_an_endless_body_is_not_waited_for(nearby, serve, length):
    server = serve(Desk(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n", then=dribble))
    with ends_within(5):
        assert Webhook(SECRET).send(to(server), still_wanted=wanted) is True


@pytest.mark.parametrize("words", [b"H", b"HTTP/1.1 200 O", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 100 Continue\r\n"])
def test_an_answer_that_dribbles_is_left_and_tried_again(nearby, impatient, serve, words):
    server = serve(Desk(words, then=dribble))
    with ends_within(5):
        assert not refusal(Webhook(SECRET), to(server)).permanent


def test_an_answer_that_dribbles_inside_tls_is_left(nearby, impatient, serve, trusted):
    server = serve(Desk(b"HTTP/1.1 200 O", then=dribble), trusted("localhost"))
    with ends_within(5):
        assert not refusal(Webhook(SECRET), to(server, scheme="https", host="localhost")).permanent


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 20", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000])
def test_what_is_no_answer_is_tried_again(nearby, serve, answer):
    assert not refusal(Webhook(SECRET), to(serve(Desk(answer)))).permanent


def test_a_control_room_that_is_down_or_silent_is_tried_again(nearby, serve):
    nearby.EMAIL_TIMEOUT = 0.3
    with ends_within(5):
        assert not refusal(Webhook(SECRET), LETTER._replace(to=f"http://127.0.0.1:{free_port()}/")).permanent
        assert not refusal(Webhook(SECRET), to(serve(lambda line: time.sleep(2)))).permanent
        assert not refusal(Webhook(SECRET), to(serve(lambda line: time.sleep(2)), scheme="https")).permanent


PRIVATE = "localhost 127.0.0.1 127.1 0x7f000001 2130706433 0.0.0.0 10.1.2.3 172.16.0.1 192.168.0.1 169.254.169.254"
PRIVATE += " 100.64.0.1 224.0.0.1 255.255.255.255 [::1] [::] [::ffff:127.0.0.1] [::ffff:8.8.8.8] [fe80::1] [fc00::1]"
PRIVATE += " [ff0e::1] [2002:7f00:1::1] [64:ff9b::7f00:1] [2001:db8::1] [::127.0.0.1]"


@pytest.mark.parametrize("host", PRIVATE.split())
def test_a_private_address_is_refused_for_good_and_not_dialled(serve, host, monkeypatch):
    desk = Desk()
    server = serve(desk)
    monkeypatch.setattr(HTTPSConnection, "connect", lambda self: pytest.fail("dialled"))
    error = refusal(Webhook(SECRET), to(server, scheme="https", host=host))
    assert (str(error), error.permanent) == (f"{host} is not on the public internet.", True)
    assert server.calls == 0


def test_a_name_with_one_private_address_among_others_is_refused(monkeypatch):
    names(monkeypatch, desk_example=["93.184.216.34", "10.0.0.1"])
    monkeypatch.setattr(HTTPSConnection, "connect", lambda self: pytest.fail("dialled"))
    assert refusal(Webhook(SECRET), LETTER._replace(to="https://desk.example/")).permanent


def test_a_public_name_is_dialled_at_the_addresses_that_were_checked(monkeypatch):
    names(monkeypatch, desk_example=["93.184.216.34", "2606:2800:21f:cb07::1"])
    dialled = []

    def connect(line):
        dialled.append((line.host, line.port, line.server_hostname))
        raise OSError

    monkeypatch.setattr(HTTPSConnection, "connect", connect)
    error = refusal(Webhook(SECRET), LETTER._replace(to=f"https://desk.example/{HIDDEN}"))
    assert (str(error), error.permanent) == ("desk.example could not be reached.", False)
    assert dialled == [("93.184.216.34", 443, "desk.example"), ("2606:2800:21f:cb07::1", 443, "desk.example")]


def test_a_name_is_looked_up_once_and_its_certificate_is_for_the_name(nearby, serve, trusted, monkeypatch):
    tls, asked_for = trusted("desk.example"), []
    tls.sni_callback = lambda line, name, context: asked_for.append(name)
    names(monkeypatch, desk_example=["127.0.0.1"])
    desk = Desk()
    server = serve(desk, tls)
    assert Webhook(SECRET).send(to(server, scheme="https", host="desk.example"), still_wanted=wanted) is True
    assert asked_for == ["desk.example"]
    assert desk.requests[0][1]["Host"] == f"desk.example:{server.port}"


@pytest.mark.parametrize("host", ["other.example", "127.0.0.1"])
def test_a_certificate_for_another_name_is_told_nothing(nearby, serve, trusted, monkeypatch, host):
    names(monkeypatch, other_example=["127.0.0.1"])
    desk = Desk()
    error = refusal(Webhook(SECRET), to(serve(desk, trusted("desk.example")), scheme="https", host=host))
    assert (str(error), error.permanent) == (f"{host} could not show who it is (TLS).", False)
    assert not desk.requests


def test_a_certificate_that_nobody_vouches_for_is_told_nothing(nearby, serve, authority):
    desk = Desk()
    letter = to(serve(desk, authority("localhost")), scheme="https", host="localhost")
    assert not refusal(Webhook(SECRET), letter).permanent
    assert not desk.requests


def test_the_next_address_is_tried_where_the_first_is_down(nearby, serve, monkeypatch):
    names(monkeypatch, desk_example=["127.0.0.2", "127.0.0.1"])
    assert Webhook(SECRET).send(to(serve(Desk()), host="desk.example"), still_wanted=wanted) is True


def test_a_name_that_is_not_found_is_tried_again(monkeypatch):
    def look_up(*args, **options):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    error = refusal(Webhook(SECRET), LETTER._replace(to="https://desk.example/"))
    assert (str(error), error.permanent) == ("desk.example could not be found.", False)


def test_no_proxy_of_the_environment_comes_between(nearby, serve, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert Webhook(SECRET).send(to(serve(Desk())), still_wanted=wanted) is True


BAD_WEB = ["", "desk", "desk.example/in", "ftp://desk.example/", "http://desk.example/", "https:///in", "https://"]
BAD_WEB += ["https://u:p@desk.example/", "https://u@desk.example/", "https://de sk.example/", "https://x.example/a b"]
BAD_WEB += ["https://desk.example/\nX: y", "https://desk.example\r\n", "https://desk.example:99999/", "https://[::1/"]
BAD_WEB += ["mailto:moss@brightkeep.example", "https://desk\0.example/", "https:desk.example", "https://дeск.example/"]


@pytest.mark.parametrize("host", ["a..example", "a" * 64 + ".example"])
def test_a_name_that_cannot_be_is_refused_for_good(host):
    error = refusal(Webhook(SECRET), LETTER._replace(to=f"https://{host}/"))
    assert (str(error), error.permanent) == ("This is not a web address.", True)


@pytest.mark.parametrize("address", BAD_WEB)
def test_what_is_no_https_address_is_refused_for_good_and_not_looked_up(monkeypatch, address):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: pytest.fail("looked up"))
    error = refusal(Webhook(SECRET), LETTER._replace(to=address))
    assert error.permanent
    assert str(error).startswith(("This is not a web address.", "The address must "))


def test_a_user_name_in_the_address_is_refused_here_too(nearby, serve):
    desk = Desk()
    server = serve(desk)
    error = refusal(Webhook(SECRET), to(server, host=f"{HIDDEN}:{HIDDEN}@127.0.0.1"))
    assert (str(error), error.permanent) == ("The address must not carry a user name or a password.", True)
    assert server.calls == 0


# --- Logs ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def written(caplog, monkeypatch):
    """All that anybody logs at any level, and what the service's own handlers write."""
    logs, handlers = io.StringIO(), {h for name in ("", "django") for h in logging.getLogger(name).handlers}
    ours = [handler for handler in handlers if type(handler) is logging.StreamHandler]
    before = [handler.setStream(logs) for handler in ours]
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("mail.log"), "disabled", True)  # of the server in this test
    yield lambda: caplog.text + logs.getvalue()
    for handler, stream in zip(ours, before, strict=True):
        handler.setStream(stream)


BROKEN_ANSWERS = [b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: y\r\n Z\r\n: a\r\n\r\n"]


@pytest.mark.parametrize("answer", [*BROKEN_ANSWERS, b"HTTP/1.1 404 No\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_webhook_writes_no_path_secret_or_word_in_a_log(nearby, serve, written, answer):
    letter = to(serve(Desk(answer)), f"/{HIDDEN}?key={HIDDEN}")
    told = ""
    try:
        Webhook(SECRET).send(letter, still_wanted=wanted)
    except ChannelError as error:
        told = f"{error} {error!r}"
    for word in (HIDDEN, SECRET, *FACTS.values()):
        assert word not in written() + told


@pytest.mark.parametrize("answer", ["250 OK", f"550 {HIDDEN} {LETTER.to}", f"554 {HIDDEN} {WORDS}"])
def test_an_e_mail_writes_no_address_or_word_in_a_log(post, written, answer):
    post(DATA=answer)
    told = ""
    try:
        Email().send(LETTER, still_wanted=wanted)
    except ChannelError as error:
        told = f"{error} {error!r}"
    for word in (HIDDEN, LETTER.to, WORDS):
        assert word not in written() + told
