# SPDX-License-Identifier: MIT
"""Steps as a capture: IPv4, UDP, and TCP with its handshake."""

import socket
import struct

from network import START


def ip(src, dst, protocol, payload, number=1):
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), number, 0, 64, protocol, 0)
    return header + socket.inet_aton(src.ip) + socket.inet_aton(dst.ip) + payload


def udp(src, dst, payload, number):
    """number: its identification, by which a repetition is no copy."""
    return ip(src, dst, 17, struct.pack(">HHHH", src.port, dst.port, 8 + len(payload), 0) + payload, number)


class Tcp:
    """One connection between two elements, whoever opened it."""

    def __init__(self, opener, other, at):
        self.next = {opener: at // 4 & 0xFFFFFFF, other: 5000 + (at // 4 & 0xFFFFFFF)}

    def segment(self, src, dst, flags, payload=b""):
        head = struct.pack(">HHIIBBHHH", src.port, dst.port, self.next[src], self.next[dst], 0x50, flags, 65000, 0, 0)
        self.next[src] += len(payload) + (1 if flags & 2 else 0)
        return ip(src, dst, 6, head + payload)


def packets(steps):
    """(microseconds, bytes, the step's place or None) of each packet."""
    open_ = {}
    for place, step in enumerate(steps):
        payload = step.message.bytes()
        if step.transport == "UDP":
            yield step.at, udp(step.src, step.dst, payload, getattr(step, "number", place + 1) & 0xFFFF), place
            continue
        key = frozenset((step.src, step.dst))
        if key not in open_:
            tcp = open_[key] = Tcp(step.src, step.dst, step.at)
            yield step.at - 3, tcp.segment(step.src, step.dst, 0x02), None
            yield step.at - 2, tcp.segment(step.dst, step.src, 0x12), None
        yield step.at, open_[key].segment(step.src, step.dst, 0x18, payload), place


def capture(steps):
    """The file, and the frame of each step."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101)
    frames = {}
    for number, (at, data, place) in enumerate(packets(steps), 1):
        whole = START + at
        out += struct.pack("<IIII", whole // 10**6, whole % 10**6, len(data), len(data)) + data
        if place is not None:
            frames[place] = number
    return out, frames
