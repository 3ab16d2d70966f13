# SPDX-License-Identifier: MIT
"""sipcheck audit --statement: what one element was seen to keep, and what a capture never exercised."""

import re

from command import OFFICE, Test, main, message, packet

GATEWAY = "198.51.100.7"
CSEQ = "3261-8.1.1.5-1"


class Statement(Test):
    def lines(self, *words, code=1):
        return self.run_command("audit", "--format", "ndjson", "--statement", *words, code=code).objects()

    def statements(self, *words, code=1):
        return {line["statement"]: line for line in self.lines(*words, code=code)[:-1]}

    def requests(self, *requests):
        return self.capture("a.pcap", *[packet(r, at=1_767_603_600 + i) for i, r in enumerate(requests)])

    def outcome(self, *requests, code=1, of="192.0.2.1"):
        return self.statements(of, self.requests(*requests), code=code)[CSEQ]

    def test_outcomes(self):
        good, bad = message(), message(CSeq="1 BYE", Call_ID="other")
        self.assertEqual(self.outcome(good, code=0), {
            "statement": CSEQ, "rfc": 3261, "section": "8.1.1.5", "element": "192.0.2.1", "outcome": "passed", "pass": 1,
            "fail": 0, "unknown": 0, "rules": ["rfc3261-8.1.1.5-cseq-method"]})
        failed = self.outcome(good, bad)
        self.assertEqual((failed["outcome"], failed["pass"], failed["fail"]), ("failed", 1, 1))
        cut = self.capture("cut.pcap", packet(message(), cut=220))
        self.assertEqual(self.statements("192.0.2.1", cut, code=4)[CSEQ]["outcome"], "unknown")
        self.assertEqual(self.outcome(good, code=4, of="192.0.2.9")["outcome"], "never exercised")

    def test_only_what_that_element_sent_counts(self):
        packets = [packet(message(CSeq="1 BYE")), packet(message(Call_ID="x"), src="192.0.2.7", at=1_767_603_601)]
        path = self.capture("a.pcap", *packets)
        self.assertEqual(self.statements("192.0.2.1", path)[CSEQ]["fail"], 1)
        self.assertEqual(self.statements("192.0.2.7:5060", path, code=0)[CSEQ]["fail"], 0)

    def test_a_rule_counts_for_the_first_statement_it_cites_alone(self):
        """3261-9.1-4 is about CANCEL, and the rule of CSEQ cites it too; nobody sent a CANCEL."""
        self.assertNotIn("3261-9.1-4", self.statements("192.0.2.1", self.requests(message(CSeq="1 BYE"))))

    def test_in_the_order_of_the_rfcs(self):
        lines = self.lines(GATEWAY, OFFICE)[:-1]
        places = [(line["rfc"], [int(n) for n in re.findall(r"\d+", line["section"])]) for line in lines if line["rfc"] == 3261]
        self.assertEqual(places, sorted(places))
        self.assertEqual([line["rfc"] for line in lines], sorted(line["rfc"] for line in lines))

    def test_each_rule_is_in_one_of_them(self):
        rules = [r["rule"] for r in self.run_command("rules", "list", "--format", "ndjson").objects() if r["enabled"] and r["rfc"]]
        named = [rule for line in self.lines(GATEWAY, OFFICE)[:-1] for rule in line["rules"]]
        self.assertEqual(sorted(named), sorted(rules))

    def test_the_counts_are_those_of_dut(self):
        summary = self.run_command("audit", "--dut", GATEWAY, "--format", "ndjson", OFFICE, code=1).summary()
        self.assertEqual(self.lines(GATEWAY, OFFICE)[-1]["summary"], summary)

    def test_text(self):
        out = self.run_command("audit", "--statement", GATEWAY, OFFICE, code=1).out
        self.assertIn("\nConformance statement of 198.51.100.7\n\nRFC 3261        exercised  passed  failed  unknown  never\n", out)
        self.assertRegex(out, r"\n  §8\.1\.1\.7 +\d+ +\d+ +1 +0 +\d+\n      failed: \S+, rfc3261-8\.1\.1\.7-branch-cookie  ×3\n")
        self.assertRegex(out, r"\nNothing was exercised of RFC .*3515")
        self.assertNotIn("fix:", out)
        for rfc in re.findall(r"(?s)\nRFC (\d+)", out):
            part = out[out.index(f"\nRFC {rfc}"):].split("\n\n")[0]
            rows = [list(map(int, re.findall(r" (\d+)", line))) for line in part.splitlines() if re.match(r"  (§|all)", line)]
            self.assertEqual([sum(column) for column in zip(*[row[:4] for row in rows[:-1]])], rows[-1][-5:-1], rfc)

    def test_wrong_usage(self):
        for words, err in [(["host"], "--statement is ADDR"), ([GATEWAY, "--dut", GATEWAY], "no --dut"),
                           ([GATEWAY, "--verdicts", "all"], "no --verdicts")]:
            self.run_command("audit", "--statement", *words, OFFICE, code=2, err=err)


main()
