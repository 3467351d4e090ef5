"""A mail server of others (aiosmtpd), for the tests of what we send.

    smtp_server.py plain|starttls|tls CERTIFICATE KEY [LOGIN PASSWORD]

Writes its port, then each letter as a line of JSON, read by Python's own mail package. Ends with its
standard input. Addresses that begin with `nobody` are refused, those that begin with `greylisted` are
told to come back the first time.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    def __init__(self):
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return f"550 5.1.1 <{address}> no such mailbox"
        if address.startswith("greylisted") and address not in self.seen:
            self.seen.add(address)
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        part = {kind: message.get_body((kind,)).get_content() for kind in ("plain", "html")}
        letter = {
            "recipients": envelope.rcpt_tos,
            "sender": envelope.mail_from,
            "encrypted": server.transport.get_extra_info("sslcontext") is not None,
            "authenticated": session.authenticated,
            "headers": [[name, str(value)] for name, value in message.items()],
            "to": [address.display_name for address in message["To"].addresses],
            "defects": [str(defect) for p in message.walk() for defect in p.defects],
            **part,
        }
        print(json.dumps(letter), flush=True)
        return "250 2.0.0 kept"


def authenticator(login, password):
    def check(server, session, envelope, mechanism, data):
        right = data.login.decode() == login and data.password.decode() == password
        return AuthResult(success=right, handled=right)

    return check


async def main(mode, certificate, key, login=None, password=None):
    context = None
    if mode != "plain":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
    handler = Handler()

    def session():
        return SMTP(
            handler,
            hostname="relay.example",
            tls_context=context if mode == "starttls" else None,
            require_starttls=mode == "starttls",
            auth_required=login is not None,
            auth_require_tls=mode == "starttls",
            authenticator=authenticator(login, password) if login else None,
        )

    loop = asyncio.get_running_loop()
    at_once = context if mode == "tls" else None
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=at_once)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main(*sys.argv[1:]))
