# SPDX-License-Identifier: MIT
"""sipcheck audit and TLS: captures made here of real TLS connections, decrypted by tshark."""

import os
import pathlib
import shutil
import socket
import ssl
import struct
import tempfile
import unittest

from command import Test, main, message, packet, pcap

WS = message(Via="SIP/2.0/WSS h.invalid;branch=z9hG4bKw", Call_ID="wss@example.com")
TLS = message(Via="SIP/2.0/TLS desk.example.com;branch=z9hG4bKt", Call_ID="tls@example.com", CSeq="1 BYE")
UPGRADE = (b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Protocol: sip\r\n\r\n")
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: sip\r\n\r\n"


def masked(payload):
    mask = b"\x01\x02\x03\x04"
    return (struct.pack(">BBH", 0x81, 0x80 | 126, len(payload)) + mask
            + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)))


class Connection:
    """A TLS connection between two ends in this process, and the segments that would carry it."""

    def __init__(self, port, client_port, at, keylog=None):
        self.port, self.client_port, self.at = port, client_port, at
        first = int(at) % 1000 * 100_000
        self.sequence, self.packets = {True: first + 1000, False: first + 2000}, []
        self.ends = {}
        for client in (True, False):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT if client else ssl.PROTOCOL_TLS_SERVER)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers("AECDH-AES128-SHA:@SECLEVEL=0")  # needs no certificate
            if client and keylog:
                context.keylog_filename = keylog
            into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
            self.ends[client] = (into, out, context.wrap_bio(into, out, server_side=not client))
        self.segment(True, b"", 2)
        self.segment(False, b"", 18)
        self.handshake()

    def segment(self, client, payload, flags=24):
        ports = (self.client_port, self.port) if client else (self.port, self.client_port)
        tcp = struct.pack(">HHIIBBHHH", *ports, self.sequence[client], self.sequence[not client], 5 << 4, flags,
                          65535, 0, 0) + payload
        hosts = ("192.0.2.7", "192.0.2.8") if client else ("192.0.2.8", "192.0.2.7")
        whole = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0,
                            *map(socket.inet_aton, hosts)) + tcp
        self.sequence[client] += len(payload) + (1 if flags & 2 else 0)
        self.at += 0.01
        self.packets.append((self.at, whole, len(whole)))

    def pump(self, client):
        data = self.ends[client][1].read()
        if data:
            self.segment(client, data)
            self.ends[not client][0].write(data)

    def handshake(self):
        done = set()
        while len(done) < 2:
            for client in (True, False):
                try:
                    self.ends[client][2].do_handshake()
                    done.add(client)
                except ssl.SSLWantReadError:
                    pass
                self.pump(client)

    def send(self, client, data):
        self.ends[client][2].write(data)
        self.pump(client)


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def pcapng(packets, secrets, behind=0):
    """behind: so many packets the secrets come."""
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", 101, 0, 0))
    dsb = block(10, struct.pack("<II", 0x544C534B, len(secrets)) + secrets)
    frames = b""
    for number, (at, captured, wire) in enumerate(packets):
        frames += dsb if number == behind else b""
        us = round(at * 1e6)
        frames += block(6, struct.pack("<IIIII", 0, us >> 32, us & 0xFFFFFFFF, len(captured), wire) + captured)
    return out + frames


class Secrets(Test):
    def setUp(self):
        super().setUp()
        self.keys = os.path.join(self.folder, "keys.txt")
        sip = Connection(5061, 40001, 1_767_603_600.0, self.keys)
        sip.send(True, TLS[:200])
        sip.send(True, TLS[200:])
        web = Connection(8443, 40002, 1_767_603_601.0, self.keys)
        web.send(True, UPGRADE)
        web.send(False, SWITCHED)
        web.send(True, masked(WS))
        self.clear = packet(message(CSeq="2 BYE"), at=1_767_603_602.0)
        self.packets = sip.packets + web.packets + [self.clear]
        self.frames = {"tls": len(sip.packets), "wss": len(sip.packets) + len(web.packets), "udp": len(self.packets)}
        self.path = self.capture("tls.pcap", *self.packets)

    def audit(self, *words, code=1, **more):
        return self.run_command("audit", "--format", "ndjson", "--verdicts", "all", *words, code=code, **more)

    def seen(self, outcome):
        return {(f["transport"], f["frame"]) for f in outcome.findings()}

    def fake(self, script):
        """A tshark that is none. Returns the PATH on which it stands first."""
        path = self.write("bin/tshark", "#!/bin/sh\n" + script)
        os.chmod(path, 0o755)
        return f"{os.path.dirname(path)}:{os.environ['PATH']}"

    @unittest.skipUnless(shutil.which("tshark"), "tshark is not installed")
    def test_a_key_log(self):
        outcome = self.audit("--keylog", self.keys, self.path)
        self.assertEqual(self.seen(outcome), set(self.frames.items()))
        capture = outcome.summary()["capture"]
        self.assertEqual((capture["messages"], capture["tls-decrypted"], capture["decrypted_by"]), (3, 2, "tshark"))
        self.assertIs(capture["incomplete"], False)
        self.assertNotIn("tls", capture)
        self.assertEqual(capture["frames"], len(self.packets))
        [time] = {f["time"] for f in outcome.findings() if f["transport"] == "tls"}
        self.assertRegex(time, r"2026-01-05T09:00:00\.[0-9]{6}Z")
        report = self.run_command("audit", "--keylog", self.keys, self.path, code=1).out
        self.assertIn("TLS in it was decrypted by tshark", report)

    @unittest.skipUnless(shutil.which("tshark"), "tshark is not installed")
    def test_secrets_in_the_file(self):
        secrets = pathlib.Path(self.keys).read_bytes()
        for behind in (0, 2):
            with self.subTest(behind=behind):
                path = self.write("dsb.pcapng", pcapng(self.packets, secrets, behind))
                self.assertEqual(self.seen(self.audit(path)), set(self.frames.items()))

    @unittest.skipUnless(shutil.which("tshark"), "tshark is not installed")
    def test_secrets_of_one_of_two(self):
        other = Connection(5061, 40003, 1_767_603_603.0)
        other.send(True, TLS)
        path = self.capture("two.pcap", *self.packets, *other.packets)
        outcome = self.audit("--keylog", self.keys, path)
        self.assertEqual(self.seen(outcome), set(self.frames.items()))
        self.assertEqual(outcome.summary()["capture"]["tls"], 1)
        self.assertIs(outcome.summary()["capture"]["incomplete"], True)

    @unittest.skipUnless(shutil.which("tshark"), "tshark is not installed")
    def test_the_same_connection_in_two_files(self):
        again = self.capture("again.pcap", *self.packets)
        outcome = self.audit("--keylog", self.keys, self.path, again)
        self.assertEqual(outcome.summary()["capture"]["messages"], 3)
        self.assertEqual({f["file"] for f in outcome.findings()}, {self.path})

    @unittest.skipUnless(shutil.which("tshark"), "tshark is not installed")
    def test_the_same_ports_again(self):
        later = Connection(5061, 40001, 1_767_603_700.0, self.keys)
        later.send(True, TLS)
        path = self.capture("later.pcap", *later.packets)
        self.assertEqual(self.audit("--keylog", self.keys, self.path, path).summary()["capture"]["messages"], 4)

    @unittest.skipUnless(shutil.which("tshark"), "tshark is not installed")
    def test_names_that_no_shell_may_see(self):
        for name in ("-r.pcap", "$(touch hacked).pcap", "`touch hacked`;a b'\".pcap", "a\nb.pcap", "\udcff.pcap"):
            with self.subTest(name=name):
                with tempfile.TemporaryDirectory() as folder:
                    for source, target in ((self.path, name), (self.keys, name + ".keys")):
                        shutil.copy(source, os.path.join(os.fsencode(folder), os.fsencode(target)))
                    outcome = self.audit("--keylog", name + ".keys", "--", name, cwd=folder)
                    self.assertEqual(outcome.summary()["messages"], 3)
                    self.assertEqual(len(os.listdir(folder)), 2)

    @unittest.skipUnless(shutil.which("tshark"), "tshark is not installed")
    def test_secrets_that_open_nothing(self):
        other = os.path.join(self.folder, "other.txt")
        Connection(5061, 40003, 1_767_603_603.0, other)
        for keys in (other, self.write("empty.txt", b"")):
            with self.subTest(keys=keys):
                told = f"--keylog {keys}: nothing was decrypted; is there TLS in the capture"
                outcome = self.audit("--keylog", keys, self.path, err=told)
                self.assertEqual(self.seen(outcome), {("udp", self.frames["udp"])})
                self.assertNotIn("decrypted_by", outcome.summary()["capture"])
                self.assertIn("tshark found nothing in it that the secrets decrypt",
                              self.run_command("audit", "--keylog", keys, self.path, code=1, err=told).out)
                self.run_command("calls", "--keylog", keys, self.path, err=told)
                self.run_command("extract", "--keylog", keys, self.path, "--frames", "1", "-o", self.path + ".out",
                                 err=told)

    def test_nothing_is_run_without_secrets(self):
        outcome = self.audit(self.path, PATH=self.fake("touch \"$(dirname \"$0\")/ran\""))
        self.assertFalse(os.path.exists(os.path.join(self.folder, "bin/ran")))
        self.assertEqual(self.seen(outcome), {("udp", self.frames["udp"])})
        self.assertEqual(outcome.summary()["capture"]["tls"], 1)
        self.assertNotIn("decrypted_by", outcome.summary()["capture"])

    def test_a_tshark_that_fails(self):
        cases = [("echo 'Running as user \"root\"' >&2; echo 'tshark: -U is unknown' >&2; echo more >&2; exit 1",
                  "tshark: -U is unknown"),
                 ("exit 3", "tshark ended with 3"), ("echo junk; exit 0", "tshark wrote no PDUs"),
                 ("yes | head -c 100000 >&2; kill -9 $$", "y")]
        for script, problem in cases:
            with self.subTest(script=script):
                outcome = self.audit("--keylog", self.keys, self.path, PATH=self.fake(script))
                capture = outcome.summary()["capture"]
                self.assertEqual(capture["decryption_problem"], problem)
                self.assertIs(capture["incomplete"], True)
                self.assertEqual(self.seen(outcome), {("udp", self.frames["udp"])})
        whole = self.capture("good.pcap", packet(message()))
        out = self.run_command("audit", "--keylog", self.keys, whole, PATH=self.fake("exit 3"), code=4).out
        self.assertIn("! TLS in it could not be decrypted to the end: tshark ended with 3", out)

    def test_no_tshark(self):
        outcome = self.audit("--keylog", self.keys, self.path, PATH="/nonexistent")
        self.assertEqual(outcome.summary()["capture"]["decryption_problem"], "tshark is not installed")

    def test_standard_input_has_no_second_reading(self):
        secrets = pathlib.Path(self.keys).read_bytes()
        outcome = self.audit("-", stdin=pcapng(self.packets, secrets))
        self.assertIn("standard input", outcome.summary()["capture"]["decryption_problem"])

    def test_a_key_log_that_is_not_there(self):
        self.run_command("audit", "--keylog", "missing.txt", self.path, code=3, err="missing.txt: No such file")
        self.run_command("audit", "--keylog", self.folder, self.path, code=3, err="Is a directory")


main()
