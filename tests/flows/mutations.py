# SPDX-License-Identifier: MIT
"""Flows with one thing done wrong: who did it, in which message, and which statement forbids it.

    Mutation(flow, statement, where, change, at=..., alone=..., beside=..., absent=..., before=...)

where: the message that is changed, "INVITE", "200 BYE", "ACK#2", "INVITE#1@p1": method of a request or status and method
of a response, which one of these (the first unless told), and who sent it. change: what is done to the message, or to
the steps by a Change below. The finding has to cite the statement, at that message, and to blame its sender; `at` names
another message where the fault shows later; alone: that one message shows it; beside: it shows only where the observer stands
beside whom is to be blamed; absent: something is missing behind the message `at`, and its receiver should have sent it;
before: (where, edit) of another message that the fault needs."""

import copy
import re

from network import Ua, Wire, back, cancel_of, send

MUTATIONS = []


class Mutation:
    def __init__(self, flow, statement, where, change, at=None, alone=False, beside=False,
                 absent=False, before=None):
        self.flow, self.statement, self.where, self.change, self.at = flow, statement, where, change, at or where
        self.alone, self.beside, self.absent, self.before = alone, beside, absent, before
        MUTATIONS.append(self)

    @property
    def name(self):
        return f"{self.flow}: {self.statement} at {self.at}"

    def apply(self, steps):
        """Change the steps; the step at which that shows, and who is to be blamed."""
        if self.before:
            where, change = self.before
            change(steps[find(steps, where)].message)
        at = find(steps, self.where)
        if isinstance(self.change, Change):
            self.change.apply(steps, at)
        else:
            self.change(steps[at].message)
        if any(after.at < before.at for before, after in zip(steps, steps[1:])):
            raise ValueError(f"{self.name}: the steps go back in time")
        shown = steps[find(steps, self.at)]
        return shown, shown.dst if self.absent else shown.src


def find(steps, where):
    """The place of the message that `where` names."""
    words, number, sender = re.fullmatch(r"([^#@]+)(?:#(\d+))?(?:@(\S+))?", where).groups()
    *status, method = words.split()
    matching = [place for place, step in enumerate(steps)
                if step.message.method == method and (not sender or step.src.name == sender)
                and (step.message.status == int(status[0]) if status else step.message.is_request)]
    return matching[int(number or 1) - 1]


# --- changes of more than one message's text

class Change:
    pass


class Drop(Change):
    """It is never sent, nor are those behind it: so many in all."""

    def __init__(self, count=1):
        self.count = count

    def apply(self, steps, at):
        del steps[at:at + self.count]


def minutes_later(steps, minutes):
    """Others are heard: the capture went on."""
    wire = Wire("others")
    carol, dave = Ua(wire, "carol", "example.net", "10.3.0.1"), Ua(wire, "dave", "example.net", "10.3.0.2")
    wire.wait((steps[-1].at + minutes * 60_000_000) / 1000)
    received = send((carol, dave), carol.request("OPTIONS", dave.uri))
    back((carol, dave), dave.answer(received, 200, "OK", tag="d4"))
    steps += wire.steps


class Silence(Change):
    """It is never sent, and nothing behind it; some minutes later others are heard."""

    def __init__(self, minutes=2):
        self.minutes = minutes

    def apply(self, steps, at):
        del steps[at:]
        minutes_later(steps, self.minutes)


class Unacknowledged(Change):
    """It is changed, and the ACK behind it is never sent."""

    def __init__(self, change):
        self.change = change

    def apply(self, steps, at):
        del steps[at + 1]
        self.change(steps[at].message)


class HeardOn(Change):
    """It is changed; a minute behind all others are heard."""

    def __init__(self, change):
        self.change = change

    def apply(self, steps, at):
        self.change(steps[at].message)
        minutes_later(steps, 1)


class Last(Change):
    """It is changed, and nothing comes behind it; two minutes later others are heard."""

    def __init__(self, change):
        self.change = change

    def apply(self, steps, at):
        del steps[at + 1:]
        self.change(steps[at].message)
        minutes_later(steps, 2)


class Unanswered(Change):
    """It and so many messages behind it come, then it alone, so many milliseconds after the first time; the last time
    changed."""

    def __init__(self, behind, *milliseconds, change=lambda message: None):
        self.behind, self.milliseconds, self.change = behind, milliseconds, change

    def apply(self, steps, at):
        first = steps[at]
        del steps[at + 1 + self.behind:]
        steps += [type(first)(first.at + after * 1000, first.src, first.dst, first.message.copy(), first.transport)
                  for after in self.milliseconds]
        self.change(steps[-1].message)
        minutes_later(steps, 2)


class ViaOfRequest(Change):
    """An ACK with the Via of its INVITE."""

    def apply(self, steps, at):
        invite = next(step.message for step in steps if step.message.method == "INVITE")
        steps[at].message.set("Via", invite.get("Via"))


class Delay(Change):
    """It, and all behind it, comes later. milliseconds may be negative."""

    def __init__(self, milliseconds):
        self.by = int(milliseconds * 1000)

    def apply(self, steps, at):
        for step in steps[at:]:
            step.at += self.by


class Copies(Change):
    """The sender did it, and proxies passed it on as it was."""

    def __init__(self, change):
        self.change = change

    def apply(self, steps, at):
        first = steps[at].message
        for step in steps[at:]:
            message = step.message
            if all(message.get(name) == first.get(name) for name in ("Call-ID", "CSeq", "From", "To")) \
                    and message.is_request == first.is_request and message.status == first.status:
                self.change(message)


class Elsewhere(Change):
    """It is sent to another port of the same element."""

    def __init__(self, port):
        self.port = port

    def apply(self, steps, at):
        steps[at].dst = copy.copy(steps[at].dst)
        steps[at].dst.port = self.port


class ToHost(Change):
    """It is sent to another host."""

    def __init__(self, ip):
        self.ip = ip

    def apply(self, steps, at):
        steps[at].dst = copy.copy(steps[at].dst)
        steps[at].dst.ip = self.ip


class Also(Change):
    """What it says, and then another change elsewhere."""

    def __init__(self, change, where, other):
        self.change, self.where, self.other = change, where, other

    def apply(self, steps, at):
        self.change.apply(steps, at)
        self.other.apply(steps, find(steps, self.where))


class StrictRouter(Change):
    """The proxies' URIs in Record-Route have no lr."""

    def __init__(self, change=lambda message: None):
        self.change = change

    def apply(self, steps, at):
        for step in steps:
            if step.message.get("Record-Route"):
                step.message.edit("Record-Route", ";lr", "")
        self.change(steps[at].message)


class Hangup(Change):
    """Its caller sends BYE before it comes, changed; nothing comes behind it."""

    def __init__(self, change):
        self.change = change

    def apply(self, steps, at):
        last = steps[at]
        bye = next(step for step in steps if step.message.method == "BYE" and step.message.is_request)
        bye.at = last.at - 80_000
        answer = next(step for step in steps if step.message.method == "BYE" and not step.message.is_request)
        answer.at = last.at - 75_000
        steps[at:] = [bye, answer, last] if bye.src is last.dst else []
        self.change(last.message)


class OverUdp(Change):
    """It is sent in a datagram."""

    def apply(self, steps, at):
        steps[at].transport = "UDP"


class Again(Change):
    """It is sent once more, so many milliseconds later, changed."""

    def __init__(self, milliseconds, change=lambda message: None):
        self.by, self.change = int(milliseconds * 1000), change

    def apply(self, steps, at):
        first = steps[at]
        step = type(first)(first.at + self.by, first.src, first.dst, first.message.copy(), first.transport)
        self.change(step.message)
        place = next((i for i, other in enumerate(steps) if other.at > step.at), len(steps))
        steps.insert(place, step)


class AgainTo(Change):
    """It is sent once more, so many milliseconds later, to another address."""

    def __init__(self, milliseconds, ip):
        self.by, self.ip = int(milliseconds * 1000), ip

    def apply(self, steps, at):
        first = steps[at]
        elsewhere = copy.copy(first.dst)
        elsewhere.ip = self.ip
        step = type(first)(first.at + self.by, first.src, elsewhere, first.message.copy(), first.transport)
        steps.insert(next((i for i, other in enumerate(steps) if other.at > step.at), len(steps)), step)


class Cancelled(Change):
    """So many milliseconds later, the sender sends a CANCEL for it."""

    def __init__(self, milliseconds):
        self.by = int(milliseconds * 1000)

    def apply(self, steps, at):
        first = steps[at]
        step = type(first)(first.at + self.by, first.src, first.dst, cancel_of(first.message), first.transport)
        steps.insert(next((i for i, other in enumerate(steps) if other.at > step.at), len(steps)), step)


class Repeated(Change):
    """It comes once more, so many milliseconds after the first time."""

    def __init__(self, milliseconds):
        self.by = milliseconds * 1000

    def apply(self, steps, at):
        first = steps[at]
        again = type(first)(first.at + self.by, first.src, first.dst, first.message.copy(), first.transport)
        steps.insert(next((i for i, other in enumerate(steps) if other.at > again.at), len(steps)), again)


class Ahead(Change):
    """It is sent right before the message that `where` names, which comes so many milliseconds later then."""

    def __init__(self, where, later=0):
        self.where, self.later = where, later

    def apply(self, steps, at):
        step, before = steps.pop(at), find(steps, self.where)
        step.at = steps[before].at - 500
        for behind in steps[before:]:
            behind.at += self.later * 1000
        steps.insert(before, step)


class Merged(Change):
    """It comes on another way too, and the answer that `where` names goes back on both."""

    def __init__(self, where):
        self.where = where

    def apply(self, steps, at):
        last = find(steps, self.where)
        for place in (last, at):
            step = steps[place]
            steps.insert(place + 1, type(step)(step.at + 1000, step.src, step.dst, step.message.copy(), step.transport))
        for step in (steps[at + 1], steps[find(steps, self.where + "#2")]):
            step.message.edit("Via", "branch=z9hG4bK", "branch=z9hG4bKmerged")


class Like(Change):
    """It has the header of an earlier message."""

    def __init__(self, where, name):
        self.where, self.name = where, name

    def apply(self, steps, at):
        steps[at].message.set(self.name, steps[find(steps, self.where)].message.get(self.name))


class Instead(Change):
    """A proxy sends another response back, that which `where` names."""

    def __init__(self, where):
        self.where = where

    def apply(self, steps, at):
        steps[at].message = steps[find(steps, self.where)].message.copy().pop("Via")


class Earlier(Change):
    """It is sent right before the message that `where` names."""

    def __init__(self, where):
        self.where = where

    def apply(self, steps, at):
        step, place = steps[at], find(steps, self.where)
        del steps[at]
        step.at = steps[place].at
        steps.insert(place, step)


# --- edits of one message

def edit(name, old, new):
    return lambda message: message.edit(name, old, new)


def put(name, value):
    return lambda message: message.set(name, value)


def status(code, reason):
    def change(message):
        message.start = f"SIP/2.0 {code} {reason}"
    return change


def without(name):
    return lambda message: message.drop(name)


def keep_first(name):
    """Lines of that name behind the first are left out."""
    def change(message):
        value = message.get(name)
        message.drop(name).push(name, value)
    return change


def edit_last(name, old, new):
    """As edit, in the last line of that name."""
    def change(message):
        at = max(i for i, (known, _) in enumerate(message.headers) if known == name)
        value = message.headers[at][1]
        assert old in value, f"{name}: {value} has no {old}"
        message.headers[at] = (name, value.replace(old, new, 1))
    return change


def swap(name):
    """The first two lines of that name change their places."""
    def change(message):
        first = message.get(name)
        message.pop(name)
        second = message.get(name)
        message.pop(name).push(name, first).push(name, second)
    return change


def counted(name, by):
    """The number at the front of the header, so much more."""
    def change(message):
        number, *rest = message.get(name).split(" ", 1)
        message.set(name, " ".join([str(int(number) + by)] + rest))
    return change


def cseq(by):
    return counted("CSeq", by)


def text(message, content):
    """It gets a body."""
    message.add("Content-Type", "text/plain").body = content


def body(old, new):
    def change(message):
        assert old in message.body, f"the body has no {old}"
        message.body = message.body.replace(old, new, 1)
    return change


def bare(message):
    """Without its body."""
    message.drop("Content-Type").body = ""


def as_status(status, reason):
    def change(message):
        message.start = f"SIP/2.0 {status} {reason}"
    return change


def as_method(method):
    def change(message):
        message.edit("CSeq", message.method, method)
        message.start = " ".join([method] + message.start.split()[1:])
    return change


def several(*changes):
    def change(message):
        for one in changes:
            one(message)
    return change


def next_try(message):
    """Another transaction of the same client."""
    cseq(1)(message)
    message.edit("Via", "branch=z9hG4bK", "branch=z9hG4bKagain")


# --- 8.1, 8.2: requests and responses by themselves

Mutation("options", "3261-8.1.1.5-1", "OPTIONS", edit("CSeq", "OPTIONS", "INVITE"), alone=True)
Mutation("challenged-call", "3261-8.1.1.2-4", "INVITE#2@alice", Like("407 INVITE", "To"))
Mutation("challenged-call", "3261-8.1.1.7-4", "INVITE#2@alice", Like("INVITE@alice", "Via"))
Mutation("options", "3261-8.2.6.2-1", "200 OPTIONS", edit("From", ";tag=", ";tag=x"))
Mutation("options", "3261-8.2.6.2-2", "200 OPTIONS", edit("Call-ID", "@", "x@"))
Mutation("options", "3261-8.2.6.2-3", "200 OPTIONS", cseq(1))
Mutation("options-through-proxy", "3261-8.2.6.2-4", "200 OPTIONS@bob", keep_first("Via"))
Mutation("call", "3261-8.2.6.2-5", "200 BYE", edit("To", "sip:", "sip:x"))
Mutation("options", "3261-8.2.6.2-6", "200 OPTIONS", edit("To", "bob@", "rob@"))
Mutation("call", "3261-8.2.6.2-7", "200 INVITE", several(edit("To", ";tag=", ";tag=x"), put("Contact", "<sip:bob@10.2.0.1>")),
         before=("180 INVITE", put("Contact", "<sip:bob@10.2.0.1>")))

Mutation("call", "3261-8.2.2.3-5", "ACK", put("Require", "100rel"))
Mutation("call", "3261-8.2.4-1", "200 INVITE", put("Require", "outbound"))
Mutation("call-through-proxy", "3261-8.2.6.1-3", "100 INVITE", lambda trying: None,
         before=("INVITE", put("Timestamp", "54")))
Mutation("busy", "3261-8.2.2.3-3", "ACK", put("Require", "100rel"))
Mutation("extension-not-known", "3261-8.2.2.3-2", "420 INVITE", put("Unsupported", "100rel"), beside=True)
Mutation("cancel", "3261-8.2.2.3-4", "200 CANCEL", as_status(420, "Bad Extension"), at="420 CANCEL", alone=True)
Mutation("busy", "3261-8.1.3.3-1", "ACK", lambda ack: None, beside=True,
         before=("486 INVITE", lambda busy: busy.add("Via", "SIP/2.0/UDP 10.9.0.7;branch=z9hG4bKx")))
Mutation("call", "3261-20.1-1", "200 INVITE", put("Content-Type", "application/isup"),
         before=("INVITE", without("Accept")))

Mutation("options", "3261-8.1.1.1-1", "OPTIONS", lambda options: options.retarget("sip:bob@192.0.2.77"))
Mutation("call", "3261-8.1.1.4-3", "INVITE", Again(7000, next_try), at="INVITE#2")
Mutation("options", "3261-8.2.7-5", "200 OPTIONS", Again(600, edit("To", ";tag=", ";tag=x")), at="200 OPTIONS#2")
Mutation("call-through-proxy", "3261-8.2.6.1-5", "100 INVITE", put("Timestamp", "54 200"), beside=True,
         before=("INVITE", put("Timestamp", "54")))
Mutation("call", "3261-8.2.2.2-2", "INVITE", Merged("200 INVITE"), at="200 INVITE#2",
         before=("200 INVITE", put("Contact", "<sip:bob@10.2.0.1>")))

# --- 8.1.3, 8.3, 21: behind redirections and refusals

Mutation("redirected", "3261-8.1.3.4-2", "INVITE#2", lambda again: again.retarget("sip:bob@example.org"))
Mutation("redirected", "3261-8.1.3.4-8", "INVITE#2", lambda again: again.retarget(again.uri + ":5070"))
Mutation("redirected", "3261-8.1.3.4-11", "INVITE#2", edit("To", "bob@", "rob@"))
Mutation("redirected", "3261-8.1.3.4-12", "INVITE#2", Like("INVITE", "Via"))
Mutation("redirected", "3261-8.1.3.4-13", "INVITE#2", bare)
Mutation("redirected", "3261-19.1.5-2", "INVITE#2", lambda again: None,
         before=("302 INVITE", edit("Contact", ">", ";method=SUBSCRIBE>")))
Mutation("redirected", "3261-8.3-2", "302 INVITE", put("Contact", "<sip:bob@example.org>"), beside=True)
Mutation("cancel", "3261-8.3-1", "200 CANCEL", status(481, "Gone"), at="481 CANCEL",
         before=("180 INVITE", status(302, "Moved Temporarily")))
Mutation("type-not-taken", "3261-8.1.3.5-2", "MESSAGE#2", lambda again: text(again, "at ten " * 20),
         before=("415 MESSAGE", status(413, "Request Entity Too Large")))
Mutation("type-not-taken", "3261-8.1.3.5-3", "MESSAGE#2", put("Content-Type", "text/x-more"))
Mutation("type-not-taken", "3261-8.1.3.5-4", "MESSAGE#2", lambda again: again.retarget("tel:+12015550123"),
         before=("415 MESSAGE", status(416, "Unsupported URI Scheme")))
Mutation("type-not-taken", "3261-8.1.3.5-5", "MESSAGE#2", put("Require", "pref"),
         before=("415 MESSAGE", several(status(420, "Bad Extension"), put("Unsupported", "pref"))))
Mutation("type-not-taken", "3261-8.1.3.5-6", "MESSAGE#2", edit("To", "bob@", "rob@"))
Mutation("busy", "3261-21.4-1", "INVITE", Again(3000, next_try), at="INVITE#2",
         before=("486 INVITE", status(404, "Not Found")))
Mutation("busy", "3261-21.4.4-1", "INVITE", Again(3000, next_try), at="INVITE#2",
         before=("486 INVITE", status(403, "Forbidden")))
Mutation("busy", "3261-21.4.8-1", "INVITE", Again(3000, next_try), at="INVITE#2",
         before=("486 INVITE", status(407, "Proxy Authentication Required")))
Mutation("busy", "3261-21.5.4-4", "INVITE", Again(3000, next_try), at="INVITE#2",
         before=("486 INVITE", several(status(503, "Service Unavailable"), put("Retry-After", "60"))))

# --- 9: CANCEL

Mutation("options", "3261-9.1-1", "OPTIONS", Again(2, as_method("CANCEL")), at="CANCEL")
Mutation("cancel", "3261-9.2-3", "200 CANCEL", edit("To", ";tag=", ";tag=x"),
         before=("180 INVITE", put("Contact", "<sip:bob@10.2.0.1>")))
Mutation("cancel", "3261-9.1-2", "CANCEL", lambda cancel: cancel.retarget("sip:bob@192.0.2.77"))
Mutation("cancel", "3261-9.1-2", "CANCEL", edit("Call-ID", "@", "x@"))
Mutation("cancel", "3261-9.1-2", "CANCEL", edit("From", ";tag=", ";tag=x"))
Mutation("cancel", "3261-9.1-2", "CANCEL", lambda cancel: cancel.set("To", cancel.get("To") + ";tag=x"))
Mutation("cancel", "3261-9.1-2", "CANCEL", cseq(1))
Mutation("cancel", "3261-9.1-3", "CANCEL", lambda cancel: cancel.set("Via", cancel.get("Via") + ";x=y"))
Mutation("cancel-of-reinvite", "3261-9.1-5", "CANCEL", without("Route"))
Mutation("cancel", "3261-9.1-10", "CANCEL", Elsewhere(5070))
Mutation("cancel", "3261-9.1-8", "180 INVITE", Drop(), at="CANCEL", beside=True)
Mutation("call", "3261-9.1-9", "INVITE", Cancelled(4000), at="CANCEL", beside=True)

Mutation("cancel", "3261-9.2-2", "487 INVITE", Silence(), at="CANCEL", absent=True, beside=True)

# --- 12: dialogs

Mutation("call", "3261-12.2.1.1-7", "BYE", cseq(-1))
Mutation("hold-and-resume", "3261-12.2.1.1-7", "INVITE#2", Copies(cseq(5)), beside=True)
Mutation("call-through-proxy", "3261-12.2.1.1-13", "BYE@alice", without("Route"))
Mutation("call-through-proxy", "3261-12.1.1-1", "200 INVITE@bob", without("Record-Route"))
Mutation("call", "3261-12.1.1-4", "200 INVITE", lambda ok: None,
         before=("INVITE", lambda first: first.retarget("sips:bob@example.org")))
Mutation("call", "3261-12.2.1.1-1", "BYE", edit("To", "bob@", "rob@"))
Mutation("call", "3261-12.2.1.1-3", "BYE", edit("From", "alice@", "malice@"))
Mutation("call", "3261-12.2.1.1-11", "BYE", lambda bye: bye.retarget("sip:bob@example.org"))
Mutation("call", "3261-12.2.1.1-11", "ACK", lambda ack: ack.retarget("sip:bob@example.org"))
Mutation("call-ended-by-callee", "3261-12.2.1.1-11", "BYE", lambda bye: bye.retarget("sip:alice@example.com"))
Mutation("call", "3261-12.2.1.1-12", "BYE", lambda bye: bye.add("Route", "<sip:10.9.0.7;lr>"))
Mutation("hold-and-resume", "3261-12.2.2-4", "INVITE#3", cseq(-2), at="200 INVITE#3", beside=True,
         before=("200 INVITE#3", cseq(-2)))
Mutation("dialog-not-known", "3261-12.2.1.2-2", "BYE", as_method("INFO"), at="INFO", beside=True)

Mutation("call-through-proxy", "3261-12.2.1.1-14", "BYE@alice", StrictRouter())
Mutation("call-through-proxy", "3261-12.2.1.1-15", "BYE@alice", StrictRouter(without("Route")))
Mutation("call-through-proxy", "3261-12.2.1.1-16", "BYE@alice", StrictRouter())
Mutation("hold-and-resume", "3261-12.2.1.1-18", "INVITE#2", lambda again: again.retarget(again.uri.replace("sip:", "sips:")),
         alone=True)
Mutation("hold-and-resume", "3261-12.2.1.2-3", "200 INVITE#2", Also(Drop(2), "INVITE#3", Delay(60_000)), at="INVITE#3",
         beside=True)

# --- 13: sessions

Mutation("cancel", "3261-13.2.1-6", "CANCEL", Silence(), at="180 INVITE", absent=True, beside=True,
         before=("INVITE", put("Expires", "20")))
Mutation("call", "3261-13.3.1-1", "200 INVITE", Silence(), at="180 INVITE", beside=True,
         before=("INVITE", put("Expires", "20")))
Mutation("call", "3261-13.3.1-1", "200 INVITE", Delay(30_000), beside=True, before=("INVITE", put("Expires", "20")))
Mutation("call", "3261-13.3.1.1-3", "200 INVITE", Silence(), at="180 INVITE", beside=True)
Mutation("call", "3261-13.3.1.4-4", "ACK", Silence(), at="200 INVITE", beside=True)
Mutation("call", "3261-13.3.1.4-1", "200 INVITE", without("Allow"))
Mutation("call", "3261-13.3.1.4-1", "200 INVITE", without("Supported"))

Mutation("call", "3261-13.2.2.4-3", "ACK", Silence(), at="200 INVITE", absent=True, beside=True)
Mutation("answer-repeated", "3261-13.2.2.4-8", "ACK#2", Silence(), at="200 INVITE#2", absent=True, beside=True)
Mutation("challenged-call", "3261-13.2.2.4-5", "ACK#2@alice", without("Proxy-Authorization"))
Mutation("late-offer", "3261-13.2.2.4-6", "ACK", bare, before=("INVITE", put("Supported", "timer")))
Mutation("call", "3261-13.3.1.4-2", "200 INVITE", bare, before=("INVITE", put("Supported", "timer")))
Mutation("late-offer", "3261-13.3.1.4-3", "200 INVITE", bare, before=("INVITE", put("Supported", "timer")))
Mutation("late-offer-in-reliable-response", "3261-13.3.1-4", "183 INVITE", bare, beside=True)
Mutation("early-answer", "3261-13.2.1-15", "200 INVITE", body(" 1 IN", " 2 IN"))

# --- 14: re-INVITE

Mutation("reinvite-that-rings", "3261-14.1-4", "200 INVITE#2", Drop(2), at="INVITE#4", beside=True)
Mutation("reinvite-that-rings", "3261-14.1-6", "200 INVITE#2", Drop(2), at="INVITE#3", beside=True)
Mutation("glare", "3261-14.1-10", "INVITE#4", Delay(-2400), beside=True)
Mutation("reinvite-that-rings", "3261-14.2-1", "200 INVITE#2", Drop(2), at="200 INVITE#3", beside=True)
Mutation("glare", "3261-14.2-2", "491 INVITE#2", as_status(200, "OK"), at="200 INVITE#2", beside=True)
Mutation("reinvite-that-rings", "3261-14.2-1", "200 INVITE#2", Drop(2), at="500 INVITE", beside=True,
         before=("200 INVITE#4", as_status(500, "Server Internal Error")))

# --- 15: BYE

Mutation("call-ended-by-callee", "3261-15-3", "200 INVITE", Unacknowledged(as_status(183, "Session Progress")), at="BYE",
         beside=True)
Mutation("call-ended-by-callee", "3261-15-4", "ACK", Drop(), at="BYE", beside=True)
Mutation("call", "3261-15.1.2-4", "200 BYE", as_status(603, "Decline"), at="603 BYE")
Mutation("hold-and-resume", "3261-15.1.1-1", "INVITE#2", as_method("BYE"), at="INVITE#2")
Mutation("reinvite-that-rings", "3261-15.1.2-3", "INVITE#2", as_method("BYE"), at="INVITE#2", beside=True,
         before=("200 INVITE#2", edit("CSeq", "INVITE", "BYE")))

Mutation("reinvite-that-rings", "3261-15.1.2-6", "200 INVITE#2", Hangup(status(486, "Busy Here")), at="486 INVITE", beside=True)

# --- 16: proxies

Mutation("call-through-proxy", "3261-16.3-6", "INVITE@p1", edit("From", "alice@", "1001@"))
Mutation("call-through-proxy", "3261-16.3-6", "INVITE@p1", edit("Contact", "sip:alice@", "sip:alice@nat."))
Mutation("options-through-proxy", "3261-16.3-9", "OPTIONS@p1", put("Max-Forwards", "69"),
         before=("OPTIONS", put("Max-Forwards", "0")))
Mutation("call-through-proxy", "3261-16.4-6", "BYE@p1", put("Route", "<sip:10.9.0.1:5060;lr>"))
Mutation("call-through-proxy", "3261-16.6-7", "INVITE@p1", without("Supported"))
Mutation("call-through-two-proxies", "3261-16.6-9", "INVITE@p2", swap("Record-Route"))
Mutation("call-through-two-proxies", "3261-16.6-15", "INVITE@p2", keep_first("Record-Route"))
Mutation("call-through-proxy", "3261-16.6-10", "INVITE@p1", body("s=-", "s=call"))
Mutation("call-through-proxy", "3261-16.6-13", "INVITE@p1", put("Max-Forwards", "70"))
Mutation("call-past-proxy", "3261-16.6-24", "INVITE@p1", lambda invite: invite.retarget("sips:bob@192.0.2.77"))
Mutation("busy-through-proxies", "3261-16.6-35", "INVITE@p1", put("Route", "<sip:p9.example.net>"))
Mutation("message-through-proxies", "3261-16.6-54", "MESSAGE@p2", edit_last("Via", "alice-", "x-"))
Mutation("fork-declined", "3261-16.7-14", "INVITE@p1", Again(200, edit("Via", "branch=z9hG4bK", "branch=z9hG4bKthird")),
         at="INVITE#3@p1", beside=True)
Mutation("fork-declined", "3261-16.7-23", "603 INVITE@p1", Instead("487 INVITE"), at="487 INVITE@p1")
Mutation("call-through-proxy", "3261-16.7-42", "200 INVITE@p1", body("s=-", "s=call"))
Mutation("call-through-proxy", "3261-16.7-43", "200 INVITE@p1", without("Supported"))
Mutation("call-through-proxy", "3261-16.7-43", "200 INVITE@p1", without("Record-Route"))
Mutation("call-through-two-proxies", "3261-16.7-43", "180 INVITE@p2", edit_last("Via", "alice-", "x-"))
Mutation("call-through-proxy", "3261-16.7-44", "180 INVITE@p1", edit("Via", ";received=10.1.0.1", ""))


def moved_down(name):
    """The line comes last."""
    def change(message):
        value = message.get(name)
        message.pop(name).add(name, value)
    return change


def wants_password(answer):
    """The refusal is a challenge."""
    status(407, "Proxy Authentication Required")(answer)
    answer.add("Proxy-Authenticate", 'Digest realm="b.example", nonce="x", qop="auth"')


Mutation("busy-behind-a-stream", "3261-16.1-7", "INVITE#2@p1", Silence(), at="INVITE@p1", beside=True)
Mutation("options-through-proxy", "3261-16.3-5", "OPTIONS@p1", put("Max-Forwards", "69"),
         before=("OPTIONS", put("Max-Forwards", "seventy")))
Mutation("call-through-proxy", "3261-16.4-2", "BYE@p1", lambda bye: bye.retarget("sip:10.9.0.1:5060;lr"),
         before=("BYE", lambda bye: bye.retarget("sip:10.9.0.1:5060;lr")))
Mutation("call-through-proxy", "3261-16.4-5", "BYE@p1", lambda bye: bye.retarget("sip:bob@example.org;maddr=10.9.0.1"),
         before=("BYE", lambda bye: bye.retarget("sip:bob@example.org;maddr=10.9.0.1")))
Mutation("call-through-proxy", "3261-16.5-8", "INVITE@p1", Again(700, edit("Via", "branch=z9hG4bK", "branch=z9hG4bKmore")),
         at="INVITE#2@p1")
Mutation("busy-behind-a-stream", "3261-16.6-25", "INVITE@p1", without("Record-Route"),
         before=("INVITE", edit("Via", "TCP", "TLS")))
Mutation("call-through-proxy", "3261-16.6-8", "INVITE@p1", moved_down("Allow"))
Mutation("call-through-proxy", "3261-16.6-36", "INVITE@p1",
         lambda invite: invite.add("Route", "<sip:p8.example.net;lr>").add("Route", "<sip:p9.example.net;lr>"),
         before=("INVITE", put("Route", "<sip:p8.example.net;lr>")))
Mutation("call-through-proxy", "3261-16.6-44", "INVITE@p1", put("Route", "<sip:10.9.0.8>"),
         before=("INVITE", put("Route", "<sip:10.9.0.8>")))
Mutation("call-through-proxy", "3261-16.6-53", "INVITE@p1", AgainTo(700, "10.2.0.77"), at="INVITE#2@p1", beside=True)
Mutation("nobody-answers", "3261-16.11-14", "INVITE#2@p1", edit("Record-Route", "10.9.0.1", "10.9.0.9"))
Mutation("call-through-proxy", "3261-16.7-13", "180 INVITE@p1", Silence(), at="180 INVITE@bob", absent=True, beside=True)
Mutation("call-through-proxy", "3261-16.7-15", "200 INVITE@p1", Silence(), at="200 INVITE@bob", absent=True, beside=True)
Mutation("busy-through-proxies", "3261-16.7-19", "486 INVITE@p1", Silence(), at="486 INVITE@p2", absent=True, beside=True)
Mutation("fork-declined", "3261-16.7-16", "603 INVITE@p1", Earlier("CANCEL@p1"), beside=True)
Mutation("call-through-proxy", "3261-16.7-17", "180 INVITE@p1", status(100, "Trying"), at="100 INVITE#2@p1",
         before=("180 INVITE@bob", status(100, "Trying")))
Mutation("fork-refused", "3261-16.7-22", "486 INVITE@p1", HeardOn(status(480, "Temporarily Unavailable")), at="480 INVITE@p1",
         beside=True)
Mutation("nobody-answers", "3261-16.7-21", "408 INVITE", status(480, "Temporarily Unavailable"), at="480 INVITE", beside=True)
Mutation("fork-refused", "3261-16.7-24", "486 INVITE@p1", Instead("500 INVITE"), at="500 INVITE@p1")
Mutation("fork-refused", "3261-16.7-26", "486 INVITE@p1", lambda busy: None, before=("500 INVITE", wants_password))
Mutation("fork-challenged", "3261-16.7-34", "401 INVITE@p1", without("Proxy-Authenticate"))
Mutation("redirection-followed", "3261-16.7-7", "486 INVITE@p1", Instead("302 INVITE"), at="302 INVITE@p1")
Mutation("redirected-through-proxy", "3261-16.7-9", "302 INVITE@p1", without("Contact"))
Mutation("redirection-followed", "3261-16.7-8", "INVITE#2@p1", lambda invite: None,
         before=("INVITE", lambda invite: invite.retarget("sips:bob@example.org")))
Mutation("call-through-proxy", "3261-16.7-38", "200 INVITE@p1", edit("Record-Route", ";lr", ""))
Mutation("fork-one-answers", "3261-16.7-48", "CANCEL@p1", Drop(4), at="200 INVITE@p1", beside=True)
Mutation("fork-declined", "3261-16.7-49", "CANCEL@p1", Silence(), at="603 INVITE", absent=True, beside=True)
Mutation("cancel-through-proxy", "3261-16.10-2", "CANCEL@p1", Silence(), at="CANCEL@alice", absent=True, beside=True)

# --- 17: transactions

Mutation("call", "3261-17.1.1.2-9", "INVITE", Again(1500), at="INVITE#2", beside=True)
Mutation("options", "3261-17.1.2.2-6", "OPTIONS", Again(2000), at="OPTIONS#2", beside=True)
Mutation("call", "3261-17.2.1-8", "180 INVITE", Again(4000, status(183, "Session Progress")), at="183 INVITE")
Mutation("call", "3261-17.2.1-8", "200 INVITE", Again(2000, status(480, "Gone")), at="480 INVITE")
Mutation("busy", "3261-17.2.1-8", "486 INVITE", Again(2000, status(480, "Gone")), at="480 INVITE")
Mutation("busy", "3261-17.2.1-8", "486 INVITE", Again(2000, status(200, "OK")), at="200 INVITE")
Mutation("busy", "3261-17.2.1-11", "486 INVITE", Again(2000), at="486 INVITE#2", beside=True)
Mutation("options", "3261-17.2.2-5", "200 OPTIONS", Again(2000, status(100, "Trying")), at="100 OPTIONS")
Mutation("options", "3261-17.2.2-8", "200 OPTIONS", Again(2000, status(480, "Gone")), at="480 OPTIONS")

Mutation("call-over-tcp", "3261-17.1.1.2-4", "INVITE", Again(500), at="INVITE#2", beside=True)
Mutation("call", "3261-17.1.1.2-5", "INVITE", Unanswered(0, *range(4000, 30000, 4000)), at="INVITE#8", beside=True)
Mutation("busy-later", "3261-17.1.1.2-19", "ACK", Silence(), at="486 INVITE", absent=True, beside=True)
Mutation("failure-repeated", "3261-17.1.1.2-22", "ACK#2", Silence(), at="486 INVITE#2", absent=True, beside=True)
Mutation("options", "3261-17.1.2.2-1", "OPTIONS", Unanswered(0, 500, 20000, 40000), at="OPTIONS#4", beside=True)
Mutation("options", "3261-17.1.2.2-3", "OPTIONS", Unanswered(0, 200), at="OPTIONS#2", beside=True)
Mutation("options-again", "3261-17.1.2.2-7", "200 OPTIONS#2", Last(status(100, "Trying")), at="100 OPTIONS", absent=True,
         beside=True)
Mutation("call", "3261-17.2.1-2", "180 INVITE", status(100, "Trying"), at="100 INVITE")
Mutation("call", "3261-17.2.1-5", "INVITE", Again(500), at="INVITE#2", absent=True, beside=True)
Mutation("busy", "3261-17.2.1-10", "INVITE", Unanswered(1, 500), at="INVITE#2", absent=True, beside=True)
Mutation("busy", "3261-17.2.1-9", "486 INVITE", Unanswered(0, *range(4000, 70000, 4000)), at="486 INVITE#16", beside=True)
Mutation("options", "3261-17.2.2-7", "OPTIONS", Unanswered(1, 500), at="OPTIONS#2", absent=True, beside=True)

Mutation("busy", "3261-17.1.1.3-2", "ACK", edit("From", ";tag=", ";tag=x"))
Mutation("busy", "3261-17.1.1.3-3", "ACK", edit("To", ";tag=", ";tag=x"))
Mutation("busy", "3261-17.1.1.3-4", "ACK", lambda ack: ack.add("Via", "SIP/2.0/UDP other.example.net;branch=z9hG4bKa2"))
Mutation("busy", "3261-17.1.1.3-2", "ACK", edit("Call-ID", "@", "x@"))
Mutation("busy", "3261-17.1.1.3-2", "ACK", lambda ack: ack.retarget("sip:bob@192.0.2.77"))
Mutation("busy", "3261-17.1.1.3-5", "ACK", cseq(1))
Mutation("reinvite-refused-through-proxy", "3261-17.1.1.3-6", "ACK#2@alice", without("Route"))
Mutation("busy", "3261-17.1.1.3-8", "ACK", lambda ack: text(ack, "Why?"))
Mutation("busy", "3261-17.1.1.2-20", "ACK", Elsewhere(5070))
Mutation("invite-repeated", "3261-17.1.1.2-3", "INVITE#2", Delay(-300), beside=True)
Mutation("invite-repeated", "3261-17.1.1.2-8", "INVITE#3", Delay(-500), beside=True)
Mutation("call-later", "3261-17.2.1-1", "180 INVITE", Delay(600), at="INVITE", absent=True, beside=True)
Mutation("call", "3261-17.2.1-7", "ACK", Delay(800), at="200 INVITE", beside=True)

# --- 18: transport

Mutation("options", "3261-18.2.1-5", "200 OPTIONS", edit("Via", ";received=10.1.0.1", ""), beside=True,
         before=("OPTIONS", edit("Via", "alice-10-1-0-1.example.net", "192.0.2.88")))
Mutation("options", "3261-18.2.1-6", "200 OPTIONS", edit("Via", "received=10.1.0.1", "received=10.1.0.9"), beside=True)
Mutation("call-through-proxy", "3261-18.2.1-6", "INVITE@p1", edit_last("Via", "received=10.1.0.1", "received=10.1.0.9"),
         beside=True)
Mutation("call-over-tcp", "3261-18.2.2-1", "200 INVITE", OverUdp())
Mutation("call-over-tcp", "3261-18.2.2-2", "200 INVITE", Elsewhere(5070))
Mutation("call-over-tcp", "3261-18.2.2-3", "200 INVITE", Elsewhere(5070), beside=True)
Mutation("options", "3261-18.2.2-5", "200 OPTIONS", lambda ok: None, beside=True,
         before=("OPTIONS", edit("Via", ";branch", ";maddr=10.1.0.7;branch")))
Mutation("options", "3261-18.2.2-7", "200 OPTIONS", Elsewhere(5070), beside=True)
Mutation("options", "3261-18.2.2-9", "200 OPTIONS", put("Via", "SIP/2.0/UDP 10.1.0.1:5070;branch=z9hG4bKsentby"), beside=True,
         before=("OPTIONS", put("Via", "SIP/2.0/UDP 10.1.0.1:5070;branch=z9hG4bKsentby")))
Mutation("call", "3261-18.3-3", "200 INVITE", lambda ok: None, before=("INVITE", put("Content-Length", "4000")))

# --- 10: registrations

Mutation("registration", "3261-10.3-17", "200 REGISTER#3", lambda ok: None, before=("REGISTER#3", put("Expires", "60")))
Mutation("registration", "3261-10.2-11", "REGISTER", Unanswered(0, 300, change=several(next_try, edit("Contact", "@", "@x"))),
         at="REGISTER#2", beside=True)
Mutation("registration", "3261-10.2.7-1", "REGISTER",
         Unanswered(0, 500, 1500, 3500, *range(7500, 32000, 4000), 32010, change=next_try), at="REGISTER#12", beside=True)
Mutation("registration", "3261-10.2-9", "REGISTER#3", Delay(60_000), before=("REGISTER#3", cseq(-2)))
Mutation("registration", "3261-10.2-3", "REGISTER#2", put("Route", "<sip:10.9.0.5;lr>"),
         before=("200 REGISTER", put("Record-Route", "<sip:10.9.0.5;lr>")))
Mutation("registration", "3261-10.2.4-4", "REGISTER#2", ToHost("10.7.0.2"))
Mutation("registration-challenged", "3261-10.2-8", "REGISTER#2", edit("Call-ID", "@", "x@"))
Mutation("registration", "3261-10.3-32", "200 REGISTER", without("Contact"))
Mutation("registration", "3261-10.3-32", "200 REGISTER#2", edit("Contact", "alice@", "carol@"))
Mutation("registration", "3261-10.3-21", "200 REGISTER", edit("Contact", "expires=600", "expires=3600"),
         before=("REGISTER", lambda register: register.set("Contact", register.get("Contact") + ";expires=60")))
Mutation("registration", "3261-10.3-22", "200 REGISTER", edit("Contact", "expires=600", "expires=3600"))
Mutation("registration", "3261-10.3-27", "200 REGISTER", lambda ok: None, before=("REGISTER", put("Expires", "0")))
Mutation("registration", "3261-10.3-18", "200 REGISTER#3", lambda ok: ok.add("Contact", "<sip:alice@10.1.0.1>;expires=60"))
Mutation("registration-too-brief", "3261-10.3-25", "423 REGISTER", put("Min-Expires", "20"))
Mutation("registration-too-brief", "3261-10.3-25", "423 REGISTER", put("Min-Expires", "7200"),
         before=("REGISTER", put("Expires", "3600")))
Mutation("registration-too-brief", "3261-10.2.8-1", "REGISTER#2", put("Expires", "59"))

# --- 11, 20: what the client takes

Mutation("options", "3261-11.2-7", "200 OPTIONS", bare)
Mutation("call", "3261-20.12-5", "200 INVITE", put("Content-Encoding", "gzip"))

# --- 22: challenges


def without_qop(register):
    register.edit("Authorization", ", qop=auth", "")


Mutation("registration-challenged", "3261-22.2-8", "REGISTER#2", cseq(-1))
Mutation("registration-challenged", "3261-22.4-7", "REGISTER#2", without_qop)
Mutation("call-through-proxy", "3261-22.3-3", "INVITE@p1", lambda invite: invite.add(
    "Proxy-Authorization", 'Digest username="a", realm="b", nonce="c", uri="sip:a@b", response="00"'))
Mutation("registration-refused", "3261-22.1-13", "REGISTER#3", Like("REGISTER#2", "Authorization"))
Mutation("registration-challenged", "3261-22.2-4", "REGISTER#3", without("Authorization"))
Mutation("challenged-call", "3261-22.3-7", "BYE", without("Proxy-Authorization"))
Mutation("registration-challenged", "3261-22.4-8", "200 REGISTER",
         put("Authentication-Info", 'rspauth="00", qop=auth, cnonce="c", nc=00000001'), before=("REGISTER#2", without_qop))
Mutation("call-challenged-by-callee", "3261-22.1-8", "200 INVITE@bob", Again(2000), at="200 INVITE#2@bob", beside=True)
Mutation("challenged-call", "3261-26.3.1-10", "INVITE#2", edit("Proxy-Authorization", 'response="', 'response="0'), alone=True)


# --- RFC 7616: credentials and what they answer

challenge_of_md5 = 'Digest realm="example.org", nonce="n2", algorithm=MD5, qop="auth", userhash=true, charset=UTF-8'


def last_digit(name, parameter):
    """Of its value the last hex digit is another."""
    def change(message):
        value = re.search(rf'\b{parameter}="?\w*(\w)', message.get(name))
        other = "1" if value.group(1) == "0" else "0"
        message.edit(name, value.group(), value.group()[:-1] + other)
    return change


Mutation("registration-challenged", "3261-26.3.1-10", "REGISTER#3", last_digit("Authorization", "response"), alone=True)
Mutation("registration-challenged", "3261-26.3.1-10", "REGISTER#2", edit("Authorization", "SHA-256", "MD5"))
Mutation("registration-challenged", "7616-3.6-2", "200 REGISTER", lambda ok: None,
         before=("REGISTER#2", last_digit("Authorization", "response")))
Mutation("registration-challenged", "7616-3.3-4", "REGISTER#2", last_digit("Authorization", "opaque"))
Mutation("challenged-call", "7616-3.3-4", "INVITE#2", edit("Proxy-Authorization", "opaque", "x-opaque"))
Mutation("registration-challenged", "7616-3.4-2", "REGISTER#2", edit("Authorization", "qop=auth", "qop=auth-int"))
Mutation("registration-challenged", "7616-3.4-4", "REGISTER#3", Like("REGISTER#2", "Authorization"))
Mutation("registration-challenged", "7616-3.4-4", "REGISTER#2", edit("Authorization", "nc=00000001", "nc=0000000a"), beside=True)
Mutation("registration-challenged", "7616-3.4-4", "REGISTER#3", edit("Authorization", "nc=00000002", "nc=00000009"),
         before=("REGISTER#2", edit("Authorization", "nc=00000001", "nc=0000000a")), beside=True)
Mutation("registration-challenged", "7616-3.3-6", "401 REGISTER", edit("WWW-Authenticate", "qop", "stale=true, qop"))
Mutation("challenged-call", "7616-3.3-6", "407 INVITE", edit("Proxy-Authenticate", "qop", "stale=true, qop"))
Mutation("registration-challenged", "7616-3.5-8", "200 REGISTER", edit("Authentication-Info", "qop=auth", "qop=auth-int"))
Mutation("registration-challenged", "7616-3.5-9", "200 REGISTER#2", edit("Authentication-Info", "nc=00000002", "nc=00000001"))
Mutation("registration-challenged", "7616-3.5-9", "200 REGISTER", last_digit("Authentication-Info", "cnonce"))
Mutation("registration-challenged", "7616-3.5-10", "200 REGISTER", last_digit("Authentication-Info", "rspauth"))
Mutation("call-challenged-by-callee", "7616-3.5-10", "200 INVITE@bob", last_digit("Authentication-Info", "rspauth"))
Mutation("registration-challenged", "7616-3.5-4", "REGISTER#3", lambda register: None,
         before=("200 REGISTER", lambda ok: ok.set("Authentication-Info", 'nextnonce="n2"')))
Mutation("call-challenged-by-callee", "7616-3.6-7", "INVITE#2@p1", without("Authorization"))
Mutation("call-challenged-by-callee", "7616-3.6-8", "401 INVITE@p1", last_digit("WWW-Authenticate", "nonce"))
Mutation("call-challenged-by-callee", "7616-3.6-8", "200 INVITE@p1", without("Authentication-Info"))
Mutation("call-challenged-by-callee", "8760-2.5-2", "401 INVITE@p1", lambda refusal: None,
         before=("401 INVITE@bob", lambda refusal: refusal.add("WWW-Authenticate", challenge_of_md5)))

# --- 23: S/MIME

enveloped = put("Content-Type", "application/pkcs7-mime;smime-type=enveloped-data")
Mutation("call", "3261-23.2-8", "200 INVITE", enveloped)
Mutation("call", "3261-23.2-23", "200 INVITE", enveloped)

# --- RFC 3581, 4320, 6026

Mutation("options", "3581-4-1", "200 OPTIONS", edit("Via", ";branch", ";rport=9;branch"), beside=True,
         before=("OPTIONS", edit("Via", ";branch", ";rport;branch")))
Mutation("options", "3581-4-2", "200 OPTIONS", edit("Via", ";received=10.1.0.1", ";rport=5060"),
         before=("OPTIONS", edit("Via", ";branch", ";rport;branch")))
Mutation("options", "4320-3-1", "200 OPTIONS", status(183, "Session Progress"), at="183 OPTIONS", alone=True)
Mutation("options-again", "4320-3-2", "200 OPTIONS#2", status(100, "Trying"), at="100 OPTIONS")
Mutation("options-again", "4320-3-4", "200 OPTIONS#2", Silence(), at="OPTIONS#2", absent=True, beside=True)
Mutation("options", "4320-3-5", "200 OPTIONS", status(408, "Request Timeout"), at="408 OPTIONS", alone=True)
Mutation("call", "6026-7.2-3", "ACK", ViaOfRequest())

# --- RFC 3264: offers and answers


def nothing(message):
    """Another message makes it wrong."""


def version(by):
    """The version in o=, so much more."""
    def change(message):
        message.body = re.sub(r"(?<=^o=)(\S+ \d+) (\d+)", lambda found: f"{found[1]} {int(found[2]) + by}", message.body,
                              count=1, flags=re.M)
    return change


def replaced(pattern, new):
    """Everything in the body that the pattern finds."""
    def change(message):
        body_, count = re.subn(pattern, new, message.body, flags=re.M)
        assert count, f"the body has no {pattern}"
        message.body = body_
    return change


def undescribed(message):
    message.drop("Content-Type").body = ""


Mutation("update-while-ringing", "3264-4-4", "200 INVITE", Delay(60), at="UPDATE", before=("183 INVITE", undescribed), beside=True)
Mutation("call", "3264-6-1", "200 INVITE", replaced("^o=.*", "o=x 1 1 IN IP4 10.1.0.1"),
         before=("INVITE", replaced("^o=.*", "o=x 1 1 IN IP4 10.1.0.1")))
Mutation("call", "3264-6-3", "200 INVITE", body("m=audio", "m=audio 0 RTP/AVP 0\nm=audio"))
Mutation("call", "3264-6-5", "200 INVITE", body("t=0 0", "t=1 0"))
Mutation("call", "3264-6.1-1", "200 INVITE", replaced("^c=.*", "c=IN IP4 233.252.0.9/127"))
Mutation("call", "3264-6.1-2", "200 INVITE", body("m=audio", "m=video"))
Mutation("late-offer", "3264-6.1-2", "ACK", body("m=audio", "m=video"))
Mutation("reliable-ringing", "3264-6.1-2", "183 INVITE", body("m=audio", "m=video"))
Mutation("hold-and-resume", "3264-6.1-3", "200 INVITE#2", body("a=recvonly", "a=sendrecv"))
Mutation("hold-and-resume", "3264-6.1-4", "200 INVITE#2", nothing, before=("INVITE#2", body("a=sendonly", "a=recvonly")))
Mutation("hold-and-resume", "3264-6.1-6", "200 INVITE#2", nothing, before=("INVITE#2", body("a=sendonly", "a=inactive")))
Mutation("update-while-ringing", "3264-6.1-3", "200 UPDATE", body("a=recvonly", "a=sendonly"))
Mutation("call", "3264-6.1-10", "200 INVITE", several(replaced("RTP/AVP .*", "RTP/AVP 3"), replaced("^a=rtpmap:.*\n", "")))
Mutation("call", "3264-6.1-13", "200 INVITE", several(replaced("RTP/AVP 0 8 101", "RTP/AVP 0 8 102"),
                                                     replaced("^a=rtpmap:101", "a=rtpmap:102")))
Mutation("hold-and-resume", "3261-14.2-11", "200 INVITE#2", several(replaced("RTP/AVP .*", "RTP/AVP 3"), replaced("^a=rtpmap:.*\n", "")),
         before=("INVITE#2", undescribed))
Mutation("hold-and-resume", "3264-8-4", "INVITE#2", body("IN IP4 10.1.0.1", "IN IP4 10.1.0.9"))
Mutation("hold-and-resume", "3264-8-4", "INVITE#2", version(5), beside=True)
Mutation("hold-and-resume", "3264-8-5", "INVITE#2", version(-1))
Mutation("hold-and-resume", "3264-8-9", "INVITE#2", replaced("^m=(.|\n)*", ""))
Mutation("call", "3264-8.2-2", "200 INVITE", nothing, before=("INVITE", replaced("^m=audio [0-9]+", "m=audio 0")))
Mutation("hold-and-resume", "3264-8.3.2-3", "INVITE#2", body("101 telephone-event", "101 G726-32"))
Mutation("hold-and-resume", "3264-8.3.2-3", "200 INVITE#2", body("101 telephone-event", "101 G726-32"))

# --- RFC 3262, RFC 3311: reliable responses, UPDATE

Mutation("reliable-ringing", "3262-3-5", "180 INVITE", nothing, before=("INVITE", without("Supported")))
Mutation("reliable-ringing", "3262-3-2", "180 INVITE", several(without("RSeq"), without("Require")),
         before=("INVITE", put("Require", "100rel")))
Mutation("reliable-ringing", "3262-3-22", "183 INVITE", counted("RSeq", -1))
Mutation("reliable-ringing", "3262-3-22", "183 INVITE", counted("RSeq", 5), beside=True)
Mutation("update-while-ringing", "3311-5.2-5", "200 UPDATE", undescribed)

Mutation("reliable-ringing", "3262-3-15", "200 PRACK", nothing, before=("PRACK", edit("RAck", " 1 INVITE", "9 1 INVITE")), beside=True)
Mutation("reliable-ringing", "3262-3-16", "200 PRACK", as_status(481, "Call/Transaction Does Not Exist"), at="481 PRACK")
Mutation("reliable-ringing", "3262-3-17", "180 INVITE", Repeated(500), at="180 INVITE#2", beside=True)
Mutation("reliable-ringing", "3262-3-18", "180 INVITE", Unanswered(0), beside=True)
Mutation("reliable-ringing", "3262-3-20", "183 INVITE", Ahead("PRACK", 60), beside=True)
Mutation("reliable-ringing", "3262-3-25", "200 INVITE", Ahead("PRACK#2", 60), beside=True)
Mutation("reliable-ringing", "3262-3-26", "183 INVITE", Repeated(4000), at="183 INVITE#2", beside=True,
         before=("PRACK#2", edit("RAck", " 1 INVITE", "9 1 INVITE")))
Mutation("reliable-ringing", "3262-4-4", "PRACK", edit("RAck", "INVITE", "OPTIONS"), beside=True)
Mutation("reliable-ringing", "3262-4-6", "PRACK", Silence(), at="180 INVITE", absent=True, beside=True)
Mutation("reliable-ringing", "3262-4-8", "PRACK#2", Like("PRACK", "RAck"))
Mutation("reliable-ringing", "3262-4-13", "PRACK#2", counted("RAck", 1), beside=True, before=("183 INVITE", counted("RSeq", 1)))
Mutation("late-offer-in-reliable-response", "3262-5-2", "183 INVITE", undescribed)
Mutation("late-offer-in-reliable-response", "3262-5-3", "PRACK", undescribed)
Mutation("offer-in-prack", "3262-5-5", "200 PRACK", undescribed)

Mutation("update-while-ringing", "3311-4-1", "UPDATE", nothing, before=("INVITE", put("Allow", "INVITE, ACK, BYE, CANCEL")))
Mutation("update-while-ringing", "3311-5.1-4", "200 INVITE", edit("Contact", "bob@", "robert@"))
Mutation("update-while-ringing", "3311-5.2-6", "200 UPDATE", Silence(), at="UPDATE", absent=True, beside=True)
Mutation("updates-that-cross", "3311-5.2-2", "491 UPDATE", as_status(488, "Not Acceptable Here"), at="488 UPDATE", beside=True)
Mutation("updates-that-cross", "3311-5.3-2", "UPDATE#4", Delay(-1500), beside=True)
Mutation("updates-that-overlap", "3311-5.2-1", "500 UPDATE", as_status(488, "Not Acceptable Here"), at="488 UPDATE", beside=True)
Mutation("updates-that-overlap", "3311-5.2-3", "500 UPDATE", put("Retry-After", "60"), beside=True)

# --- RFC 6141: re-INVITE; RFC 3264 6.2: multicast

Mutation("reinvite-that-holds-early", "6141-3.3-1", "200 INVITE#2", as_status(488, "Not Acceptable Here"), at="488 INVITE")
Mutation("reinvite-undone", "6141-3.4-1", "INVITE#3", Silence(), at="488 INVITE", absent=True, beside=True,
         before=("408 INVITE", as_status(488, "Not Acceptable Here")))
Mutation("multicast-call", "3264-6.2-1", "200 INVITE", replaced("^c=.*", "c=IN IP4 233.252.0.8/127"))
Mutation("multicast-call", "3264-6.2-2", "200 INVITE", replaced("^m=", "a=recvonly\nm="))
Mutation("multicast-call", "3264-6.2-3", "200 INVITE", body("RTP/AVP 0 8", "RTP/AVP 0 3"))
Mutation("multicast-call", "3264-6.2-4", "200 INVITE", nothing, before=("INVITE", replaced("^a=rtpmap:0", "a=ptime:20\na=rtpmap:0")))

# --- RFC 4028: session timers

Mutation("session-timer-of-proxy", "4028-8-3", "INVITE@p1", without("Record-Route"))
Mutation("session-timer-of-proxy", "4028-8.1-2", "INVITE@p1", put("Session-Expires", "1800;refresher=uas"))
Mutation("session-timer-of-proxy", "4028-8.1-13", "INVITE@p1", put("Min-SE", "600"))
Mutation("session-timer-of-proxy", "4028-8.2-1", "200 INVITE@p1", without("Session-Expires"))
Mutation("session-timer-of-proxy", "4028-8.2-2", "200 INVITE@p1", edit("Session-Expires", "uac", "uas"))
Mutation("session-timer-of-proxy", "4028-8.2-3", "200 INVITE@p1", without("Require"))
Mutation("session-timer-of-two-proxies", "4028-8.1-3", "INVITE@p2", put("Session-Expires", "600"))
Mutation("session-timer-of-two-proxies", "4028-8.1-4", "INVITE@p2", without("Min-SE"))
Mutation("session-timer-of-two-proxies", "4028-8.1-5", "INVITE@p2", put("Session-Expires", "1800"))
Mutation("session-timer-of-two-proxies", "4028-8.1-6", "INVITE@p2", put("Session-Expires", "3600;refresher=uas"))
Mutation("session-timer-of-two-proxies", "4028-8.1-11", "INVITE@p2", put("Min-SE", "600"))
Mutation("session-timer-of-two-proxies", "4028-8.1-18", "INVITE@p2", put("Require", "timer"))
Mutation("session-timer-of-two-proxies", "4028-8.2-5", "200 INVITE@p2", edit("Session-Expires", "3600", "1800"))
Mutation("session-interval-too-small", "4028-8.1-10", "422 INVITE", nothing, before=("INVITE", put("Supported", "100rel")))
Mutation("session-timer", "4028-9-4", "200 INVITE", edit("Session-Expires", "1800", "300"), before=("INVITE", put("Min-SE", "600")))
Mutation("session-timer", "4028-9-5", "200 INVITE", edit("Session-Expires", "1800", "3600"))
Mutation("session-timer", "4028-9-7", "200 INVITE", nothing, before=("INVITE", put("Supported", "100rel")))
Mutation("session-timer", "4028-9-9", "200 UPDATE", several(put("Session-Expires", "1800;refresher=uas"), without("Require")))
Mutation("session-timer", "4028-7.2-4", "UPDATE", Delay(1_000_000), beside=True)
Mutation("session-timer-of-callee", "4028-9-11", "INVITE#2", Delay(1_000_000), beside=True)
Mutation("session-timer", "4028-7.2-5", "UPDATE", Delay(400_000), beside=True)
Mutation("session-timer-of-callee", "4028-9-12", "INVITE#2", Delay(400_000), beside=True)
Mutation("session-timer", "4028-7.4-1", "UPDATE", nothing, before=("INVITE", put("Supported", "100rel, timer, replaces")))
Mutation("session-timer-of-callee", "4028-7.4-2", "INVITE#2", without("Min-SE"))
Mutation("session-interval-too-small", "4028-7.4-3", "INVITE#2", without("Min-SE"))
Mutation("session-timer-of-callee", "4028-7.4-4", "INVITE#2", put("Min-SE", "90"))
Mutation("session-timer", "4028-7.4-6", "UPDATE", without("Session-Expires"))
Mutation("session-timer", "4028-7.4-7", "UPDATE", edit("Session-Expires", "1800", "3600"))
Mutation("session-timer", "4028-7.4-9", "UPDATE", nothing, before=("200 INVITE", edit("Session-Expires", "uac", "uas")))
Mutation("session-timer-of-callee", "4028-7.4-12", "INVITE#3", nothing, before=("200 INVITE#2", put("Allow", "INVITE, UPDATE")))
Mutation("session-timer-of-callee", "4028-7.4-13", "INVITE#2", undescribed)
Mutation("session-timer-of-callee", "4028-7.4-14", "INVITE#2", version(1))
Mutation("session-timer-of-callee", "4028-7.4-15", "200 INVITE#3", version(1))
Mutation("session-timer-of-callee", "4028-10-3", "INVITE#2", Silence(40), at="200 INVITE", absent=True, beside=True)

# --- RFC 6665: subscriptions


class Ends(Change):
    """It and all behind it is left out; two minutes later others are heard."""

    def apply(self, steps, at):
        del steps[at:]
        minutes_later(steps, 2)


def state(value):
    return put("Subscription-State", value)


Mutation("subscription", "6665-3.1.1-4", "200 SUBSCRIBE", put("Expires", "601"))
Mutation("subscription", "6665-3.2.1-2", "NOTIFY", put("Event", "dialog"), beside=True)
Mutation("subscription", "6665-3.2.1-3", "NOTIFY", put("Content-Type", "application/xpidf+xml"))
Mutation("subscription-through-proxy", "6665-4.5.2-7", "NOTIFY@bob", Copies(put("Event", "presence")), beside=True)
Mutation("subscription-too-brief", "6665-4.2.1.1-6", "423 SUBSCRIBE", nothing, before=("SUBSCRIBE", put("Expires", "0")))
Mutation("subscription-too-brief", "6665-4.2.1.1-6", "423 SUBSCRIBE", nothing, before=("SUBSCRIBE", put("Expires", "7200")))
Mutation("subscription", "6665-4.2.3-2", "200 SUBSCRIBE", nothing, before=("SUBSCRIBE", without("Event")))
Mutation("subscription", "6665-4.4.4-1", "200 SUBSCRIBE", put("Allow-Events", "dialog, refer"))
Mutation("subscription", "6665-4.4.4-2", "200 SUBSCRIBE", without("Allow-Events"))
Mutation("subscription", "6665-4.5.1-1", "200 SUBSCRIBE", edit("Contact", ";gr=desk", ""))
Mutation("subscription", "6665-4.2.1.2-1", "NOTIFY", Ends(), at="200 SUBSCRIBE", beside=True)
Mutation("subscription", "6665-4.2.1.2-1", "NOTIFY#2", Ends(), at="200 SUBSCRIBE#2", beside=True)
Mutation("subscription-asked-once", "6665-4.2.1.2-1", "NOTIFY#2", Ends(), at="200 SUBSCRIBE#2", beside=True)
Mutation("subscription-that-expires", "6665-4.2.1-1", "NOTIFY#3", state("active;expires=1"),
         before=("NOTIFY#2", state("terminated;reason=timeout")))
Mutation("subscription-that-expires", "6665-4.2.1.4-3", "NOTIFY#3", Ends(), at="NOTIFY#2", beside=True)
Mutation("subscription", "6665-4.2.1.4-3", "NOTIFY#3", HeardOn(state("active;expires=0")), beside=True)
Mutation("subscription", "6665-4.2.1.4-4", "NOTIFY#3", state("terminated;reason=noresource"), beside=True)
Mutation("subscription-that-expires", "6665-4.2.2-7", "NOTIFY#2", state("active;expires=60"), beside=True)
Mutation("subscription-through-proxy", "6665-4.2.2-7", "NOTIFY@bob", Copies(state("active;expires=600")), beside=True)
Mutation("subscription-that-expires", "6665-4.2.2-4", "NOTIFY#2", nothing, beside=True, before=("200 NOTIFY", as_status(481, "Gone")))
Mutation("subscription-that-expires", "6665-4.2.2-4", "NOTIFY#2", nothing, beside=True, before=("200 NOTIFY", as_status(480, "Gone")))
Mutation("subscription-shortened", "6665-4.2.2-3", "200 NOTIFY", Drop(), at="NOTIFY#2", beside=True)
Mutation("subscription", "6665-4.1.3-17", "200 NOTIFY", as_status(204, "No Notification"), at="204 NOTIFY", alone=True)
Mutation("subscription", "6665-4.1.3-18", "200 NOTIFY", lambda ok: text(ok, "Seen."))
Mutation("subscription-overtaken", "6665-4.1.2.4-3", "200 NOTIFY", as_status(481, "Unknown"), at="481 NOTIFY", beside=True)
Mutation("subscription-overtaken", "3515-2.4.4-4", "200 NOTIFY", as_status(481, "Unknown"), at="481 NOTIFY", beside=True)
Mutation("subscription-asked-once", "6665-4.1.2.4-1", "NOTIFY", Delay(40_000), at="200 NOTIFY", beside=True)
Mutation("subscription-that-expires", "6665-4.1.3-1", "200 NOTIFY#3", nothing, beside=True,
         before=("NOTIFY#2", state("terminated;reason=timeout")))
Mutation("subscription-shortened", "6665-4.1.2.2-1", "SUBSCRIBE#2", nothing, at="SUBSCRIBE#3", beside=True,
         before=("200 SUBSCRIBE#2", as_status(481, "Unknown")))
Mutation("subscription", "6665-4.1.3-6", "SUBSCRIBE#2", Delay(-290_000), beside=True, before=("NOTIFY", state("terminated;reason=timeout")))
Mutation("subscription-shortened", "6665-4.1.3-4", "SUBSCRIBE#2", Delay(40_000), beside=True)
Mutation("subscription-within-call", "6665-4.5.2-1", "SUBSCRIBE", lambda subscribe: subscribe.retarget("sip:bob@example.org;gr=desk"))
Mutation("subscription-put-off", "6665-4.1.3-11", "SUBSCRIBE#2", Delay(-30_000), beside=True)
Mutation("subscription-put-off", "6665-4.1.3-14", "SUBSCRIBE#2", Delay(-30_000), beside=True,
         before=("NOTIFY", state("terminated;reason=giveup;retry-after=60")))
Mutation("subscription-put-off", "6665-4.1.3-8", "SUBSCRIBE#2", Delay(-30_000), beside=True,
         before=("NOTIFY", state("terminated;retry-after=60")))
Mutation("subscription-asked-once", "6665-4.1.3-12", "SUBSCRIBE#2", nothing, beside=True,
         before=("NOTIFY", state("terminated;reason=rejected")))
Mutation("subscription-asked-once", "6665-4.1.3-15", "SUBSCRIBE#2", nothing, beside=True,
         before=("NOTIFY", state("terminated;reason=noresource")))
Mutation("subscription-asked-once", "6665-4.1.3-16", "SUBSCRIBE#2", nothing, beside=True,
         before=("NOTIFY", state("terminated;reason=invariant;retry-after=10")))

# --- RFC 3515: references

Mutation("transfer", "3515-2.4.2-4", "202 REFER", nothing, before=("REFER", without("Refer-To")))
Mutation("transfer", "3515-2.4.2-8", "NOTIFY", Ends(), at="202 REFER", beside=True)
Mutation("transfer-outside-of-a-call", "3515-2.4.4-1", "NOTIFY", Ends(), at="202 REFER", beside=True)
Mutation("transfer", "3515-2.4.4-2", "NOTIFY", put("Event", "presence"), beside=True)
Mutation("transfer", "3515-2.4.6-1", "NOTIFY", put("Event", "refer;id=1"), beside=True)
Mutation("two-transfers", "3515-2.4.6-1", "NOTIFY#3", put("Event", "refer"))
Mutation("two-transfers", "3515-2.4.6-3", "SUBSCRIBE", put("Event", "refer"))
Mutation("subscription-within-call", "3515-2.4.4-6", "200 SUBSCRIBE", nothing, beside=True, before=("SUBSCRIBE", put("Event", "refer")))
Mutation("two-transfers", "3515-3.10-1", "NOTIFY#2", Delay(-1500), beside=True)

# --- RFC 3428: MESSAGE


class Late(Change):
    """It alone comes so many milliseconds later."""

    def __init__(self, milliseconds):
        self.by = milliseconds * 1000

    def apply(self, steps, at):
        step = steps.pop(at)
        step.at += self.by
        steps.insert(next((i for i, other in enumerate(steps) if other.at > step.at), len(steps)), step)


Mutation("chat", "3428-8-3", "200 MESSAGE", Late(500), at="MESSAGE#2")
Mutation("chat-within-call", "3428-8-4", "200 MESSAGE", Late(200), at="MESSAGE#2")

# --- proxies

Mutation("call-through-proxy", "6665-4.4.4-3", "INVITE@p1", put("Allow-Events", "refer"))
Mutation("call-through-proxy", "6665-4.4.4-3", "200 INVITE@p1", put("Allow-Events", "refer"))
Mutation("subscription-unrecorded", "6665-4.3-3", "NOTIFY@p1", put("Record-Route", "<sip:10.9.0.1;lr>"))

# --- RFC 5393: breadth

Mutation("call-through-two-proxies", "5393-5.3.3-5", "INVITE@p2", put("Max-Breadth", "61"))
Mutation("fork-one-answers", "5393-5.3.3-5", "INVITE#2@p1", put("Max-Breadth", "31"), beside=True, before=("INVITE", put("Max-Breadth", "60")))
Mutation("call-through-two-proxies", "5393-5.3.3-9", "INVITE@p2", put("Max-Breadth", "59"), beside=True)
Mutation("circle", "5393-4.2.2-4", "SUBSCRIBE@p2", lambda back: back.retarget("sip:team@example.org"), at="SUBSCRIBE#4@p1")
Mutation("circle", "5393-4.1-1", "SUBSCRIBE@p2", lambda back: back.retarget("sip:team@example.org"), at="SUBSCRIBE#4@p1")
Mutation("subscription", "6665-4.6-3", "SUBSCRIBE", Cancelled(2), at="CANCEL")
Mutation("subscription", "6665-4.6-2", "200 SUBSCRIBE", as_status(487, "Request Terminated"), at="487 SUBSCRIBE")
Mutation("session-interval-too-small", "4028-9-1", "422 INVITE", put("Min-SE", "900"))

# --- what is left of RFC 3262, 3264, 3311, 3581, 4028, 4320, 6026, 6141


class Edited(Change):
    """One message is changed."""

    def __init__(self, change):
        self.change = change

    def apply(self, steps, at):
        self.change(steps[at].message)


class FromPort(Change):
    """It is sent from another port of the same element."""

    def __init__(self, port):
        self.port = port

    def apply(self, steps, at):
        steps[at].src = copy.copy(steps[at].src)
        steps[at].src.port = self.port


class Insistence(Change):
    """It is sent so many times more, a second apart each, with the same answer."""

    def __init__(self, count):
        self.count = count

    def apply(self, steps, at):
        pair = steps[at:at + 2]
        for place in range(at + 2, len(steps)):
            steps[place].at += self.count * 1_000_000
            cseq(self.count)(steps[place].message)
        for number in range(self.count, 0, -1):
            for step in reversed(pair):
                message = step.message.copy()
                cseq(number)(message)
                message.edit("Via", "branch=z9hG4bK", f"branch=z9hG4bKmore{number}")
                steps.insert(at + 2, type(step)(step.at + number * 1_000_000, step.src, step.dst, message, step.transport))


class OfProxy(Change):
    """The proxy makes it of its own: nobody had sent it there."""

    def apply(self, steps, at):
        message = steps[at].message
        own = message.get("Via")
        steps[at].message = message.drop("Via").push("Via", own)
        del steps[at - 1]


def streams(*names):
    """A second stream, and what each is called."""
    return lambda message: setattr(message, "body", f"{message.body}a=mid:{names[0]}\nm=video 5006 RTP/AVP 31\na=mid:{names[1]}\n")


def described(message):
    """It has an offer of its own."""
    message.add("Content-Type", "application/sdp").body = (
        "v=0\no=alice 1 1 IN IP4 10.1.0.1\ns=-\nc=IN IP4 10.1.0.1\nt=0 0\nm=audio 4000 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n")


def tunnelled(message):
    """It has a signed copy of its start."""
    message.set("Content-Type", "multipart/signed;protocol=\"application/pkcs7-signature\";micalg=sha-256;boundary=b").body = (
        f"--b\nContent-Type: message/sip\n\n{message.start}\n\n--b\nContent-Type: application/pkcs7-signature\n\nx\n--b--\n")


ONES_OWN = several(as_status(183, "Session Progress"), put("RSeq", "17"), put("Require", "100rel"))

Mutation("extension-not-known", "3262-3-3", "420 INVITE", nothing, before=("INVITE", put("Require", "100rel")))
Mutation("reliable-ringing", "3262-3-8", "183 INVITE", Delay(200_000), at="180 INVITE", beside=True)
Mutation("call", "3262-3-9", "200 INVITE", Also(Delay(90_000), "180 INVITE", Repeated(61_000)), at="180 INVITE#2",
         before=("180 INVITE", put("Supported", "100rel")))
Mutation("reliable-ringing", "3262-3-27", "183 INVITE", Again(9000, several(as_status(182, "Queued"), counted("RSeq", 1))), at="182 INVITE", beside=True)
Mutation("reinvite-refused-through-proxy", "3262-3-6", "100 INVITE#2@p1", Also(Late(4), "100 INVITE#2@p1", Edited(ONES_OWN)), at="183 INVITE@p1",
         beside=True)
Mutation("reliable-ringing-through-proxy", "3262-3-7", "PRACK@p1",
         Also(Drop(2), "200 PRACK@p1", Edited(as_status(481, "Call/Transaction Does Not Exist"))), at="481 PRACK@p1", beside=True)
Mutation("hold-and-resume", "3264-8.1-1", "INVITE#2", streams("two", "one"), before=("INVITE", streams("one", "two")))
Mutation("session-timer", "3311-5.1-2", "UPDATE", several(without("Session-Expires"), described))
Mutation("options", "3581-4-3", "200 OPTIONS", Also(Elsewhere(5070), "200 OPTIONS", Edited(edit("Via", ";branch", ";rport=5060;branch"))),
         beside=True, before=("OPTIONS", edit("Via", ";branch", ";rport;branch")))
Mutation("options", "3581-4-4", "200 OPTIONS", Also(FromPort(5070), "200 OPTIONS", Edited(edit("Via", ";branch", ";rport=5060;branch"))),
         beside=True, before=("OPTIONS", edit("Via", ";branch", ";rport;branch")))
Mutation("session-timer-refused", "4028-10-2", "UPDATE", Insistence(10), at="UPDATE#11")
Mutation("session-timer-through-proxy", "4028-8.3-2", "BYE@p1", Also(Delay(1_900_000), "BYE@p1", OfProxy()))
Mutation("options-through-proxy", "4320-3-6", "200 OPTIONS@bob",
         Also(Also(Again(20, as_status(404, "Not Found")), "200 OPTIONS@p1", Again(30, as_status(404, "Not Found"))),
              "200 OPTIONS@p1", Again(-25, as_status(100, "Trying"))), at="404 OPTIONS@p1", beside=True)
Mutation("call-through-proxy", "6026-6-1", "INVITE@p1", Again(4000, edit("Via", "branch=z9hG4bK", "branch=z9hG4bKmore")), at="INVITE#2@p1", beside=True)
Mutation("hold-and-resume", "6141-4.4-1", "INVITE#3", several(edit("Contact", "alice@", "alice.new@"), streams("one", "two"), as_method("UPDATE")),
         at="UPDATE")
Mutation("session-timer", "6141-4.6-1", "200 UPDATE", as_status(488, "Not Acceptable Here"), at="488 UPDATE",
         before=("UPDATE", edit("Contact", "alice@", "alice.new@")))
Mutation("registration", "3261-19.1.4-1", "200 REGISTER", nothing, before=("REGISTER", edit("Contact", ">", "?Priority=urgent>")))
Mutation("message-sent", "3261-23.4-1", "200 MESSAGE", nothing, before=("MESSAGE", tunnelled))
Mutation("reliable-ringing", "3262-3-21", "183 INVITE", Again(1, several(as_status(182, "Queued"), counted("RSeq", 1))), at="182 INVITE", beside=True)
