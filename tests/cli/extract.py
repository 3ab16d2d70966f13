# SPDX-License-Identifier: MIT
"""sipcheck extract: the packets that prove a finding, from any transport; what cannot be had is said."""

import json
import pathlib
import shutil
import socket
import struct
import subprocess

from command import OFFICE, Test, main, message, packet, pcap, unreachable
from dialog import ALICE, BOB, Talk

CSEQ = "rfc3261-8.1.1.5-cseq-method"
BAD = message(CSeq="1 BYE")
FIRST = 1_767_603_600


def blocks(raw):
    """(type, body) of each block of a pcapng."""
    at = 0
    while at < len(raw):
        kind, length = struct.unpack("<II", raw[at:at + 8])
        yield kind, raw[at + 8:at + length - 4]
        at += length


def frames(raw):
    """(bytes, comments) of each packet."""
    for kind, body in blocks(raw):
        if kind == 6:
            captured = struct.unpack("<I", body[12:16])[0]
            options, comments, at = body[20 + (captured + 3) // 4 * 4:], [], 0
            while at + 4 <= len(options):
                code, length = struct.unpack("<HH", options[at:at + 4])
                if code == 1:
                    comments.append(options[at + 4:at + 4 + length].decode())
                at += 4 + (length + 3) // 4 * 4
            yield body[20:20 + captured], comments


def ip(payload, protocol, src=ALICE, dst=BOB, ident=1, flags=0):
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), ident, flags, 64, protocol, 0) + \
        socket.inet_aton(src) + socket.inet_aton(dst) + payload


def segment(payload, seq, at, port=40000, flags=0x18):
    raw = ip(struct.pack(">HHIIBBHHH", port, 5060, seq, 1, 0x50, flags, 65535, 0, 0) + payload, 6)
    return FIRST + at, raw, len(raw)


def fragments(payload, size, at, ident=7):
    whole = struct.pack(">HHHH", 5060, 5060, 8 + len(payload), 0) + payload
    for offset in range(0, len(whole), size):
        more = offset + size < len(whole)
        raw = ip(whole[offset:offset + size], 17, ident=ident, flags=(0x2000 if more else 0) | offset // 8)
        yield FIRST + at + offset / 1e4, raw, len(raw)


class Extract(Test):
    def extract(self, path, *words, stdin=b"", code=0, err=""):
        out = str(pathlib.Path(self.folder) / "out.pcapng")
        pathlib.Path(out).unlink(missing_ok=True)
        self.run_command("extract", path, "-o", out, *words, stdin=stdin, code=code, err=err)
        return out

    def frames(self, path):
        return list(frames(pathlib.Path(path).read_bytes()))

    def chosen(self, packets, path):
        """Which of the packets, by number, a capture holds; each as it was."""
        numbers = {captured: i for i, (_, captured, _) in enumerate(packets, 1)}
        return [numbers[raw] for raw, _ in self.frames(path)]

    def audit(self, path):
        return self.run_command("audit", "--format", "ndjson", path, code=None, err=None)

    def test_a_finding_is_found_again_in_its_proof(self):
        before = self.audit(OFFICE)
        for finding in before.findings():
            with self.subTest(rule=finding["rule"], frame=finding["frame"]):
                out = self.extract(OFFICE, stdin=json.dumps(finding).encode())
                keys = [(f["rule"], f["time"], f["culprit"], f["message"]) for f in self.audit(out).findings()]
                self.assertIn((finding["rule"], finding["time"], finding["culprit"], finding["message"]), keys)

    def test_all_findings_of_a_capture(self):
        before = self.audit(OFFICE)
        after = self.audit(self.extract(OFFICE, stdin=before.raw))
        self.assertEqual([(f["rule"], f["time"]) for f in after.findings()], [(f["rule"], f["time"]) for f in before.findings()])

    def test_by_rule_and_frame(self):
        talk = Talk().invite().answer(200).ack()
        packets = [*talk.packets, packet(BAD, at=FIRST + 5), packet(BAD.replace(b"3119", b"3120"), at=FIRST + 6)]
        path = self.capture("a.pcap", *packets)
        self.assertEqual(self.chosen(packets, self.extract(path, "--rule", CSEQ)), [4, 5])
        self.assertEqual(self.chosen(packets, self.extract(path, "--rule", CSEQ, "--frame", "5")), [5])
        self.extract(path, "--rule", CSEQ, "--frame", "1", code=4, err="nothing was written")
        self.extract(path, "--rule", "nonsense", code=2, err="there is no rule 'nonsense'")

    def test_what_comes_with_it(self):
        talk = Talk().invite().answer(180).request("BYE").answer(200)
        packets = [*talk.packets, packet(BAD, at=FIRST + 5)]
        path = self.capture("a.pcap", *packets)
        finding = {"rule": "x", "frame": 1, "scope": "message", "related": []}
        for scope, related, words, wanted in [
            ("message", [], [], [1, 2]), ("hop", [], [], [1, 2]), ("dialog", [], [], [1, 2, 3, 4]),
            ("message", [5], [], [1, 2, 5]), ("dialog", [], ["--context", "message"], [1]),
            ("message", [], ["--context", "call"], [1, 2, 3, 4]), ("dialog", [], ["--context", "transaction"], [1, 2]),
        ]:
            with self.subTest(scope=scope, words=words, related=related):
                line = json.dumps({**finding, "scope": scope, "related": related}).encode()
                self.assertEqual(self.chosen(packets, self.extract(path, *words, stdin=line)), wanted)
        self.assertEqual(self.chosen(packets, self.extract(path, "--call-id", "1@example.com")), [1, 2, 3, 4])
        self.extract(path, "--call-id", "none", code=4, err="nothing was written")
        self.extract(path, "--context", "all", code=2, err="--context is message")

    def test_by_number(self):
        packets = [packet(BAD.replace(b"3119", b"%d" % i), at=FIRST + i) for i in range(9)]
        packets.append(packet(b"no SIP", at=FIRST + 20, dport=9))
        path = self.capture("a.pcap", *packets)
        self.assertEqual(self.chosen(packets, self.extract(path, "--frames", "2,4-6,10")), [2, 4, 5, 6, 10])
        out = self.extract(path, "--frames", "9-12", code=4, err="frames that the capture has not: 2")
        self.assertEqual(self.chosen(packets, out), [9, 10])
        for words in ("", "0", "3-2", "1,", "x", "1-", "-1", "99999999999999999999"):
            self.extract(path, f"--frames={words}", code=2, err="--frames is 3,4,9-12")

    def test_what_it_proves_stands_in_comments(self):
        path = self.capture("a.pcap", packet(BAD))
        out = self.extract(path, "--rule", CSEQ)
        [(_, comments)] = self.frames(out)
        self.assertEqual(comments, [f"{CSEQ}: 192.0.2.1:5060: request line says OPTIONS, CSeq says BYE"])
        [(_, comments)] = self.frames(self.extract(path, stdin=self.audit(path).raw))
        self.assertIn(f"{CSEQ}: 192.0.2.1:5060: request line says OPTIONS, CSeq says BYE", comments[0].split("\n"))
        section = next(body for kind, body in blocks(pathlib.Path(out).read_bytes()) if kind == 0x0A0D0D0A)
        self.assertIn(b"Packets of a.pcap, chosen by sipcheck", section)

    def test_segments_of_a_stream(self):
        first, second = Talk(call_id="one").invite(), Talk(call_id="two").invite(CSeq="1 BYE")
        one, two = (t.packets[0][1][28:] for t in (first, second))
        stream = one + two + one.replace(b"one", b"3rd")
        size = len(one) // 2
        packets = [segment(b"", 999, 0, flags=2)]
        packets += [segment(stream[i:i + size], 1000 + i, 1 + i / 1e5) for i in range(0, len(stream), size)]
        packets.insert(3, segment(b"GET / HTTP/1.1\r\n\r\n", 5, 1.004, port=41000))
        path = self.capture("a.pcap", *packets)
        [row, *_] = [json.loads(line) for line in self.run_command("calls", "--format", "ndjson", path).out.splitlines() if '"two"' in line]
        out = self.extract(path, "--rule", CSEQ)
        chosen = self.chosen(packets, out)
        self.assertEqual(chosen[-1], row["last_frame"])
        self.assertNotIn(4, chosen)
        self.assertLess(len(chosen), len(packets) - 3)
        self.assertIn(CSEQ, [f["rule"] for f in self.audit(out).findings()])
        self.assertEqual(self.chosen(packets, self.extract(path, "--call-id", "one"))[:2], [1, 2])

    def test_segments_out_of_order(self):
        payload = Talk().invite(CSeq="1 BYE").packets[0][1][28:]
        parts = [segment(payload[i:i + 200], 1000 + i, 1 + i / 1e4) for i in range(0, len(payload), 200)]
        packets = [segment(b"", 999, 0, flags=2), *reversed(parts)]
        path = self.capture("a.pcap", *[(FIRST + i, *p[1:]) for i, p in enumerate(packets)])
        out = self.extract(path, "--rule", CSEQ)
        self.assertEqual(self.chosen(packets, out), list(range(1, len(packets) + 1)))
        self.assertIn(CSEQ, [f["rule"] for f in self.audit(out).findings()])

    def test_fragments(self):
        pieces = list(fragments(BAD, 160, at=1))
        packets = [packet(message(), at=FIRST), pieces[1], packet(message(Call_ID="x"), at=FIRST + 1.01), pieces[0], *pieces[2:]]
        packets = [(FIRST + i, *p[1:]) for i, p in enumerate(packets)]
        path = self.capture("a.pcap", *packets)
        out = self.extract(path, "--rule", CSEQ, "--context", "message")
        self.assertEqual(self.chosen(packets, out), [2, *range(4, len(packets) + 1)])
        self.assertIn(CSEQ, [f["rule"] for f in self.audit(out).findings()])

    def verdicts(self, path, rule, call_id="1@example.com"):
        found = self.run_command("audit", "--format", "ndjson", "--verdicts", "fail,unknown", "--vantage", BOB, path, code=None, err=None)
        return [f["verdict"] for f in found.findings() if f["rule"] == rule and f["call_id"] == call_id]

    def test_what_icmp_says_of_its_ends_comes_with_it(self):
        """A copy accuses nobody of silence whom the whole capture does not."""
        silent, carol = "rfc3261-17.2.1-2xx-repeated-until-ack", "192.0.2.9"
        ask, answer, later = Talk().invite(at=10).answer(200).request("OPTIONS", at=50).packets
        other = packet(message(Call_ID="2"), src=carol, dst=BOB, at=FIRST)
        strange = packet(message(Call_ID="3"), src=carol, dst="192.0.2.8", at=FIRST)
        for name, undelivered, at, wanted, verdict in [
            ("the request", ask, 10.001, True, "unknown"), ("the answer", answer, 10.02, True, "unknown"),
            ("of another call, meanwhile", other, 10.3, True, "unknown"), ("just before", other, 5.02, True, "unknown"),
            ("long before", other, 4.9, False, "fail"), ("of others", strange, 10.001, False, "fail"),
            ("late", other, 81.9, True, "fail"), ("too late", other, 82.1, False, "fail"),
        ]:
            with self.subTest(name):
                said = unreachable(undelivered, FIRST + at)
                packets = sorted([other, ask, answer, later, said, packet(message(Call_ID="4"), dst="192.0.2.7", at=FIRST + 100)])
                path = self.capture("a.pcap", *packets)
                self.assertEqual(self.verdicts(path, silent), [verdict])
                out = self.extract(path, "--call-id", "1@example.com")
                self.assertEqual(self.chosen(packets, out), [i for i, p in enumerate(packets, 1)
                                                             if p in (ask, answer, later) or (wanted and p is said)])
                self.assertEqual(self.verdicts(out, silent), [verdict])

    def test_what_icmp_says_comes_with_findings_and_numbers_and_in_fragments(self):
        bad = packet(BAD, at=FIRST)
        _, said, _ = unreachable(bad, FIRST)
        pieces = [(FIRST + 1 + i / 10, raw, len(raw)) for i, raw in enumerate([ip(said[20:36], 1, flags=0x2000), ip(said[36:], 1, flags=2)])]
        packets = [bad, *pieces, unreachable(packet(BAD, dst="192.0.2.9"), FIRST + 2), unreachable(packet(BAD, "192.0.2.8", "192.0.2.9"), FIRST + 3)]
        path = self.capture("a.pcap", *packets)
        for words in (["--rule", CSEQ], ["--frames", "1"], ["--rule", CSEQ, "--context", "message"]):
            self.assertEqual(self.chosen(packets, self.extract(path, *words)), [1, 2, 3, 4], words)
        self.assertEqual(self.chosen(packets, self.extract(path, "--frames", "5")), [5])

    def test_icmp_beyond_the_limits_is_told(self):
        """As many as are kept, and one more: of those in the seconds before the first message, and of all."""
        bad = packet(BAD, at=FIRST + 4)
        said, told = unreachable(bad, FIRST), {"code": 4, "err": "ICMP said more of its messages than is kept"}
        for count, wanted in ((1024, 1024), (1025, 1024)):
            path = self.capture("a.pcap", *[said] * count, bad)
            out = self.extract(path, "--rule", CSEQ, **({} if count == wanted else told))
            self.assertEqual(len(self.frames(out)), wanted + 1)
        early = self.capture("a.pcap", *[said] * 2000, packet(BAD, at=FIRST + 6))
        self.assertEqual(len(self.frames(self.extract(early, "--rule", CSEQ))), 1)
        bad, said = packet(BAD, at=FIRST), unreachable(bad, FIRST + 1)
        path = self.capture("a.pcap", bad, *[said] * 100001)
        out = self.extract(path, "--rule", CSEQ, **told)
        self.assertEqual(len(self.frames(out)), 100000)
        late = self.capture("a.pcap", bad, *[unreachable(bad, FIRST + 40)] * 100001)
        self.assertEqual(len(self.frames(self.extract(late, "--rule", CSEQ))), 1)

    def test_what_is_forgotten_is_told(self):
        packets = [segment(BAD[:100], 1000, 0)]
        packets += [segment(b"\x00" * 8, 1 + 8 * i, 0.00001 * i, port=41000) for i in range(65537)]
        packets.append(segment(BAD[100:], 1100, 1))
        path = self.capture("a.pcap", *packets)
        self.extract(path, "--rule", CSEQ, code=4, err="messages whose first packets were too long ago to be known: 1")
        path = self.capture("b.pcap", packets[0], *packets[10:])
        self.assertEqual(len(self.frames(self.extract(path, "--rule", CSEQ))), 2)

    def test_compressed_and_pcapng_and_to_standard_output(self):
        proof = self.extract(OFFICE, "--rule", CSEQ)
        again = self.extract(self.write("b.pcapng", pathlib.Path(proof).read_bytes()), "--rule", CSEQ)
        self.assertEqual([raw for raw, _ in self.frames(again)], [raw for raw, _ in self.frames(pathlib.Path(self.folder) / "b.pcapng")])
        self.assertEqual(len(list(frames(self.run_command("extract", OFFICE, "-o", "-", "--rule", CSEQ).raw))), 4)

    def test_tshark_reads_it(self):
        if not shutil.which("tshark"):
            self.skipTest("SKIPPED: tshark is not installed")
        done = subprocess.run(["tshark", "-r", self.extract(OFFICE, "--rule", CSEQ), "-T", "fields", "-e", "sip.Method", "-e", "frame.comment"],
                              capture_output=True, check=True)
        self.assertEqual(done.stdout.decode().splitlines()[3].split("\t")[0], "ACK")
        self.assertIn(CSEQ, done.stdout.decode())

    def test_findings_of_several_files(self):
        paths = [self.capture(f"{i}.pcap", packet(BAD, at=FIRST + i)) for i in range(2)]
        findings = self.run_command("audit", "--format", "ndjson", *paths, code=1).raw
        out = self.extract(paths[1], stdin=findings, err="findings of other files, passed over: ")
        self.assertEqual(len(self.frames(out)), 1)

    def test_what_is_no_finding(self):
        for line in (b"x", b"{", b"[]", b'{"frame":1}', b'{"rule":"x\n', b'{"rule":"\\q"}', b'{"rule":"x"}}', b'{"rule":"x"\x00}'):
            with self.subTest(line=line):
                self.extract(OFFICE, stdin=b'{"rule":"x","frame":1}\n' + line, code=2, err="standard input, line 2: this is no finding")
        self.extract(OFFICE, stdin=b"", code=4, err="nothing was written")
        fine = '{ "related" : [ 2 , "]" ] , "rule":"\\u00e4\\ud83d\\ude00\\ud800\\n" , "x" : {"y":[1,{}]}, "frame":1 }'.encode()
        [(_, comments), *_] = self.frames(self.extract(OFFICE, "--context", "message", stdin=fine))
        self.assertTrue(comments[0].startswith("ä😀\ufffd"), comments)

    def test_limits_are_told(self):
        self.extract(OFFICE, "--frames", "1-100001", code=4, err="frames beyond the first 100000, left out: 1")
        line = json.dumps({"rule": "x", "frame": 1, "message": "y" * (1 << 20)}).encode()
        self.extract(OFFICE, stdin=line, code=2, err="line 1: this is no finding")
        for depth, code in ((32, 0), (33, 2)):
            line = b'{"rule":"x","frame":1,"a":' + b"[" * depth + b"]" * depth + b"}"
            self.extract(OFFICE, stdin=line, code=code, err="no finding" if code else "")
        lines = b"\n".join(json.dumps({"rule": f"{i} " + "x" * 500, "frame": 1, "scope": "message"}).encode() for i in range(9))
        [(_, comments), *_] = self.frames(self.extract(OFFICE, "--context", "message", stdin=lines))
        self.assertEqual(comments[0].count("\n"), 2)

    def test_hostile_findings_do_no_harm(self):
        line = json.dumps({"rule": "\x1b[2J\x00\u202e", "frame": 1, "culprit": "\x07"}).encode()
        [(_, comments), *_] = self.frames(self.extract(OFFICE, "--context", "message", stdin=line))
        self.assertFalse(set(comments[0]) & set("\x1b\x00\x07\u202e"))

    def test_rules_of_timing_are_judged_beside_the_element(self):
        path = self.capture("a.pcap", *Talk().invite().repeat().answer(200).packets)
        rule = ["--rule", "rfc3261-17.1.1.2-timer-a-doubles"]
        self.extract(path, *rule, code=4, err="nothing was written")
        [_, (_, comments), *_] = self.frames(self.extract(path, *rule, "--vantage", ALICE))
        self.assertIn(rule[1], comments[0])
        self.extract(path, *rule, "--vantage", "alice", code=2, err="--vantage is ADDR")

    def test_wrong_usage(self):
        out, passwords = str(pathlib.Path(self.folder) / "x"), self.write("passwords", "")
        for words, err in [([], "wants one FILE"), ([OFFICE], "wants -o FILE"), ([OFFICE, OFFICE, "-o", out], "wants one FILE"),
                           (["-", "-o", out], "can't be read twice"), ([OFFICE, "-o", OFFICE, "--rule", CSEQ], "would overwrite what is read"),
                           ([OFFICE, "-o", passwords, "--rule", CSEQ, "--credentials", passwords], "would overwrite what is read"),
                           ([OFFICE, "-o", out, "--frame", "1"], "--frame is for --rule"),
                           ([OFFICE, "-o", out, "--frames", "1", "--vantage", ALICE], "--credentials are for --rule"),
                           ([OFFICE, "-o", out, "--rule", CSEQ, "--frame=-1"], "--frame is a number"),
                           ([OFFICE, "-o", out, "--rule", CSEQ, "--frames", "1"], "one of --rule, --frames and --call-id")]:
            with self.subTest(words=words):
                self.run_command("extract", *words, code=2, err=err)
        self.run_command("extract", "missing.pcap", "-o", out, "--frames", "1", code=3, err="missing.pcap: No such file")
        self.run_command("extract", OFFICE, "-o", "missing/x", "--frames", "1", code=3, err="missing/x: ")
        self.run_command("extract", self.write("a.pcap", pcap()), "-o", out, "--frames", "1", code=4, err="nothing was written")

    def test_no_findings_came(self):
        path, out = self.capture("a.pcap", *Talk().invite().packets), str(pathlib.Path(self.folder) / "x")
        silent = "standard input has no findings of this capture; nothing was written"
        self.run_command("extract", path, "-o", out, code=4, err=silent)
        findings = self.run_command("audit", "--format", "ndjson", OFFICE, path, code=1).raw
        done = self.run_command("extract", f"{self.folder}/./a.pcap", "-o", out, stdin=findings, code=4, err=silent)
        self.assertIn("findings of other files, passed over: ", done.err)


main()
