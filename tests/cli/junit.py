# SPDX-License-Identifier: MIT
"""sipcheck audit --format junit: a test case a rule."""

import xml.etree.ElementTree as ElementTree

from command import BASES, OFFICE, RULE, Test, main, message, packet, profile, waiver

BRANCH = "rfc3261-8.1.1.7-branch-cookie"


class JUnit(Test):
    def audit(self, *words, code=1, **more):
        """The attributes of the suite, and its cases by name; every case is counted once."""
        text = self.run_command("audit", "--format", "junit", *words, code=code, **more).raw
        [suite] = ElementTree.fromstring(text)
        cases = {case.get("name"): case for case in suite}
        for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            self.assertEqual(int(suite.get(attribute)), len(suite.findall(f"testcase/{kind}")))
        self.assertEqual(int(suite.get("tests")), len(suite))
        self.assertEqual(len(cases), len(suite))
        return cases

    def test_a_rule_that_is_broken(self):
        case = self.audit(OFFICE)[BRANCH]
        self.assertEqual(case.get("classname"), "rfc3261")
        [failure] = case
        self.assertEqual(failure.attrib, {"type": "error", "message": "the branch 5521-0007 does not begin with z9hG4bK"})
        self.assertEqual(failure.text, "A branch begins with z9hG4bK\n"
                         "error 198.51.100.7:5060: the branch 5521-0007 does not begin with z9hG4bK  ×3  frames 5, 8, 11\n"
                         "  fix: Send ;branch=z9hG4bK and something unique to this transaction\n")

    def test_the_cases_are_the_rules_that_were_exercised(self):
        cases = self.audit(OFFICE)
        summary = self.run_command("audit", "--format", "ndjson", OFFICE, code=1).summary()
        self.assertEqual(len(cases), 1 + summary["rules"]["exercised"])
        kept = [name for name, case in cases.items() if not len(case)]
        self.assertGreaterEqual(len(kept), summary["rules"]["passed"])
        self.assertFalse(len(cases["rfc3261-15-bye-within-dialog"]))
        self.assertIsNotNone(cases["rfc3261-12.2.1.1-cseq-grows-by-one"].find("skipped"))

    def test_what_fails_is_what_fail_on_says(self):
        for level, failing in (("error", False), ("warning", True), ("never", False)):
            with self.subTest(level=level):
                case = self.audit("--fail-on", level, OFFICE, code=0 if level == "never" else 1)["rfc3261-13.2.1-allow-in-invite"]
                self.assertEqual([part.tag for part in case], ["failure" if failing else "system-out"])
                self.assertIn("INVITE has no Allow  ×1  frame 5", "".join(case.itertext()))
        self.assertFalse([case for case in self.audit("--fail-on", "never", OFFICE, code=0).values() if case.find("failure") is not None])

    def test_one_device(self):
        cases = self.audit("--dut", "192.0.2.1", OFFICE)
        self.assertEqual({name for name, case in cases.items() if case.find("failure") is not None},
                         {"rfc3261-8.2.1-405-allow", "rfc3261-syntax-date"})

    def test_waivers(self):
        path = self.write("lab.yaml", profile(waiver(BRANCH), waiver("rfc3261-syntax-via")))
        cases = self.audit("--profile", path, OFFICE)
        self.assertIn("waived 198.51.100.7:5060: the branch", cases[BRANCH].find("system-out").text)
        unused = cases["sipcheck-waiver-unused"]
        self.assertEqual(unused.get("classname"), "waivers")
        self.assertIn("rfc3261-syntax-via", unused.find("system-out").text)

    def test_an_incomplete_judgement_is_an_error(self):
        cases = self.audit(self.capture("cut.pcap", packet(message(), cut=150)), code=4)
        [error] = cases["the judgement is complete"]
        self.assertIn("whose end was not captured", error.text)
        [error] = self.audit("-Y", "false", OFFICE, code=4)["the judgement is complete"]
        self.assertIn("no message was there to judge", error.text)

    def test_hostile_bytes(self):
        """XML has no control characters, not even escaped ones."""
        hostile = b"<&\"'" + bytes(range(1, 32)).replace(b"\r", b"").replace(b"\n", b"") + b"]]>\xff\xef\xbf\xbe"
        packets = [packet(message(**{header: "HERE"}).replace(b"HERE", hostile)) for header in ("Via", "From", "CSeq", "Call-ID")]
        self.write("own/bases.yaml", BASES)
        self.write("own/lab.yaml", RULE.replace("{sip.Method} without Subject", "{sip.Call-ID} & {sip.From} <without>"))
        self.audit("--rules", str(self.folder / "own"), "--fail-on", "info", self.capture("a.pcap", *packets))

    def test_mistakes(self):
        for words, err in ((["--ladder"], "--ladder is for"), (["--verdicts", "all"], "no --statement, no --verdicts"),
                           (["--statement", "192.0.2.1"], "no --statement, no --verdicts")):
            self.run_command("audit", "--format", "junit", *words, OFFICE, code=2, err=err)
        self.run_command("audit", "--format", "xml", OFFICE, code=2, err="--format is text, ndjson or junit, not 'xml'")


main()
