# SPDX-License-Identifier: MIT
"""A phone that keeps RFC 3261, 3262, 3264 and 3311 whatever the network does: calls, and what is done within them."""

from lossy import MS, T1, T2
from message import Message, tag_of, uri_of
from network import ALLOW, Ua, dressed
from transactions import Node

OTHER_WAY = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}


def direction_of(message):
    return next((line[2:] for line in message.body.split("\n") if line[2:] in OTHER_WAY), "sendrecv")


def number_of(message):
    return int(message.get("CSeq").split()[0])


class Leg:
    """A dialog as one of its two knows it."""

    def __init__(self, phone, request, response, is_caller):
        self.phone, self.call_id, self.is_caller = phone, request.get("Call-ID"), is_caller
        mine, theirs = (request.get("From"), response.get("To"))[::1 if is_caller else -1]
        self.tags = tag_of(mine), tag_of(theirs)
        self.uris = uri_of(mine), uri_of(theirs)
        self.cseq = number_of(request) if is_caller else 0
        self.peer_cseq = 0 if is_caller else number_of(request)
        routes = response.all("Record-Route")
        self.routes = routes[::-1] if is_caller else routes
        self.target = uri_of((response if is_caller else request).get("Contact"))
        self.confirmed = self.over = False
        self.inviting = self.updating = None    # own transactions without a final response
        self.invited, self.unacked = None, {}   # the peer's INVITE; by CSeq its 2xx that have no ACK
        self.pracked = 0                        # the last RSeq that came
        self.acks = {}                          # of own INVITEs, by CSeq
        self.leaves, self.rests = False, 0      # until when nothing is tried, behind 491
        self.told, self.version, self.session = None, 0, phone.wire.random.randrange(10**6, 10**9)

    @property
    def key(self):
        return self.call_id, self.tags[0], self.tags[1]

    @property
    def settled(self):
        """Nothing waits for anything: an offer may be sent."""
        at_work = self.inviting or self.updating or self.invited or self.unacked
        return self.confirmed and self.phone.wire.at >= self.rests and not (self.over or self.leaves or at_work)

    def keep(self, interval, refresher):
        """RFC 4028: who refreshes does so in the middle; the other one hangs up when nobody does."""
        self.refreshed, self.interval, self.refresher = self.phone.wire.at, interval, refresher
        due = interval // 2 if refresher else interval - min(32, interval // 3)
        moment = self.refreshed
        self.phone.later(due * 1000 * MS, lambda: self.elapsed(moment))

    def elapsed(self, moment):
        if self.over or self.leaves or self.refreshed != moment:
            return
        if self.refresher:
            self.phone.refresh(self)
        else:
            self.leave()

    def describe(self, direction="sendrecv"):
        """A session description: with a new version where something is new."""
        if direction != self.told:
            self.told, self.version = direction, self.version + 1
        return self.phone.described(self.session, self.version, direction)

    def request(self, method, cseq=None, sdp=None, **more):
        if cseq is None:
            cseq = self.cseq = self.cseq + 1 if self.cseq else self.phone.wire.random.randrange(1, 9000)
        (mine, theirs), (own, peer) = self.tags, self.uris
        headers = [("Via", self.phone.via()), ("Max-Forwards", "70"), ("From", f"<{own}>;tag={mine}"),
                   ("To", f"<{peer}>;tag={theirs}"), ("Call-ID", self.call_id), ("CSeq", f"{cseq} {method}")]
        message = Message(f"{method} {self.target} SIP/2.0", headers + [("Route", route) for route in self.routes])
        if method in ("INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY", "REFER"):
            message.add("Contact", self.phone.contact)
        if method in ("INVITE", "UPDATE"):
            message.add("Allow", ALLOW)
        if method == "INVITE":
            message.add("Accept", "application/sdp").add("Supported", "100rel, timer")
        return dressed(message, sdp, more)

    @property
    def next(self):
        return self.phone.wire.find(self.routes[0] if self.routes else self.target)

    def ask(self, method, **more):
        request = self.request(method, **more)
        return self.phone.ask(self.next, request, self.phone)

    def ended(self):
        self.over = True
        if self.invited and not self.invited.final:
            self.phone.respond(self.invited, 487, "Request Terminated", tag=self.tags[0])
        self.invited = None

    def leave(self):
        """BYE, as soon as it may be sent."""
        self.leaves = True
        may = self.confirmed and not self.inviting and not self.updating and (self.is_caller or not self.unacked)
        if may and not self.over:
            if self.invited and not self.invited.final:
                self.phone.respond(self.invited, 486, "Busy Here")
            self.over = True
            self.ask("BYE")


class Phone(Node, Ua):
    """What its user does is left to chance, in its own time."""

    def __init__(self, wire, user, domain, ip, outbound=None):
        super().__init__(wire, user, domain, ip)
        self.settle()
        self.outbound, self.legs, self.calls = outbound, {}, {}
        self.timer, self.lasts = 0, (50, 3000, 30000, 90000)  # of calls: seconds of its session timer, 0: none; milliseconds
        self.others = []  # servers that take the place of outbound where it does not answer

    def via(self, branch=None):
        return super().via(branch) + (";rport" if self in self.wire.outside else "")

    def described(self, session, version, direction):
        return "\n".join(["v=0", f"o={self.user} {session} {version} IN IP4 {self.ip}", "s=-", f"c=IN IP4 {self.ip}",
                          "t=0 0", f"m=audio {self.media} RTP/AVP 0", "a=rtpmap:0 PCMU/8000", f"a={direction}"]) + "\n"

    def maybe(self, share):
        return self.wire.random.random() < share

    def soon(self, least, most, what):
        """most: milliseconds"""
        return self.later(self.wire.random.uniform(least, most) * MS, what)

    def break_down(self, seconds):
        self.legs, self.calls = {}, {}
        super().break_down(seconds)

    # --- the caller

    def call(self, uri):
        description = self.described(session := self.wire.random.randrange(10**6, 10**9), 1, "sendrecv")
        more = {"Session_Expires": str(self.timer), "Min_SE": "90"} if self.timer else {}
        request = self.request("INVITE", uri, sdp=description, **more)
        call = Call(self, request, session)
        self.calls[request.get("Call-ID")] = call
        call.transaction = self.ask(self.outbound or self.wire.find(uri), request, call)
        return call

    def call_elsewhere(self, call):
        """RFC 3263 §4.3: the same request to the next server, as another transaction."""
        call.request = call.request.copy().set("Via", self.via())
        call.transaction = self.ask(self.others.pop(0), call.request, call)

    def refresh(self, leg):
        if leg.inviting or leg.updating:
            self.later(2000 * MS, lambda: self.refresh(leg))
        elif not leg.over and not leg.leaves:
            role = "uac"
            leg.updating = leg.ask("UPDATE", Supported="100rel, timer", Session_Expires=f"{leg.interval};refresher={role}", Min_SE="90")

    # --- the one who is asked

    def respond(self, server, status, reason, **more):
        server.answer(self.answer(server.request, status, reason, **more))

    def asked(self, server, request):
        handle = getattr(self, "asked_" + request.method.lower(), None)
        tag = tag_of(request.get("To"))
        if request.method == "CANCEL":
            self.cancelled(server, request)
            return
        leg = self.legs.get((request.get("Call-ID"), tag, tag_of(request.get("From"))))
        if tag and (not leg or leg.over and request.method not in ("BYE", "PRACK")):
            self.respond(server, 481, "Call/Transaction Does Not Exist")
        elif leg and number_of(request) < leg.peer_cseq:
            self.respond(server, 500, "Server Internal Error")
        elif not handle:
            self.respond(server, 200, "OK", tag=self.wire.word())
        else:
            if leg:
                leg.peer_cseq = number_of(request)
            handle(server, request, leg)

    def asked_invite(self, server, request, leg):
        if not leg:
            Invitation(self, server, request)
        elif leg.inviting or leg.updating:
            self.respond(server, 491, "Request Pending")
        elif leg.invited and not leg.invited.final:
            self.respond(server, 500, "Server Internal Error", Retry_After="3")
        else:
            Invitation(self, server, request, leg)

    def asked_bye(self, server, request, leg):
        leg.ended()
        self.respond(server, 200, "OK")

    def asked_update(self, server, request, leg):
        if leg.inviting or leg.updating:
            self.respond(server, 491, "Request Pending")
        elif leg.invited and not leg.invited.final:
            self.respond(server, 500, "Server Internal Error", Retry_After="4")
        else:
            leg.target = uri_of(request.get("Contact"))
            more = {"sdp": leg.describe(OTHER_WAY[direction_of(request)])} if request.body else {}
            self.respond(server, 200, "OK", **more, **self.timing(request, leg))

    def timing(self, request, leg):
        """What a 2xx says of the session timer: who asks refreshes, unless the request says otherwise."""
        asked = request.get("Session-Expires")
        if not asked:
            return {}
        of_callee = "refresher=uas" in asked or "refresher" not in asked and leg.confirmed is False and self.maybe(0.5)
        interval = int(asked.split(";")[0])
        leg.keep(interval, of_callee)
        return {"Session_Expires": f"{interval};refresher={'uas' if of_callee else 'uac'}",
                "Require": "timer"} | ({} if request.method == "INVITE" else {"Supported": "timer"})

    def asked_info(self, server, request, leg):
        self.respond(server, 200, "OK")

    def asked_prack(self, server, request, leg):
        invitation = getattr(leg, "invitation", None)
        if invitation and invitation.waits_for(request):
            self.respond(server, 200, "OK")
            invitation.pracked()
        else:
            self.respond(server, 481, "Call/Transaction Does Not Exist")

    def cancelled(self, server, request):
        branch, host, _ = server.key
        invite = self.servers.get((branch, host, "INVITE"))
        if not invite:
            self.respond(server, 481, "Call/Transaction Does Not Exist", tag=self.wire.word())
            return
        invitation = invite.user_data
        self.respond(server, 200, "OK", tag=invitation.tag)
        if not invite.final:
            invitation.refuse(487, "Request Terminated")

    def acked(self, ack, src):
        leg = self.legs.get((ack.get("Call-ID"), tag_of(ack.get("To")), tag_of(ack.get("From"))))
        if leg and number_of(ack) in leg.unacked:
            leg.unacked[number_of(ack)].acknowledged()

    # --- within a call, as client

    def heard(self, transaction, response):
        request = transaction.request
        leg = self.legs[request.get("Call-ID"), tag_of(request.get("From")), tag_of(request.get("To"))]
        if request.method == "INVITE":
            self.reinvite_answered(leg, transaction, response)
        elif response.status >= 200:
            if leg.updating is transaction:
                leg.updating = None
                self.timed(leg, response)
                if response.status == 491:
                    self.again(leg, self.update)
            self.failed(leg, transaction, response.status)

    def timed(self, leg, response):
        """What the 2xx says of the session timer."""
        if response.status < 300 and response.get("Session-Expires"):
            interval, refresher = response.get("Session-Expires").split(";refresher=")
            leg.keep(int(interval), refresher == "uac")

    def failed(self, leg, transaction, status):
        if status in (408, 481) and transaction.request.method != "BYE":
            leg.leave()
        elif leg.leaves:
            leg.leave()

    def gone(self, transaction):
        """No answer at all: the dialog is over."""
        request = transaction.request
        leg = self.legs.get((request.get("Call-ID"), tag_of(request.get("From")), tag_of(request.get("To"))))
        if leg:
            leg.inviting = leg.inviting if leg.inviting is not transaction else None
            leg.updating = leg.updating if leg.updating is not transaction else None
            self.failed(leg, transaction, 408)

    def reinvite_answered(self, leg, transaction, response):
        if response.status < 200:
            return
        if response.status < 300:
            if transaction is leg.inviting:
                leg.target = uri_of(response.get("Contact"))
                leg.inviting = None
                self.timed(leg, response)
            self.acknowledge(leg, number_of(transaction.request))
        else:
            leg.inviting = None
            if response.status == 491:
                self.again(leg, self.reinvite)
        self.failed(leg, transaction, response.status)

    def acknowledge(self, leg, number):
        if number not in leg.acks:
            leg.acks[number] = leg.request("ACK", cseq=number)
        self.transmit(leg.next, leg.acks[number])

    def again(self, leg, what):
        """Behind 491: RFC 3261 §14.1"""
        least, most = (210, 400) if leg.is_caller else (0, 200)
        wait = self.wire.random.randrange(least, most) * 10 * MS + 2 * MS
        leg.rests = self.wire.at + wait
        self.later(wait, lambda: what(leg))

    def reinvite(self, leg):
        if leg.settled:
            timed = getattr(leg, "interval", 0)  # what changes nothing refreshes by UPDATE: RFC 4028 §7.4
            direction = self.wire.random.choice([way for way in OTHER_WAY if not timed or way != leg.told])
            leg.inviting = leg.ask("INVITE", sdp=leg.describe(direction), **self.kept(leg))

    def update(self, leg):
        if leg.settled:
            direction = self.wire.random.choice([way for way in OTHER_WAY if way != leg.told])
            leg.updating = leg.ask("UPDATE", sdp=leg.describe(direction), Supported="100rel, timer", **self.kept(leg))

    def kept(self, leg):
        """The session timer goes on as it was."""
        if not getattr(leg, "interval", 0):
            return {}
        return {"Session_Expires": f"{leg.interval};refresher={'uac' if leg.refresher else 'uas'}", "Min_SE": "90"}

    def info(self, leg):
        if not leg.over and not leg.leaves and leg.confirmed:
            leg.ask("INFO")

    def converse(self, leg):
        """What this end does while the call lasts."""
        for what in (self.reinvite, self.update, self.info):
            for _ in range(3):
                if self.maybe(0.2):
                    self.soon(0, self.wire.random.choice((100, 3000, 20000)), lambda what=what: what(leg))
        self.soon(0, self.wire.random.choice(self.lasts), leg.leave)


class Call:
    """An INVITE outside of a dialog, as its caller sees it."""

    def __init__(self, phone, request, session):
        self.phone, self.request, self.session = phone, request, session
        self.wire, self.legs = phone.wire, {}
        self.ringing = self.cancelling = self.decided = False
        if phone.maybe(0.35):
            phone.soon(0, phone.wire.random.choice((50, 1500, 8000)), self.cancel)

    def leg_of(self, response):
        tag = tag_of(response.get("To"))
        if tag not in self.legs:
            leg = self.legs[tag] = Leg(self.phone, self.request, response, True)
            leg.session, leg.version, leg.told = self.session, 1, "sendrecv"
            self.phone.legs[leg.key] = leg
        return self.legs[tag]

    def heard(self, transaction, response):
        self.ringing = True
        if response.status < 200:
            if tag_of(response.get("To")) and response.get("RSeq"):
                self.prack(self.leg_of(response), response)
        elif response.status < 300:
            self.answered(self.leg_of(response), response)
        elif response.status == 503 and self.phone.others and not self.cancelling:
            self.phone.call_elsewhere(self)
        else:
            self.decided = True
            for leg in self.legs.values():
                leg.over = True
        if self.cancelling and not self.decided:
            self.cancel()

    def prack(self, leg, response):
        rseq = int(response.get("RSeq"))
        if leg.over or leg.pracked and rseq != leg.pracked + 1:
            return
        leg.pracked = rseq
        leg.ask("PRACK", RAck=f"{rseq} {response.get('CSeq')}")

    def answered(self, leg, response):
        first, new = not self.decided, not leg.confirmed
        self.decided = leg.confirmed = True
        self.phone.acknowledge(leg, number_of(self.request))
        if not new:
            return
        leg.target, routes = uri_of(response.get("Contact")), response.all("Record-Route")
        leg.routes = routes[::-1]
        leg.acks = {}
        self.phone.timed(leg, response)
        if self.cancelling or not first:
            leg.leave()
        else:
            self.phone.converse(leg)

    def cancel(self):
        """Once, and only behind a provisional response."""
        if self.decided or self.cancelling and not self.ringing or self.cancelling == "sent":
            return
        self.cancelling = True
        if self.ringing:
            self.cancelling = "sent"
            headers = [("Via", self.request.get("Via")), ("Max-Forwards", "70")]
            headers += [(name, self.request.get(name)) for name in ("From", "To", "Call-ID")]
            headers += [("CSeq", f"{number_of(self.request)} CANCEL")]
            cancel = Message(f"CANCEL {self.request.uri} SIP/2.0", headers)
            self.phone.ask(self.transaction.peer, cancel, Ignored())

    def gone(self, transaction):
        if self.phone.others and not self.cancelling:
            self.phone.call_elsewhere(self)
        else:
            self.decided = True


class Ignored:
    def heard(self, transaction, response):
        pass

    def gone(self, transaction):
        pass


class Invitation:
    """An INVITE as the callee sees it: outside of a dialog, or within leg."""

    def __init__(self, phone, server, request, leg=None):
        self.phone, self.server, self.request, self.leg = phone, server, request, leg
        self.wire, self.number = phone.wire, number_of(request)
        self.within = leg is not None
        self.tag = leg.tags[0] if leg else phone.wire.word()
        self.rseq, self.open, self.timer, self.sent = 0, None, None, None
        server.user_data = self
        if leg:
            leg.invited = server
            if phone.maybe(0.7):
                self.accept()
            else:
                phone.soon(0, 3000, self.accept)
            return
        chance = phone.wire.random
        if phone.maybe(0.7):
            phone.soon(0, 800, self.ring)
        end = chance.choice((self.accept, self.accept, self.accept, lambda: self.refuse(486, "Busy Here"),
                             lambda: self.refuse(603, "Decline"), lambda: self.refuse(404, "Not Found")))
        phone.soon(10, chance.choice((100, 2000, 12000)), lambda: self.when_free(end))

    def when_free(self, what):
        """Behind the PRACK that is still to come."""
        if self.open and not self.server.final:
            self.phone.later(100 * MS, lambda: self.when_free(what))
        elif not self.server.final:
            what()

    def early(self, response):
        if not self.leg:
            self.leg = Leg(self.phone, self.request, response, False)
            self.leg.invitation = self
            self.phone.legs[self.leg.key] = self.leg
        return response

    def ring(self):
        if self.server.final:
            return
        status, reason = self.wire.random.choice(((180, "Ringing"), (183, "Session Progress")))
        more = {}
        reliable = self.phone.maybe(0.5)
        if reliable:
            if self.open:
                self.phone.later(200 * MS, self.ring)
                return
            self.rseq = self.rseq + 1 if self.rseq else self.wire.random.randrange(1, 60000)
            more = {"Require": "100rel", "RSeq": str(self.rseq)}
        response = self.early(self.phone.answer(self.request, status, reason, tag=self.tag, **more))
        if reliable:
            self.open = response
            self.repeat_reliable(T1, self.wire.at + 64 * T1)
        else:
            self.server.answer(response)
        if self.phone.maybe(0.4):
            self.phone.soon(0, 1500, self.ring)

    def repeat_reliable(self, following, until):
        if not self.open or self.server.final:
            return
        if self.wire.at >= until:
            self.refuse(504, "Server Time-out")
            return
        self.server.answer(self.open)
        self.timer = self.phone.later(min(following, until - self.wire.at), lambda: self.repeat_reliable(following * 2, until))

    def waits_for(self, prack):
        return self.open and prack.get("RAck") == f"{self.rseq} {self.request.get('CSeq')}"

    def pracked(self):
        self.open = None
        self.timer.stop()

    def refuse(self, status, reason):
        if self.server.final:
            return
        self.phone.respond(self.server, status, reason, tag=self.tag)
        if self.leg:
            self.leg.over = self.leg.over or not self.within
            self.leg.invited = None

    def accept(self):
        if self.server.final or self.leg and self.leg.over:
            return
        leg = self.leg
        response = self.phone.answer(self.request, 200, "OK", tag=self.tag)
        self.early(response)
        leg = self.leg
        for name, value in self.phone.timing(self.request, leg).items():
            response.add(name.replace("_", "-"), value)
        response.add("Content-Type", "application/sdp").body = leg.describe(OTHER_WAY[direction_of(self.request)])
        leg.invited, leg.unacked[self.number], leg.confirmed = None, self, True
        if self.within:
            leg.target = uri_of(self.request.get("Contact"))
        self.sent = response
        self.repeat(T1, self.wire.at + 64 * T1)
        if not self.within:
            self.phone.converse(leg)

    def repeat(self, following, until):
        """The 2xx, until its ACK comes. RFC 3261 §13.3.1.4"""
        if self.wire.at >= until:
            del self.leg.unacked[self.number]
            self.leg.leave()
            return
        self.server.answer(self.sent)
        self.timer = self.phone.later(min(following, until - self.wire.at), lambda: self.repeat(min(following * 2, T2), until))

    def acknowledged(self):
        self.timer.stop()
        del self.leg.unacked[self.number]
        if self.leg.leaves:
            self.leg.leave()
