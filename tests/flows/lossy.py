# SPDX-License-Identifier: MIT
"""A network that loses, repeats, delays and reorders what is sent through it, and a clock for those who send."""

import copy
import heapq
import random
import re

from network import Step

MS = 1000
T1, T2, T4 = 500 * MS, 4000 * MS, 5000 * MS


class Timer:
    def __init__(self, what):
        self.what = what

    def stop(self):
        self.what = None


class Passed:
    """A packet that was sent: when, when it arrived (None: it was lost), whether the network made it from another one."""

    def __init__(self, number, sent, arrived, src, dst, message, transport, copied):
        self.number, self.sent, self.arrived, self.src, self.dst = number, sent, arrived, src, dst
        self.message, self.transport, self.copied = message, transport, copied


class World:
    """at: microseconds since it began. loss, doubled: how often a packet is; late: mean of what a packet is late beside
    the way's own delay, in milliseconds."""

    def __init__(self, seed, loss=0.1, doubled=0.03, late=3):
        self.random = random.Random(seed)
        self.loss, self.doubled, self.late = loss, doubled, late
        self.at, self.queue, self.count, self.passed = 0, [], 0, []
        self.elements, self.ways, self.busy = {}, {}, {}
        self.outside = {}  # of what is behind a NAT: how it looks
        self.connections, self.streams = {}, {}  # when what was sent last over a connection arrives

    # --- what network.Wire has for those who write messages

    def word(self, length=10):
        return "".join(self.random.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(length))

    # --- the clock

    def later(self, microseconds, what):
        """what() is called then, unless the timer that is given back is stopped."""
        timer = Timer(what)
        self.count += 1
        heapq.heappush(self.queue, (self.at + int(microseconds), self.count, timer))
        return timer

    def run(self, seconds=2000):
        while self.queue and self.queue[0][0] < seconds * 1000 * MS:
            self.at, _, timer = heapq.heappop(self.queue)
            if timer.what:
                timer.what()

    # --- the network

    def join(self, element):
        self.elements[element.ip], self.elements[element.host] = element, element

    def translate(self, element, ip, port):
        """From now on a NAT shows it so; what is sent to where it showed it before is lost."""
        outside = copy.copy(element)
        outside.ip, outside.port, outside.inside = ip, port, element
        self.outside[element] = outside

    def find(self, uri):
        """The element that a URI's host names."""
        host = re.match(r"<?sips?:(?:[^@;>]*@)?([^:;>]+)", uri).group(1)
        return self.elements.get(host)

    def delay(self, src, dst):
        own = self.ways.setdefault(frozenset((src.ip, dst.ip)), self.random.choice((1, 5, 20, 60, 150)) * MS)
        return own + int(self.random.expovariate(1 / (self.late * MS)))

    def send(self, src, dst, message, transport="UDP"):
        self.count += 1
        number, message = self.count, message.copy()
        src, inside = self.outside.get(src, src), getattr(dst, "inside", None)
        ends = self.connection(src, dst, message) if transport == "TCP" else (src, dst)
        arrives = transport == "TCP" or self.random.random() >= self.loss
        arrives = arrives and (not inside or self.outside[inside] is dst)
        times = [self.delay(src, dst)] if arrives else []
        if transport == "TCP":  # in order
            self.streams[src, dst] = max(self.at + times[0], self.streams.get((src, dst), 0) + 1)
            times = [self.streams[src, dst] - self.at]
        elif arrives and self.random.random() < self.doubled:
            times.append(self.delay(src, dst))
        for copied, after in enumerate(times or [None]):
            arrived = None if after is None else self.at + after
            self.passed.append(Passed(number, self.at, arrived, *ends, message, transport, bool(copied)))
            if arrived is not None:
                self.arrive(arrived, src, inside or dst, message)

    def connection(self, src, dst, message):
        """Both ends as they are seen. A request goes over one that its sender opened, the response by the same; what was
        idle for a minute may have been closed."""
        if not message.is_request:
            opened = self.connections.get((dst, src))
            if opened and self.at - opened[1] < 60_000 * MS:
                self.connections[dst, src] = opened[0], self.at
                return opened[0][::-1]
        ends, used = self.connections.get((src, dst), (None, 0))
        if not ends or (self.at - used > 60_000 * MS and self.random.random() < 0.5):
            opener = copy.copy(src)
            opener.port = self.random.randrange(20000, 60000)
            ends = opener, dst
        self.connections[src, dst] = ends, self.at
        return ends

    def arrive(self, at, src, dst, message):
        """The element reads one message after the other, each a little after it came."""
        def queue():
            self.busy[dst] = max(self.at + self.random.randrange(100, 2000), self.busy.get(dst, 0) + 1)
            self.later(self.busy[dst] - self.at, lambda: dst.receive(message.copy(), src))

        self.later(at - self.at, queue)


# --- observers: steps in the order in which they see them

def seen(passed, times):
    steps = []
    for packet in passed:
        at = times(packet)
        if at is not None:
            step = Step(at, packet.src, packet.dst, packet.message, packet.transport)
            step.number = packet.number
            steps.append(step)
    return sorted(steps, key=lambda step: step.at)


def beside(world, *elements):
    """What these send, when they do, and what they get, when it comes."""
    places = {element.ip for element in elements}

    def times(packet):
        if packet.src.ip in places:
            return None if packet.copied else packet.sent
        return packet.arrived if packet.dst.ip in places else None
    return seen(world.passed, times)


def where_sent(world):
    """Everything that anybody sends, as it is sent."""
    return seen(world.passed, lambda packet: None if packet.copied else packet.sent)


def where_it_arrives(world):
    return seen(world.passed, lambda packet: packet.arrived)


def between(world, chance):
    """At some place on each way: what is lost may be lost before it or behind it."""
    place = {}

    def times(packet):
        part = place.setdefault(frozenset((packet.src.ip, packet.dst.ip)), (chance.random(), packet.src.ip))
        share = part[0] if part[1] == packet.src.ip else 1 - part[0]
        if packet.arrived is None:
            own = world.ways.get(frozenset((packet.src.ip, packet.dst.ip)), MS)
            return packet.sent + int(own * share) if chance.random() < 0.5 and share < 1 else None
        return packet.sent + int((packet.arrived - packet.sent) * share)
    return seen(world.passed, times)
