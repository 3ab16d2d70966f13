# SPDX-License-Identifier: MIT
"""Registrations and subscriptions of elements that keep RFC 3261 and RFC 6665 whatever the network does."""

from lossy import MS
from message import tag_of, uri_of
from network import Ua, challenge, credentials
from phone import Leg, Phone, number_of
from transactions import Node

SECOND = 1000 * MS
EVENTS = "presence"


class Registrar(Node, Ua):
    """challenges: it wants a password, and a new nonce now and then."""

    def __init__(self, wire, ip, challenges):
        super().__init__(wire, "registrar", "example.com", ip)
        self.settle()
        self.bindings, self.nonces, self.challenges = {}, {}, challenges

    def break_down(self, seconds):
        self.bindings, self.nonces = {}, {}
        super().break_down(seconds)

    def acked(self, ack, src):
        pass

    def asked(self, server, request):
        asks = self.refusal(request)
        if asks:
            server.answer(self.answer(request, 401, "Unauthorized", tag=self.wire.word(), WWW_Authenticate=asks))
            return
        known = self.bindings.setdefault(request.get("To"), {})
        for contact, (_, call_id, cseq) in known.items():
            if call_id == request.get("Call-ID") and cseq >= number_of(request):
                server.answer(self.answer(request, 500, "Server Internal Error", tag=self.wire.word()))
                return
        self.bind(known, request)
        answer = self.answer(request, 200, "OK", tag=self.wire.word(), Date="Mon, 05 Jan 2026 09:00:00 GMT")
        for contact, (until, _, _) in known.items():
            if until > self.wire.at:
                answer.add("Contact", f"{contact};expires={max(1, (until - self.wire.at) // SECOND)}")
        server.answer(answer)

    def bind(self, known, request):
        contact, expires = request.get("Contact"), int(request.get("Expires") or 0)
        if contact == "*":
            known.clear()
        elif contact and expires:
            known[contact] = (self.wire.at + min(expires, 120) * SECOND, request.get("Call-ID"), number_of(request))
        elif contact:
            known.pop(contact, None)

    def refusal(self, request):
        """The challenge, where its credentials are none, or too old."""
        if not self.challenges:
            return None
        given = request.get("Authorization")
        nonce = given.split('nonce="')[1].split('"')[0] if given else None
        if nonce in self.nonces and self.nonces[nonce] > self.wire.at:
            return None
        asks = challenge(self.wire, "example.com")
        fresh = asks.split('nonce="')[1].split('"')[0]
        self.nonces[fresh] = self.wire.at + 90 * SECOND
        return asks + (", stale=true" if nonce else "")


class Registering(Phone):
    """It keeps itself registered, for some rounds."""

    def register(self, registrar, rounds=6):
        self.registrar, self.rounds = registrar, rounds
        self.call_id, self.cseq, self.tag = f"{self.wire.word(16)}@{self.ip}", 0, self.wire.word()
        self.asks, self.uses, self.tried = None, 0, False
        self.ask_for(120)

    def ask_for(self, expires):
        self.cseq += 1
        more = {"Contact": self.contact, "Expires": str(expires)}
        if self.asks:
            self.uses += 1
            more["Authorization"] = credentials(self, self.asks, "REGISTER", f"sip:{self.domain}", self.uses)
        self.wanted = expires
        request = self.request("REGISTER", self.uri, call_id=self.call_id, cseq=self.cseq, tag=self.tag,
                               target=f"sip:{self.domain}", **more)
        self.ask(self.registrar, request, Answers(self))

    def answered(self, response):
        if response.status == 401 and not self.tried:
            self.asks, self.uses, self.tried = response.get("WWW-Authenticate"), 0, True
            self.ask_for(self.wanted)
            return
        self.tried = False
        self.rounds -= 1
        if self.rounds == 1:
            self.soon(0, 5000, lambda: self.ask_for(0))
        elif self.rounds > 1 and response.status == 200:
            self.soon(5000, 100_000, lambda: self.ask_for(120))
        elif self.rounds > 1:
            self.soon(30_000, 60_000, lambda: self.ask_for(120))

    def unanswered(self):
        self.rounds -= 1
        if self.rounds > 0:
            self.soon(30_000, 60_000, lambda: self.ask_for(120))

    def come_back(self):
        super().come_back()
        self.register(self.registrar, self.rounds)


class Answers:
    def __init__(self, phone):
        self.phone = phone

    def heard(self, transaction, response):
        if response.status >= 200:
            self.phone.answered(response)

    def gone(self, transaction):
        self.phone.unanswered()


class Watcher(Phone):
    """It subscribes, refreshes, and ends what it subscribed to."""

    def watch(self, uri, expires=60):
        self.watching, self.expires, self.usage = uri, expires, None
        request = self.request("SUBSCRIBE", uri, Event="presence", Expires=str(expires), Accept="application/pidf+xml")
        self.first = request
        self.rest = self.wire.random.randrange(1, 4)
        self.ask(self.outbound or self.wire.find(uri), request, Subscribing(self))

    def joined(self, response_like):
        """The dialog, by the 2xx or by a NOTIFY that came before it."""
        if not self.usage:
            self.usage = Leg(self, self.first, response_like, True)
            self.usage.confirmed = True
            self.legs[self.usage.key] = self.usage
        return self.usage

    def accepted(self, response, first):
        usage = self.joined(response)
        if first:
            usage.target, usage.routes = uri_of(response.get("Contact")), response.all("Record-Route")[::-1]
        if not usage.over:
            self.soon(5000, int(response.get("Expires")) * 700, self.refresh)

    def refresh(self):
        if self.usage.over:
            return
        self.rest -= 1
        expires = self.expires if self.rest > 0 else 0
        request = self.usage.request("SUBSCRIBE", Event="presence", Expires=str(expires), Accept="application/pidf+xml")
        self.ask(self.usage.next, request, Subscribing(self))

    def asked(self, server, request):
        if request.method != "NOTIFY" or self.first.get("Call-ID") != request.get("Call-ID"):
            super().asked(server, request)
            return
        made = self.usage
        if not made:
            like = request.copy().set("To", request.get("From"))
            made = self.joined(like)
        if made.tags[1] != tag_of(request.get("From")) or made.over:
            self.respond(server, 481, "Subscription does not exist")
        elif number_of(request) < made.peer_cseq:
            self.respond(server, 500, "Server Internal Error")
        else:
            made.peer_cseq = number_of(request)
            self.respond(server, 200, "OK")
            made.over = request.get("Subscription-State").startswith("terminated")


class Subscribing:
    def __init__(self, phone):
        self.phone = phone

    def heard(self, transaction, response):
        if 200 <= response.status < 300:
            self.phone.accepted(response, tag_of(transaction.request.get("To")) is None)
        elif response.status in (481, 408) and self.phone.usage:
            self.phone.usage.over = True

    def gone(self, transaction):
        if self.phone.usage:
            self.phone.usage.over = True


class Watched(Phone):
    """It notifies those who subscribe."""

    gruu = ";gr=desk"

    def asked_subscribe(self, server, request, leg):
        expires = int(request.get("Expires"))
        tag = self.wire.word()
        more = {"Expires": str(expires), "Allow_Events": EVENTS, "Supported": "gruu"}
        response = self.answer(request, 200, "OK", tag=tag, **more)
        if not leg:
            leg = Leg(self, request, response, False)
            leg.confirmed = True
            self.legs[leg.key] = leg
        server.answer(response)
        leg.until = self.wire.at + expires * SECOND
        self.notify(leg)
        if expires:
            self.later((expires + 1) * SECOND, lambda: self.expire(leg))
            if self.maybe(0.5):
                self.soon(0, 20_000, lambda: self.notify(leg))

    def expire(self, leg):
        if not leg.over and self.wire.at >= leg.until:
            self.notify(leg)

    def notify(self, leg):
        if leg.over:
            return
        left = (leg.until - self.wire.at) // SECOND
        state = f"active;expires={left}" if left > 0 else "terminated;reason=timeout"
        leg.over = left <= 0
        request = leg.request("NOTIFY", Event="presence", Subscription_State=state, Content_Type="application/pidf+xml")
        request.body = '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:bob@example.org"/>\n'
        self.ask(leg.next, request, Notifying(leg))


class Notifying:
    def __init__(self, leg):
        self.leg = leg

    def heard(self, transaction, response):
        self.leg.over = self.leg.over or response.status == 481

    def gone(self, transaction):
        self.leg.over = True
