# SPDX-License-Identifier: MIT
"""What elements of the simulation may do wrong, one thing each, and the rule that has to tell.

    Misdeed(setting, rule, owner, name, wrong): in that setting the method `name` of a class is `wrong` instead."""

import network
import transactions
from lossy import T1
from phone import Call, Invitation, Phone
from proxies import Context
from transactions import InviteClient, InviteServer, PlainClient, PlainServer

MISDEEDS = []
asked_rightly = Phone.asked


class Misdeed:
    def __init__(self, setting, rule, owner, name, wrong):
        self.setting, self.rule, self.owner, self.name, self.wrong = setting, rule, owner, name, wrong
        MISDEEDS.append(self)

    def __enter__(self):
        self.right = getattr(self.owner, self.name)
        setattr(self.owner, self.name, self.wrong)

    def __exit__(self, *_):
        setattr(self.owner, self.name, self.right)


def misdeed(setting, rule, owner, name):
    return lambda wrong: Misdeed(setting, rule, owner, name, wrong)


@misdeed("two-phones", "rfc3261-17.1.1.2-timer-a-doubles", InviteClient, "repeat")
def always_at_t1(self, following):
    self.send(self.request)
    self.after(T1, lambda: self.repeat(T1))


@misdeed("subscribed", "rfc3261-17.1.2.2-timer-e-doubles", PlainClient, "repeat")
def request_always_at_t1(self, following):
    self.send(self.request)
    self.after(T1, lambda: self.repeat(T1))


@misdeed("two-phones", "rfc3261-17.1.1.2-invite-not-repeated-behind-response", InviteClient, "still")
def never_still(self):
    pass


@misdeed("registered", "rfc3261-17.2.2-repeated-request-answered-again", PlainServer, "again")
def deaf_to_repetitions(self, request):
    pass


@misdeed("two-phones", "rfc3261-17.2.1-repeated-invite-answered-again", InviteServer, "again")
def deaf_to_repeated_invites(self, request):
    if request.method == "ACK" and self.state == "completed":
        self.enter("confirmed", 10 * T1)


@misdeed("two-phones", "rfc3261-17.2.1-2xx-repeated-until-ack", Invitation, "repeat")
def accepts_once(self, following, until):
    self.server.answer(self.sent)
    self.timer = self.phone.later(64 * T1, lambda: None)


@misdeed("two-phones", "rfc3261-13.2.2.4-ack-of-every-repeated-2xx", Phone, "acknowledge")
def acknowledges_once(self, leg, number):
    if number not in leg.acks:
        leg.acks[number] = leg.request("ACK", cseq=number)
        self.transmit(leg.next, leg.acks[number])


@misdeed("two-phones", "rfc3261-17.1.1.2-refusal-acknowledged", InviteClient, "acknowledge")
def never_acknowledges(self, response):
    pass


@misdeed("two-phones", "rfc3262-4-prack-is-sent", Call, "prack")
def never_pracks(self, leg, response):
    pass


@misdeed("two-phones", "rfc3261-12.2.2-lower-cseq-refused", Phone, "asked")
def takes_any_number(self, server, request):
    for leg in self.legs.values():
        leg.peer_cseq = 0
    asked_rightly(self, server, request)


@misdeed("fork", "rfc3261-16.7-open-branches-cancelled", Context, "cancel")
def lets_them_ring(self):
    self.later = []


@misdeed("stateful-proxy", "rfc3261-17.1.1.3-ack-has-the-invites-via", transactions, "failure_ack")
def one_via_more(invite, response):
    ack = network.failure_ack(invite, response)
    ack.headers.insert(1, ("Via", "SIP/2.0/UDP elsewhere.example.net;branch=z9hG4bKelsewhere"))
    return ack
