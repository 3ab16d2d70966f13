# SPDX-License-Identifier: MIT
"""What the tests of the command share: running it, and captures made of messages."""

import gzip
import json
import os
import pathlib
import resource
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OFFICE = "corpus/captures/office.pcap"
SIPCHECK = os.environ.get("SIPCHECK", ROOT / "build/bin/sipcheck")

MEMORY_MAX = 1 << 20  # KiB: none of the captures that are made here is a reason to take a gigabyte

OPTIONS = """OPTIONS sip:bob@example.com SIP/2.0
Via: SIP/2.0/UDP desk.example.com;branch=z9hG4bK371decbad5b
Max-Forwards: 70
From: <sip:alice@example.com>;tag=1ezbbd31pd2s
To: <sip:bob@example.com>
Call-ID: 3119849255785412322@desk.example.com
CSeq: 1 OPTIONS
Accept: application/sdp
Contact: <sip:alice@desk.example.com>
Content-Length: 0

"""

# A rule of a user's own; its tests start from the base message lab-options.
RULE = """- id: lab-subject
  title: Every request has a Subject
  cites: [3261-8.1.1-1]
  level: SHOULD
  binds: uac
  scope: message
  applies: sip.is_request
  assert: exists(sip.Subject)
  message: "{sip.Method} without Subject"
  fix: "Send Subject"
  asks: A Subject in every request.
  why: Our lab's tickets are found by it.
  tests:
    pass: [{base: lab-options}]
    fail: [{base: lab-options, remove: [Subject]}]
"""
BASES = """lab-options: |
  OPTIONS sip:bob@example.com SIP/2.0
  Call-ID: 1
  Subject: lab
"""
WAIVER = """    - rule: {rule}
      party: {party}
      reason: {reason}
      owner: ann@example.com
      expires: {expires}
"""


def environment(**more):
    """The same wherever the test runs: no colour, no width, no other language."""
    plain = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "NO_COLOR", "LANG")}
    return {**plain, "LC_ALL": "C.UTF-8", "TERM": "xterm", **more}


class Outcome:
    def __init__(self, done):
        self.code, self.raw = done.returncode, done.stdout
        self.out = done.stdout.decode("utf-8", "replace")
        self.err = done.stderr.decode("utf-8", "replace")

    def objects(self):
        """Every line as JSON; the strict decoder refuses what is no UTF-8."""
        return [json.loads(line.decode("utf-8")) for line in self.raw.splitlines()]

    def findings(self):
        return self.objects()[:-1]

    def summary(self):
        return self.objects()[-1]["summary"]


def sipcheck(*words, stdin=b"", cwd=ROOT, **more):
    done = subprocess.run([SIPCHECK, *map(os.fsencode, words)], input=stdin, cwd=cwd, env=environment(**more),
                          capture_output=True, timeout=120)
    return Outcome(done)


class Test(unittest.TestCase):
    """With a folder of its own, and the sanitizers' word on every run."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, content):
        path = os.path.join(os.fsencode(self.folder), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return os.fsdecode(path)

    def run_command(self, *words, code=0, err="", **more):
        """Runs it; its exit code and what it complains about are part of every expectation (None: any)."""
        outcome = sipcheck(*words, **more)
        said = f"sipcheck {' '.join(map(str, words))}\n{outcome.out[-3000:]}{outcome.err}"
        if code is not None:
            self.assertEqual(outcome.code, code, said)
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, MEMORY_MAX, said)
        if err is not None:
            self.assertIn(err, outcome.err, said)
            self.assertEqual(bool(err), bool(outcome.err), said)
        return outcome

    def capture(self, name, *packets):
        return self.write(name, pcap(*packets))


def message(text=OPTIONS, **headers):
    """A message with CRLF; header values replaced, or with None removed: message(CSeq="1 BYE")."""
    lines = text.split("\n")
    for name, value in headers.items():
        name = name.replace("_", "-")
        at = next((i for i, line in enumerate(lines) if line.startswith(f"{name}: ")), None)
        if value is None:
            del lines[at]
        elif at is None:
            lines.insert(len(lines) - 2, f"{name}: {value}")
        else:
            lines[at] = f"{name}: {value}"
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")


def packet(payload, src="192.0.2.1", dst="192.0.2.2", sport=5060, dport=5060, at=1_767_603_600.0, cut=None):
    """(time, captured bytes, bytes on the wire) of an IPv4 or IPv6 datagram."""
    udp = struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload
    if ":" in src:
        ip = struct.pack(">IHBB", 6 << 28, len(udp), 17, 64)
        ip += socket.inet_pton(socket.AF_INET6, src) + socket.inet_pton(socket.AF_INET6, dst)
    else:
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0)
        ip += socket.inet_aton(src) + socket.inet_aton(dst)
    whole = ip + udp
    return at, whole[:cut], len(whole)


def segment(payload, src="192.0.2.1", dst="192.0.2.2", sport=5060, dport=5060, at=1_767_603_600.0):
    """Likewise of TCP, the first one of a direction whose SYN was not captured."""
    tcp = struct.pack(">HHIIBBHHH", sport, dport, 1000, 1, 5 << 4, 24, 65535, 0, 0) + payload
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0) + socket.inet_aton(src) + socket.inet_aton(dst)
    return at, ip + tcp, len(ip + tcp)


def unreachable(undelivered, at):
    """Likewise of the ICMP that says so of a datagram, from whom it was for."""
    _, whole, _ = undelivered
    icmp = struct.pack(">BBHI", 3, 3, 0, 0) + whole[:28]
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(icmp), 1, 0, 64, 1, 0) + whole[16:20] + whole[12:16]
    return at, ip + icmp, len(ip + icmp)


def pcap(*packets, link=101):
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link)
    return b"".join([out, *(struct.pack("<IIII", int(at), round(at % 1 * 1e6), len(captured), wire) + captured
                            for at, captured, wire in packets)])


def office():
    return (ROOT / OFFICE).read_bytes()


def zipped(content):
    return gzip.compress(content)


def profile(*waivers, rules="", name="lab"):
    text = f"name: {name}\nextends: default\n{rules}"
    return text + ("waivers:\n" if waivers else "") + "".join(WAIVER.format(**waiver) for waiver in waivers)


def waiver(rule, party="198.51.100.7", reason="release 8 repairs it", expires="2099-01-01"):
    return {"rule": rule, "party": party, "reason": reason, "expires": expires}


def main():
    unittest.main(argv=sys.argv, verbosity=1)
