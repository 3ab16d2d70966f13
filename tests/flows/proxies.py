# SPDX-License-Identifier: MIT
"""Proxies that keep RFC 3261 §16 whatever the network does."""

import hashlib

from message import tag_of
from network import Proxy, cancel_of
from transactions import Node, branch_of

BEST = (600, 400, 300, 500)


class Routing(Node, Proxy):
    """homes: for the host of a Request-URI, the URIs where it goes on; else it goes to the host itself."""

    def __init__(self, wire, name, ip, records=True, homes=None):
        super().__init__(wire, name, ip, records)
        self.settle()
        self.homes = homes or {}

    def answer(self, request, status, reason, tag=None):
        message = self.trying(request)
        message.start = f"SIP/2.0 {status} {reason}"
        if tag and not tag_of(message.get("To")):
            message.set("To", f"{message.get('To')};tag={tag}")
        return message

    def trying(self, request):
        return Proxy.trying(self, request)

    def targets(self, request):
        """(next element, new Request-URI or None) of each branch."""
        routes = request.all("Route")
        if routes and routes[0] == self.route:
            routes = routes[1:]
        if routes:
            return [(self.wire.find(routes[0]), None)]
        homes = self.homes.get(request.uri)
        if homes:
            return [self.target(home) for home in homes]
        return [(self.wire.find(request.uri), None)]

    def copy_for(self, peer, request, **more):
        self.transport = peer.transport
        return self.forward(request, **more)

    def target(self, home):
        """home: a phone, a proxy, or both a proxy and the Request-URI that goes to it."""
        if isinstance(home, tuple):
            return home
        return (home, None) if isinstance(home, Proxy) else (home, f"sip:{home.user}@{home.host}")

    def acked(self, ack, src):
        """It belongs to no transaction here: it goes on. §16.11"""
        peer, target = self.targets(ack)[0]
        self.transmit(peer, self.copy_for(peer, ack, target=target))

    def stray(self, response):
        """§16.11: it goes on by its Via."""
        if len(response.all("Via")) > 1:
            out = response.copy().pop("Via")
            self.transmit(self.wire.find("sip:" + out.get("Via").split("received=")[1]), out)


class Stateless(Routing):
    def receive(self, message, src):
        if self.off:
            return
        if not message.is_request:
            if len(message.all("Via")) > 1:
                self.stray(message)
            return
        message.set("Via", f"{message.get('Via')};received={src.ip}")
        peer, target = self.targets(message)[0]
        branch = "z9hG4bK" + hashlib.sha1((branch_of(message) + self.host).encode()).hexdigest()[:20]
        self.transmit(peer, self.copy_for(peer, message, branch=branch, target=target))


class Stateful(Routing):
    one_by_one = False  # it tries the next target when one refuses

    def stray(self, response):
        """RFC 6026 §7.3: it does not go on."""

    def asked(self, server, request):
        if request.method == "CANCEL":
            self.cancelled(server)
        else:
            Context(self, server, request)

    def cancelled(self, server):
        branch, host, _ = server.key
        invite = self.servers.get((branch, host, "INVITE"))
        if not invite:
            server.answer(self.answer(server.request, 481, "Call/Transaction Does Not Exist", tag=self.wire.word()))
            return
        server.answer(self.answer(server.request, 200, "OK", tag=invite.context.tag))
        invite.context.cancel()


class Context:
    """A request and its branches."""

    def __init__(self, proxy, server, request):
        self.proxy, self.server, self.request, self.tag = proxy, server, request, proxy.wire.word()
        self.finals, self.cancelling, self.ringing = {}, set(), set()
        self.withdrawn = False
        server.context = self
        server.user = self
        if request.method == "INVITE" and proxy.wire.random.random() < 0.7:
            server.try_()
        targets = proxy.targets(request)
        at_once = targets[:1] if proxy.one_by_one else targets
        self.later, self.branches = targets[len(at_once):], []
        for peer, target in at_once:
            self.begin(peer, target, len(at_once))

    def begin(self, peer, target, ways=1):
        copy = self.proxy.copy_for(peer, self.request, target=target, ways=ways)
        self.branches.append(self.proxy.ask(peer, copy, self))

    def heard(self, client, response):
        if client.request.method == "CANCEL":
            return
        if response.status < 200:
            self.ringing.add(client)
            if client in self.cancelling:
                self.withdraw(client)
        if response.status == 100:
            return
        back = response.copy().pop("Via")
        if response.status < 200:
            self.server.answer(back)
        elif response.status < 300:
            self.finals[client] = back
            self.server.answer(back)
            self.cancel()
        else:
            self.decline(client, back)

    def decline(self, client, back):
        if client in self.finals:
            return
        self.finals[client] = back
        if back.status >= 600:
            self.cancel()
        if self.later and not self.cancelling and back.status in (408, 480, 486, 503):
            self.begin(*self.later.pop(0))
        if len(self.finals) == len(self.branches) and not self.server.final:
            self.server.answer(self.best())

    def best(self):
        def rank(response):
            kind = response.status // 100 * 100
            return (0 if kind == 600 else kind, response.status)
        return min(self.finals.values(), key=rank)

    def cancel(self):
        self.later = []
        if self.request.method != "INVITE":
            return
        for client in self.branches:
            if client not in self.finals and client not in self.cancelling:
                self.cancelling.add(client)
                if client in self.ringing:
                    self.withdraw(client)

    def withdraw(self, client):
        """Once, behind a provisional response."""
        self.ringing.discard(client)
        if not getattr(client, "withdrawn", False):
            client.withdrawn = True
            self.proxy.ask(client.peer, cancel_of(client.request), self)

    def gone(self, transaction):
        """Nobody answered: as if 408 had come. RFC 4320 leaves it out for all but INVITE."""
        if transaction in getattr(self, "branches", ()) and self.request.method == "INVITE":
            timeout = self.proxy.answer(self.request, 408, "Request Timeout", tag=self.tag)
            self.decline(transaction, timeout)
