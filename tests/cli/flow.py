# SPDX-License-Identifier: MIT
"""sipcheck flow: ladders as text, Mermaid and SVG; which call; hostile texts; exit codes."""

import os
import pathlib
import re
import subprocess
import xml.etree.ElementTree

from command import OFFICE, RULE, SIPCHECK, Test, main, message, packet, pcap, segment
from dialog import ALICE, BOB, Talk

LADDER = """Call-ID: 1@example.com
2026-01-05T09:00:00.000000Z, 5 messages, frames 1 to 5

             192.0.2.1                                       192.0.2.2
                 │                                               │
   1  +0.000000  │───── INVITE sip:bob@example.com (1) SDP ─────▶│
   2  +0.010000  │── INVITE sip:bob@example.com (1) SDP again ──▶│
   3  +0.020000  │◀────────── 180 Ringing (1 INVITE) ────────────│
   4  +2.500000  │◀───────────── 200 OK (1 INVITE) ──────────────│
   5  +2.510000  │───────── ACK sip:bob@example.com (1) ────────▶│
"""


# A rule of what does not come: its finding comes late, and is about the request.
LATE = """- id: lab-answer
  title: An INVITE is answered soon
  cites: [3261-8.1.1-1]
  level: SHOULD
  binds: [uas, proxy]
  scope: transaction
  on: request
  applies: request.sip.Method == "INVITE"
  expect: {event: [provisional, final], within: 200ms}
  message: "no answer came"
  fix: "Send 100"
  asks: An answer soon.
  why: Our lab's phones repeat else.
  tests:
    pass: [{flow: [{from: alice, to: bob, base: invite}, {from: bob, to: alice, base: 180}]}]
    fail: [{flow: [{from: alice, to: bob, base: invite}], end: 60s}]
    unknown: [{flow: [{from: alice, to: bob, base: invite}]}]
"""


def call(**more):
    return Talk(**more).invite().repeat().answer(180).answer(200, at=2.5).ack()


class Flow(Test):
    def flow(self, *words, talks=(), code=0, err="", **more):
        path = self.capture("a.pcap", *[p for talk in talks for p in talk.packets])
        return self.run_command("flow", path, *words, code=code, err=err, **more).out

    def setUp(self):
        super().setUp()
        self.maxDiff = None

    def test_a_call(self):
        self.assertEqual(self.flow(talks=[call()]), LADDER)

    def test_ascii(self):
        wanted = LADDER
        for drawn, ascii in ("│|", "─-", "▶>", "◀<"):
            wanted = wanted.replace(drawn, ascii)
        self.assertEqual(self.flow("--ascii", talks=[call()]), wanted)
        self.assertEqual(self.flow(talks=[call()], LC_ALL="C"), wanted)
        odd = Talk().invite(From="<sip:ä@example.com>;tag=1").answer(200).packets
        odd[1] = packet(odd[1][1][28:].replace(b"200 OK", "200 grüß dich".encode()), src=BOB, dst=ALICE)
        out = self.run_command("flow", "--ascii", self.capture("b.pcap", *odd)).raw
        self.assertIn(b"200 gr\\xc3\\xbc\\xc3\\x9f dich (1 INVITE)", out)

    def test_repetitions_are_of_the_same_transaction_or_the_same_bytes(self):
        talk = call().repeat().request("BYE").answer(200).repeat().request("BYE", cseq=3)
        again = [line.split()[0] for line in self.flow(talks=[talk]).splitlines() if " again " in line]
        self.assertEqual(again, ["2", "6", "9"])
        changed = Talk().invite().invite(cseq=1, Subject="changed")
        self.assertEqual(self.flow(talks=[changed]).count(" again "), 1)
        hop = Talk().invite().invite(cseq=1, dst="192.0.2.9")
        self.assertEqual(self.flow(talks=[hop]).count(" again "), 0)

    def test_ports_tell_elements_of_one_host_apart(self):
        payload = Talk().invite().packets[0][1][28:]
        local = [packet(payload, src="127.0.0.1", dst="127.0.0.1", sport=5060, dport=5070)]
        self.assertIn("127.0.0.1:5060 ", self.run_command("flow", self.capture("b.pcap", *local)).out)
        self_sent = [packet(payload, src="127.0.0.1", dst="127.0.0.1")]
        self.assertIn("● INVITE sip:bob@example.com (1) SDP\n", self.run_command("flow", self.capture("c.pcap", *self_sent)).out)

    def test_names(self):
        out = self.flow("--name", f"{ALICE}=phone", "--name", f"{BOB}:5060=not the whole address", talks=[call()])
        self.assertIn("phone", out)
        self.assertIn("192.0.2.2", out)
        for word in ("phone", "192.0.2.1=", "host=phone"):
            self.flow("--name", word, talks=[call()], code=2, err=f"--name is ADDR=NAME, not '{word}'")

    def hops(self, parties):
        payload = Talk().invite().packets[0][1][28:]
        return self.capture("hops.pcap", *[packet(payload, src=f"192.0.2.{i}", dst=f"192.0.2.{i + 1}", at=1_767_603_600 + i)
                                           for i in range(1, parties)])

    def test_it_fits_the_width(self):
        for parties in (2, 3, 5, 8, 40):
            for columns in (60, 80, 100, 200):
                with self.subTest(parties=parties, columns=columns):
                    out = self.run_command("flow", self.hops(parties), COLUMNS=str(columns)).out
                    self.assertLessEqual(max(map(len, out.splitlines())), columns)
                    self.assertEqual(out.count("INVITE"), parties - 1)

    def test_too_many_for_columns_are_listed(self):
        out = self.run_command("flow", self.hops(9), COLUMNS="80").out
        self.assertIn("\n   1  +0.000000  192.0.2.1 → 192.0.2.2  INVITE sip:bob@example.com (1) SDP\n", out)
        out = self.run_command("flow", "--ascii", self.hops(9), COLUMNS="80").out
        self.assertIn("192.0.2.1 -> 192.0.2.2", out)

    def test_beyond_64_they_are_others(self):
        out = self.run_command("flow", self.hops(70), COLUMNS="80").out
        self.assertIn("192.0.2.63 → others ", out)
        self.assertIn("others → others ", out)

    def test_findings(self):
        talk = Talk().invite(Max_Forwards=None).answer(200)
        path = self.capture("a.pcap", *talk.packets)
        out = self.run_command("flow", "--findings", path).out
        first, second = out[out.index("\n   1 "):].split("\n   2 ")
        self.assertIn("│ ! rfc3261-8.1.1.6-max-forwards ", first)
        self.assertNotIn("max-forwards", second)
        self.assertNotIn("!", self.run_command("flow", path).out)
        for words in (["--format", "mermaid"], ["--format", "svg"]):
            self.assertIn("rfc3261-8.1.1.6-max-forwards", self.run_command("flow", "--findings", *words, path).out)
        off = self.write("off.yaml", 'name: off\nextends: default\nrules:\n  "rfc*": {enabled: false}\n')
        self.assertNotIn("!", self.run_command("flow", "--findings", "--profile", off, path).out)

    def test_a_late_finding_stands_at_its_own_message(self):
        packets = Talk().invite().request("OPTIONS").request("OPTIONS", at=60).packets
        both = b"".join(p[1][28:] for p in packets[:2])
        path = self.capture("a.pcap", segment(both), packets[2])
        out = self.run_command("flow", "--findings", "--rules", os.path.dirname(self.write("rules/lab.yaml", LATE)), path).out
        invite, options, *_ = out[out.index("\n   1 ") + 1:].split("\n   1 ")
        self.assertIn("! lab-answer", invite)
        self.assertNotIn("lab-answer", options)

    def test_findings_of_audit_are_those_of_flow(self):
        found = {f["rule"] for f in self.run_command("audit", "--format", "ndjson", OFFICE, code=1).findings()}
        drawn = self.run_command("flow", "--findings", "--all", OFFICE).out
        self.assertEqual(set(re.findall(r"! (\S+)", drawn)), found)

    def test_mermaid(self):
        self.assertEqual(self.flow("--format", "mermaid", talks=[Talk().invite().answer(200, at=0.5)]), """sequenceDiagram
    participant P0 as 192.0.2.1
    participant P1 as 192.0.2.2
    P0->>P1: INVITE sip:bob@example.com (1) SDP [1, +0.000000]
    P1-->>P0: 200 OK (1 INVITE) [2, +0.500000]
""")

    def test_svg_is_whole_and_loads_nothing(self):
        text = self.flow("--format", "svg", "--findings", talks=[call()])
        root = xml.etree.ElementTree.fromstring(text)
        tags = {element.tag.split("}")[1] for element in root.iter()}
        self.assertEqual(tags - {"svg", "title", "style", "rect", "text", "line", "path", "circle"}, set())
        self.assertEqual(re.findall(r"(?:href|src|url)\b", text), [])
        self.assertIn("180 Ringing (1 INVITE)", text)

    def test_hostile_text_does_no_harm_in_any_form(self):
        hostile = "<script>alert(1)</script>&\"';#%%\x1b[2J\x00\u202e\ufffe\udcff"
        packets = Talk(call_id=hostile).invite().answer(200).packets
        payload = packets[1][1][28:].replace(b"200 OK", b"200 <b>;\x1b#")
        path = self.capture("h.pcap", packets[0], packet(payload, src=BOB, dst=ALICE))
        for form in ("text", "mermaid", "svg"):
            with self.subTest(form=form):
                out = self.run_command("flow", "--format", form, path, COLUMNS="300").raw
                self.assertFalse(set(out.decode()) & set("\x1b\x00\u202e\ufffe"))
                self.assertEqual(b"<b>" in out, form == "text")
        self.assertTrue(xml.etree.ElementTree.fromstring(out))
        mermaid = self.run_command("flow", "--format", "mermaid", path).out
        self.assertEqual(len(mermaid.splitlines()), 5)
        self.assertIn("P1-->>P0: 200 #60;b#62;#59;#92;x1b#35; (1 INVITE) [2", mermaid)

    def test_which_call(self):
        talks = [call(call_id="a"), call(call_id="b")]
        path = self.capture("a.pcap", *[p for talk in talks for p in talk.packets])
        err = self.run_command("flow", path, code=2, err="there are 2 Call-IDs").err
        self.assertIn("  call                5 messages  a\n  call                5 messages  b\n", err)
        one = self.run_command("flow", path, "b").out
        self.assertEqual(one, self.run_command("flow", path, "--call-id", "b").out)
        self.assertTrue(one.startswith("Call-ID: b\n"))
        both = self.run_command("flow", path, "--all").out
        self.assertEqual(both, self.run_command("flow", path, "a").out + "\n" + one)
        self.run_command("flow", path, "c", code=2, err="no call with the Call-ID 'c', and no such file")
        self.run_command("flow", path, "--call-id", "c", code=2, err="no call with the Call-ID 'c'")
        self.run_command("flow", path, "a", "--all", code=2, err="--all draws every call")
        self.run_command("flow", path, "--all", "--format", "svg", code=2, err="--format svg draws one call, and there are 2")

    def test_a_call_in_several_files(self):
        parts = call().packets
        paths = [self.capture("a.pcap", *parts[:2]), self.capture("b.pcap", *parts[2:])]
        out = self.run_command("flow", *paths).out
        self.assertIn("5 messages, frames 1:1 to 2:3\n", out)
        self.assertIn("\n 2:1  +0.020000  │", out)

    def test_into_a_file(self):
        path = str(pathlib.Path(self.folder) / "out.txt")
        self.assertEqual(self.flow("-o", path, talks=[call()]), "")
        self.assertEqual(pathlib.Path(path).read_text(encoding="utf-8"), LADDER)
        self.flow("-o", "missing/out.txt", talks=[call()], code=3, err="missing/out.txt: No such file")
        self.flow("-o", "/dev/full", talks=[call()], code=3, err="/dev/full: No space left")

    def test_rules_of_timing_are_judged_beside_the_element(self):
        rule = "! rfc3261-17.1.1.2-timer-a-doubles"
        for words, found in (([], False), (["--vantage", BOB], False), (["--vantage", BOB, "--vantage", ALICE], True)):
            self.assertEqual(rule in self.flow("--findings", *words, talks=[call()]), found, words)
        self.flow("--findings", "--vantage", "alice", talks=[call()], code=2, err="--vantage is ADDR")

    def test_no_input_is_overwritten(self):
        content = pcap(*call().packets)
        path, other = self.write("a.pcap", content), self.write("b.pcap", b"")
        link, keys = os.path.join(self.folder, "link"), self.write("keys", "")
        os.link(path, link)
        for words in ([path, "-o", path], [path, "-o", link], [other, link, "-o", path], [OFFICE, "--keylog", keys, "-o", keys],
                      [OFFICE, "--findings", "--credentials", keys, "-o", keys]):
            self.run_command("flow", *words, code=2, err="would overwrite what is read")
        with open(path, "rb") as stdin:
            done = subprocess.run([SIPCHECK, "flow", "-", "-o", path], stdin=stdin, capture_output=True, check=False, timeout=60)
        self.assertEqual((done.returncode, b"would overwrite" in done.stderr), (2, True), done.stderr)
        self.assertEqual(pathlib.Path(path).read_bytes(), content)
        self.assertEqual(self.flow("-o", "-", talks=[call()]), LADDER)

    def test_a_call_behind_many_others(self):
        """Calls that are not wanted take none of the places that there are."""
        others = [packet(message(Call_ID=str(i)), at=1_767_603_600 + i / 1000) for i in range(100_000)]
        path = self.capture("a.pcap", *others, *Talk(start=200).invite().packets)
        out = self.run_command("flow", path, "1@example.com").out
        self.assertIn("1 message, frame 100001\n", out)

    def test_a_limit_is_told(self):
        out = self.flow("--max", "3", talks=[call()], code=4, err="--max: only the first 3 messages are drawn, not 2 more")
        self.assertIn("3 messages, frames 1 to 3", out)

    def test_long_texts_end_in_dots(self):
        for n, shown in ((64, "r" * 64), (65, "r" * 63 + "…")):
            packets = Talk().invite().answer(200).packets
            payload = packets[1][1][28:].replace(b"200 OK", b"200 " + b"r" * n)
            path = self.capture("a.pcap", packets[0], packet(payload, src=BOB, dst=ALICE))
            self.assertIn(f"200 {shown} (1 INVITE)", self.run_command("flow", "--format", "mermaid", path).out)

    def test_many_rules_at_a_message_are_counted(self):
        rules = "".join(RULE.replace("lab-subject", f"lab-{i}").replace("lab-options", "invite") for i in range(30))
        out = self.flow("--findings", "--rules", self.write("own/lab.yaml", rules), talks=[Talk().invite()])
        self.assertRegex(out, r"! and \d\d more ")
        self.assertEqual(out.count("! "), 17)

    def test_exit_codes(self):
        self.run_command("flow", code=2, err="at least one FILE")
        self.run_command("flow", "--max", "0", OFFICE, code=2, err="--max is")
        for words in (["--vantage", BOB], ["--role", f"{BOB}=uas"], ["--rules", "x"], ["--profile", "ims"], ["--credentials", "x"]):
            self.run_command("flow", *words, OFFICE, code=2, err="are for --findings")
        self.run_command("flow", "--format", "png", OFFICE, code=2, err="text, mermaid or svg")
        self.run_command("flow", "missing.pcap", code=3, err="missing.pcap: No such file")
        self.run_command("flow", self.write("a.pcap", pcap()), code=4, err="no SIP message was found")
        self.run_command("flow", "-", "-", code=2, err="once only")
        self.run_command("flow", "--findings", "--credentials", "-", "-", code=2, err="once only")


main()
