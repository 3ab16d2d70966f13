# SPDX-License-Identifier: MIT
"""The four transactions of RFC 3261 §17, as RFC 6026 has them, over UDP and streams, with their timers."""

import re

from lossy import MS, T1, T2, T4
from network import failure_ack


def branch_of(message):
    return re.search(r"branch=([^;]+)", message.get("Via")).group(1)


def received(via, src):
    """As the receiver takes it: RFC 3261 §18.2.1, RFC 3581 §4."""
    return f"{re.sub(';rport(?=;|$)', f';rport={src.port}', via)};received={src.ip}"


def key_of(message):
    return branch_of(message), message.get("Via").split()[1].split(";")[0], message.method.replace("ACK", "INVITE")


class Transaction:
    """user: who hears of what comes. It has heard(transaction, response) or asked(transaction, request), and gone(transaction)."""

    def __init__(self, element, peer, request, user):
        self.element, self.peer, self.request, self.user = element, peer, request, user
        self.world, self.state, self.timers = element.wire, "", []
        self.unreliable = "/UDP " in request.get("Via")

    def send(self, message):
        self.element.transmit(self.peer, message)

    def after(self, microseconds, what):
        timer = self.element.later(microseconds + self.world.random.randrange(0, 3 * MS), what)
        self.timers.append(timer)
        return timer

    def still(self):
        for timer in self.timers:
            timer.stop()
        self.timers = []

    def enter(self, state, lasts, end="terminated"):
        self.still()
        self.state = state
        self.after(lasts, lambda: self.end(end))

    def end(self, state="terminated", gone=False):
        self.still()
        self.state = state
        self.element.forget(self)
        if gone:
            self.user.gone(self)


class Client(Transaction):
    def __init__(self, element, peer, request, user):
        super().__init__(element, peer, request, user)
        self.key = key_of(request)
        element.clients[self.key[0], request.method] = self

    def start(self):
        self.state = "calling"
        self.send(self.request)
        if self.unreliable:
            self.after(T1, lambda: self.repeat(T1 * 2))
        self.after(64 * T1, lambda: self.end(gone=True))
        return self


class InviteClient(Client):
    def repeat(self, following):
        self.send(self.request)
        self.after(following, lambda: self.repeat(following * 2))

    def hear(self, response):
        status = response.status
        if self.state == "completed":
            if status >= 300:
                self.acknowledge(response)
            return
        if status < 200 and self.state in ("calling", "proceeding"):
            self.still()
            self.state = "proceeding"
        elif status < 300 and self.state in ("calling", "proceeding"):
            self.enter("accepted", 64 * T1)
        elif status >= 300 and self.state in ("calling", "proceeding"):
            self.acknowledge(response)
            self.enter("completed", 64 * T1 + MS if self.unreliable else 0)
        elif not 200 <= status < 300:
            return
        self.user.heard(self, response)

    def acknowledge(self, response):
        self.send(failure_ack(self.request, response))


class PlainClient(Client):
    def repeat(self, following):
        self.send(self.request)
        following = T2 if self.state == "proceeding" else min(following, T2)
        self.after(following, lambda: self.repeat(following * 2))

    def hear(self, response):
        if self.state == "completed":
            return
        if response.status < 200:
            self.state = "proceeding"
        else:
            self.enter("completed", T4 if self.unreliable else 0)
        self.user.heard(self, response)


class Server(Transaction):
    def __init__(self, element, peer, request, user):
        super().__init__(element, peer, request, user)
        self.key, self.last, self.state = key_of(request), None, "proceeding"
        element.servers[self.key] = self

    @property
    def final(self):
        return self.last if self.last and self.last.status >= 200 else None


class InviteServer(Server):
    def __init__(self, element, peer, request, user):
        super().__init__(element, peer, request, user)
        self.after(self.world.random.choice((0, 5, 100, 190)) * MS, self.try_)

    def try_(self):
        if not self.last:
            self.answer(self.element.trying(self.request))

    def again(self, request):
        if request.method == "ACK":
            if self.state == "completed":
                self.enter("confirmed", T4 if self.unreliable else 0)
        elif self.state in ("proceeding", "completed") and self.last:
            self.send(self.last)

    def answer(self, response):
        if self.state == "accepted" and 200 <= response.status < 300:
            self.send(response)
        if self.state != "proceeding":
            return
        self.last = response
        if 200 <= response.status < 300:
            self.enter("accepted", 64 * T1)
        elif response.status >= 300:
            self.still()
            self.state = "completed"
            if self.unreliable:
                self.after(T1, lambda: self.repeat(T1 * 2))
            self.after(64 * T1, lambda: self.end(gone=True))
        self.send(response)

    def repeat(self, following):
        self.send(self.last)
        following = min(following, T2)
        self.after(following, lambda: self.repeat(following * 2))


class PlainServer(Server):
    """RFC 4320 §4.1: 100 where it takes as long as its client's timer E needs to come to T2."""

    def __init__(self, element, peer, request, user):
        super().__init__(element, peer, request, user)
        self.after(7 * T1, self.try_)

    def try_(self):
        if not self.last:
            self.answer(self.element.trying(self.request))

    def again(self, request):
        if self.last:
            self.send(self.last)

    def answer(self, response):
        if self.final or 100 < response.status < 200:
            return
        self.last = response
        if response.status >= 200:
            self.enter("completed", 64 * T1 if self.unreliable else 0)
        self.send(response)


class Node:
    """What elements with transactions have beside their names: mixed into Ua and Proxy."""

    def settle(self):
        self.clients, self.servers = {}, {}
        self.born, self.off = 0, False
        self.wire.join(self)

    def later(self, microseconds, what):
        """A timer of its own: it is forgotten when the element begins anew."""
        born = self.born
        return self.wire.later(microseconds, lambda: what() if self.born == born else None)

    def break_down(self, seconds):
        """Everything is forgotten, and for so long it hears nothing."""
        self.clients, self.servers = {}, {}
        self.born, self.off = self.born + 1, True
        self.later(seconds * 1000 * MS, self.come_back)

    def come_back(self):
        self.off = False

    def transmit(self, peer, message):
        self.wire.send(self, peer, message, message.get("Via").split()[0].split("/")[2])

    def forget(self, transaction):
        for table in (self.clients, self.servers):
            for key in [key for key, known in table.items() if known is transaction]:
                del table[key]

    def trying(self, request):
        return self.answer(request, 100, "Trying")

    def ask(self, peer, request, user):
        kind = InviteClient if request.method == "INVITE" else PlainClient
        return kind(self, peer, request, user).start()

    def receive(self, message, src):
        if self.off:
            return
        if not message.is_request:
            client = self.clients.get((branch_of(message), message.method))
            if client:
                client.hear(message)
            else:
                self.stray(message)
            return
        message.set("Via", received(message.get("Via"), src))
        server = self.servers.get(key_of(message))
        if server and message.method == "ACK" and 200 <= (server.last.status if server.last else 0) < 300:
            server = None
        if server:
            server.again(message)
        elif message.method == "ACK":
            self.acked(message, src)
        else:
            kind = InviteServer if message.method == "INVITE" else PlainServer
            self.asked(kind(self, src, message, self), message)

    def stray(self, response):
        """A response of no transaction."""

    def acked(self, ack, src):
        """An ACK of a 2xx, or of nothing."""

    def gone(self, transaction):
        """A transaction's time is over."""
