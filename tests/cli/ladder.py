# SPDX-License-Identifier: MIT
"""sipcheck audit --ladder: with each kind of finding the messages of its transaction."""

import re

from command import OFFICE, Test, main, message, packet, segment
from dialog import ALICE, BOB, Talk

BAD = message(CSeq="1 BYE")
FIRST = 1_767_603_600
STEP = re.compile(r"^ {11}(.) +((?:\d:)?\d+)  ([+-]\d+\.\d{6})  (\S+) → (\S+)\s+(.*)$", re.M)


class Ladder(Test):
    def steps(self, rule, *packets, words=(), code=1):
        """(mark, frame, words) of each line below the first finding of a rule."""
        out = self.run_command("audit", "--ladder", *words, self.capture("a.pcap", *packets), code=code).out
        part = re.split(r"\n\n", out[out.index(rule):])[0]
        return [(m[0], int(m[1]), m[5]) for m in STEP.findall(part)]

    def bad_dialog(self):
        """Its ACK has CSeq: 1 INVITE."""
        return Talk().invite().answer(180).answer(486).request("ACK", cseq=1, CSeq="1 INVITE").request("OPTIONS", cseq=2).answer(200)

    def test_the_transaction_with_the_culprit_marked(self):
        self.assertEqual(self.steps("rfc3261-8.1.1.5-cseq-method", *self.bad_dialog().packets), [
            (" ", 1, "INVITE sip:bob@example.com (1) SDP"), (" ", 2, "180 Ringing (1 INVITE)"), (" ", 3, "486 Busy Here (1 INVITE)"),
            ("▸", 4, "ACK sip:bob@example.com (1)")])

    def test_of_several_messages_in_a_frame_the_one(self):
        invite, ringing, busy = Talk().invite().answer(180, Date="x").answer(486).packets
        both = segment(ringing[1][28:] + busy[1][28:], src=BOB, dst=ALICE, at=FIRST + 1)
        self.assertEqual([s[:2] for s in self.steps("rfc3261-syntax-date", segment(invite[1][28:]), both)],
                         [(" ", 1), ("▸", 2), (" ", 2)])

    def test_what_comes_later_is_there_too(self):
        packets = Talk().invite(Max_Forwards=None).answer(180).answer(200).packets
        self.assertEqual([s[:2] for s in self.steps("rfc3261-8.1.1.6-max-forwards", *packets)], [("▸", 1), (" ", 2), (" ", 3)])

    def test_an_excerpt_is_short_and_has_the_culprit(self):
        talk = Talk().invite(Max_Forwards=None)
        for i in range(20):
            talk.answer(180, Server=f"s/{i}")
        self.assertEqual([s[1] for s in self.steps("rfc3261-8.1.1.6-max-forwards", *talk.packets)], list(range(1, 9)))
        talk = Talk().invite()
        for i in range(20):
            talk.answer(180, Server=f"s/{i}")
        talk.request("ACK", cseq=1, CSeq="1 INVITE")
        shown = self.steps("rfc3261-8.1.1.5-cseq-method", *talk.packets)
        self.assertEqual([s[:2] for s in shown], [(" ", i) for i in range(16, 22)] + [("▸", 22)])

    def test_of_each_kind_the_first(self):
        packets = [packet(BAD, at=FIRST), packet(BAD.replace(b"3119", b"3120"), at=FIRST + 1)]
        self.assertEqual([s[:2] for s in self.steps("rfc3261-8.1.1.5-cseq-method", *packets)], [("▸", 1)])

    def test_unknowns_have_it_too(self):
        cut = packet(message(), cut=220)
        self.assertIn(("▸", 1), [s[:2] for s in self.steps("\n  unknown ", cut, words=["--verdicts", "fail,unknown"], code=4)])

    def test_without_it_the_report_is_the_same(self):
        plain = self.run_command("audit", OFFICE, code=1).out
        with_it = self.run_command("audit", "--ladder", OFFICE, code=1).out
        self.assertGreater(len(STEP.findall(with_it)), 10)
        self.assertEqual([line for line in STEP.sub("", with_it).splitlines() if line], [line for line in plain.splitlines() if line])

    def test_of_several_files(self):
        packets = self.bad_dialog().packets
        paths = [self.capture("a.pcap", *packets[:2]), self.capture("b.pcap", *packets[2:])]
        out = self.run_command("audit", "--ladder", *paths, code=1).out
        part = out[out.index("rfc3261-8.1.1.5-cseq-method"):].split("\n\n")[0]
        self.assertEqual([m[1] for m in STEP.findall(part)], ["1:1", "1:2", "2:1", "2:2"])

    def test_narrow_lines_are_broken(self):
        out = self.run_command("audit", "--ladder", OFFICE, code=1, COLUMNS="70").out
        self.assertIn("→ 192.0.2.10:5060\n               INVITE sip:42@192.0.2.10:5060 (3000000000) SDP\n", out)

    def test_what_was_long_ago_is_not_shown(self):
        for between, first in ((1020, 1), (1023, 4)):
            noise = [packet(message(Call_ID=f"{i}", Via=f"SIP/2.0/UDP desk.example.com;branch=z9hG4bK{i}"), at=FIRST + 1 + i / 1e3)
                     for i in range(between)]
            talk = Talk().invite().answer(180).answer(486).request("ACK", cseq=1, CSeq="1 INVITE", at=9)
            packets = [*talk.packets[:3], *noise, talk.packets[3]]
            shown = self.steps("rfc3261-8.1.1.5-cseq-method", *packets)
            self.assertEqual(shown[0][1], first if between == 1020 else len(packets))

    def test_beyond_1000_there_are_none(self):
        packets = [packet(message(CSeq="1 BYE", Call_ID=f"{i}"), src=f"10.0.{i // 250}.{i % 250 + 1}", at=FIRST + i / 1e3) for i in range(1001)]
        only = self.write("one.yaml", 'name: one\nextends: default\nrules:\n  "rfc*": {enabled: false}\n'
                                      "  rfc3261-8.1.1.5-cseq-method: {enabled: true}\n")
        out = self.run_command("audit", "--ladder", "--profile", only, self.capture("a.pcap", *packets), code=1).out
        self.assertEqual((out.count("  ×1  frame"), out.count("▸")), (1001, 1000))

    def test_wrong_usage(self):
        for words in (["--format", "ndjson"], ["--statement", ALICE]):
            self.run_command("audit", "--ladder", *words, OFFICE, code=2, err="--ladder is for the report")


main()
