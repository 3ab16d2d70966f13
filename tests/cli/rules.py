# SPDX-License-Identifier: MIT
"""Own rules, bases, profiles and waivers; explain, rules list and test, coverage, fields, help."""

import re

from command import BASES, OFFICE, OPTIONS, ROOT, RULE, Test, main, message, packet, profile, sipcheck, waiver

SEQUENCE = """- id: lab-call-id
  title: Responses repeat Call-ID
  cites: [3261-8.1.1-1]
  level: MUST
  binds: uas
  scope: transaction
  on: response
  vantage: client
  assert: response.sip.Call-ID == request.sip.Call-ID
  message: another Call-ID
  fix: Repeat it
  asks: The same Call-ID.
  why: It is how they find each other.
  tests:
    pass: [{vantage: alice, flow: [{from: alice, to: bob, base: invite}, {from: bob, to: alice, base: "180"}]}]
    fail:
    - flow: [{from: alice, to: bob, base: invite}, {from: bob, to: alice, base: "180", set: {Call-ID: other}}]
      vantage: alice
      frame: 2
      culprit: bob
    unknown: [{flow: [{from: alice, to: bob, base: invite}, {from: bob, to: alice, base: "180"}]}]
"""
EXPECTING = """- id: lab-answered
  title: An INVITE is answered
  cites: [3261-8.1.1-1]
  level: MUST
  binds: uas
  scope: transaction
  on: request
  expect: {event: [provisional, final], within: 4 * T1, unless: cancel}
  message: no answer
  fix: Answer
  asks: An answer.
  why: Who calls waits for it.
  tests:
    pass: [{flow: [{from: alice, to: bob, base: invite}, {from: bob, to: alice, base: "180"}]}]
    fail: [{flow: [{from: alice, to: bob, base: invite}], end: 40s}]
"""

class OwnRules(Test):
    def folder_of(self, rule=RULE, bases=BASES, **profiles):
        self.write("own/lab.yaml", rule)
        self.write("own/bases.yaml", bases)
        for name, text in profiles.items():
            self.write(f"own/profiles/{name}.yaml", text)
        return str(self.folder / "own")

    def test_they_judge(self):
        outcome = self.run_command("audit", "--rules", self.folder_of(), "--format", "ndjson", OFFICE, code=1)
        found = [f for f in outcome.findings() if f["rule"] == "lab-subject"]
        self.assertEqual({f["severity"] for f in found}, {"warning"})
        self.assertEqual(found[0]["message"], "REGISTER without Subject")

    def test_their_tests_run_on_their_own_bases(self):
        folder = self.folder_of()
        self.assertEqual(self.run_command("rules", "test", "-r", folder, "lab-subject").out, "2 passed, 0 failed\n")
        broken = self.folder_of(RULE.replace("remove: [Subject]", "set: {Subject: x}"))
        out = self.run_command("rules", "test", "-r", broken, "lab-subject", code=1).out
        self.assertRegex(out, r"lab\.yaml:15: lab-subject: wanted fail, got pass\n")
        self.assertIn("    Subject: x\n", out)
        self.assertIn("1 passed, 1 failed\n", out)
        unmade = self.folder_of(RULE.replace("remove: [Subject]", "remove: [Date]"))
        out = self.run_command("rules", "test", "-r", unmade, "lab-subject", code=1).out
        self.assertIn("lab.yaml:15: lab-subject: this test can't be made: remove: there is no Date\n", out)

    def test_they_are_listed_and_explained(self):
        folder = self.folder_of()
        self.assertIn("lab-subject", self.run_command("rules", "list", "-r", folder, "SUBJECT").out)
        out = self.run_command("explain", "-r", folder, "lab-subject").out
        self.assertIn("from: " + folder + "/lab.yaml:1\n", out)
        self.assertIn("A message that fails: OPTIONS without Subject\n", out)

    def test_rules_of_several_messages(self):
        folder = self.folder_of(SEQUENCE)
        self.assertEqual(self.run_command("rules", "test", "-r", folder, "lab-call-id").out, "3 passed, 0 failed\n")
        wrong = self.folder_of(SEQUENCE.replace("set: {Call-ID: other}", "set: {Subject: x}").replace("unknown: [{flow: [", "unknown: [{flow: [{from: alice, to: bob, base: invite}]}, {flow: ["))
        out = self.run_command("rules", "test", "-r", wrong, "lab-call-id", code=1).out
        self.assertIn("lab.yaml:17: lab-call-id: wanted fail, got pass\n          0.0 ms  alice > bob  INVITE sip:", out)
        self.assertIn("wanted unknown, got na: the flow has no event at which the rule is judged\n          0.0 ms  alice", out)
        folder = self.folder_of(SEQUENCE)
        out = self.run_command("explain", "-r", folder, "lab-call-id").out
        for part in ("  scope: transaction\n  on: response\n", "  vantage: client\n", "\nA flow that passes\n\n          0.0 ms  alice > bob  INVITE sip:",
                     "         10.0 ms  bob > alice  SIP/2.0 180 Ringing\n", "\nA flow that fails: another Call-ID\n", "\n    Call-ID: other\n"):
            self.assertIn(part, out)
        listed = self.run_command("rules", "list", "-r", folder, "--format", "ndjson", "lab-call-id").objects()
        self.assertEqual([(r["scope"], r["on"], r["vantage"]) for r in listed], [("transaction", "response", "client")])
        out = self.run_command("explain", "-r", self.folder_of(EXPECTING), "lab-answered").out
        self.assertIn("  expect: event: [provisional, final], within: 4 * T1, unless: cancel\n", out)

    def test_profiles_of_the_folder(self):
        off = profile(rules='rules:\n  lab-subject: {severity: info}\n  "rfc*": {enabled: false}\n')
        folder = self.folder_of(lab=off)
        outcome = self.run_command("audit", "-r", folder, "-p", "lab", "--format", "ndjson", OFFICE)
        self.assertEqual({(f["rule"], f["severity"]) for f in outcome.findings()}, {("lab-subject", "info")})

    def test_a_profile_is_named_by_its_file_or_by_itself(self):
        path = self.write("of-the-lab.yaml", profile(rules='rules:\n  "rfc*": {enabled: false}\n'))
        self.run_command("audit", "-p", path, OFFICE, code=4)
        self.run_command("audit", "-p", path.replace(".yaml", ""), OFFICE, code=2, err="No such file")

    def test_a_pattern_that_names_no_rule(self):
        path = self.write("lab.yaml", profile(rules='rules:\n  "rfc9999-*": {enabled: false}\n'))
        self.run_command("audit", "-p", path, OFFICE, code=2, err='no rule\'s id is like "rfc9999-*"')

    def test_a_folder_without_rules(self):
        self.write("own/lab.yml", RULE)
        self.run_command("audit", "-r", str(self.folder / "own"), OFFICE, code=2, err="no file in this folder ends in .yaml")

    def test_an_empty_file(self):
        for words in (["--rules", self.write("empty.yaml", "")], ["--profile", self.write("none.yaml", "")]):
            self.run_command("audit", *words, OFFICE, code=2, err=f"{words[1]}: the file is empty\n")

    def test_a_byte_order_mark_is_no_text(self):
        folder = self.folder_of("\ufeff" + RULE.replace("level: SHOULD", "level: OUGHT"))
        self.assertIn("lab.yaml:4:10:", self.run_command("rules", "list", "-r", folder, code=2, err="OUGHT").err)
        self.run_command("rules", "test", "-r", self.folder_of("\ufeff" + RULE), "lab-subject")

    def test_built_in_profiles(self):
        request = message(OPTIONS.replace("OPTIONS", "REGISTER"), CSeq="1 BYE", Privacy="id user",
                          P_Called_Party_ID="<sip:zed@example.com>")
        private = self.capture("ims.pcap", packet(request))
        for name, rules, grammar in (("default", False, True), ("ims", True, True), ("rfc3261-only", False, False)):
            with self.subTest(profile=name):
                outcome = self.run_command("audit", "--profile", name, "--format", "ndjson", private, code=1)
                found = {f["rule"] for f in outcome.findings()}
                self.assertEqual("rfc7315-4.2.2.1-called-party-in-register" in found, rules)
                self.assertEqual("rfc3323-syntax-privacy" in found, grammar)
                self.assertTrue(any(rule.startswith("rfc3261-") for rule in found))
        listed = self.run_command("rules", "list", "--profile", "rfc3261-only", "rfc3323-syntax-privacy").out
        self.assertIn("(off)", listed)

    def test_an_id_that_is_taken(self):
        taken = RULE.replace("lab-subject", "rfc3261-8.1.1.5-cseq-method")
        self.run_command("audit", "--rules", self.folder_of(taken), OFFICE, code=2, err="lab.yaml:1:")

    def test_each_mistake_has_its_place_and_a_caret(self):
        for what, wrong, line in [
            ("exists(sip.Subject)", "exists(sip.Subjekt)", 8), ("sip.is_request", "sip.Method", 7),
            ("level: SHOULD", "level: OUGHT", 4), ("  why:", "  wy:", 12), ("binds: uac", "binds: phone", 5),
            ("[3261-8.1.1-1]", "[8.1.1]", 3), ("{base: lab-options}", "{base: nothing}", 14),
            ("title: Every", "title: [Every", 3), ('"{sip.Method}', '"{sip.Nothing}', 9), ("scope:", "\tscope:", 6),
        ]:
            with self.subTest(wrong=wrong):
                folder = self.folder_of(RULE.replace(what, wrong))
                err = self.run_command("audit", "--rules", folder, OFFICE, code=2, err=f"lab.yaml:{line}:").err
                place, excerpt, caret = err.splitlines()
                self.assertRegex(place, r"^sipcheck: .*/lab\.yaml:\d+:\d+: \S")
                self.assertRegex(caret, r"^ *\^+$")
                self.assertLess(caret.index("^"), len(excerpt) + 1)

    def test_a_rule_without_tests(self):
        folder = self.folder_of(RULE[:RULE.index("  tests:")])
        self.run_command("rules", "list", "--rules", folder, code=2, err="tests")

    def test_files_that_cannot_be_read(self):
        for words in (["--rules", "missing"], ["--profile", "missing.yaml"]):
            self.run_command("audit", *words, OFFICE, code=2, err=f"sipcheck: {words[1]}: No such file or directory\n")


class Waivers(Test):
    def audit(self, *waivers, code, words=(), fmt="ndjson"):
        path = self.write("lab.yaml", profile(*waivers))
        return self.run_command("audit", "--profile", path, "--format", fmt, *words, self.bad, code=code)

    def setUp(self):
        super().setUp()
        self.bad = self.capture("bad.pcap", packet(message(CSeq="1 BYE"), src="198.51.100.7"))

    def test_what_is_waived_is_shown_and_does_not_count(self):
        outcome = self.audit(waiver("rfc3261-8.1.1.5-*"), code=0)
        [finding] = [f for f in outcome.findings() if f["severity"] == "error"]
        self.assertIs(finding["waived"], True)
        self.assertEqual((outcome.summary()["findings"]["error"], outcome.summary()["findings"]["waived"]), (0, 1))
        out = self.audit(waiver("rfc3261-8.1.1.5-*"), code=0, fmt="text").out
        self.assertRegex(out, r"\n  waived   CSeq carries the request's own method  ×1  frame 1\n")
        self.assertRegex(out, r"0 errors, .* 1 waived;")

    def test_of_another_party_it_covers_nothing(self):
        outcome = self.audit(waiver("rfc3261-8.1.1.5-*", party="192.0.2.9"), code=1)
        [unused] = [f for f in outcome.findings() if f["rule"] == "sipcheck-waiver-unused"]
        self.assertEqual([unused[key] for key in ("severity", "frame", "time", "src", "call_id", "role", "offset")],
                         ["info", None, None, None, None, "unknown", 0])

    def test_expired_it_covers_nothing_and_says_so(self):
        for fmt in ("ndjson", "text"):
            out = self.audit(waiver("rfc3261-8.1.1.5-*", expires="2020-01-01"), code=1, fmt=fmt).out
            self.assertIn("sipcheck-waiver-expired", out)
        self.assertRegex(out, r"(?s)\nWaivers\n\n  warning  A waiver has expired\n           sipcheck-waiver-expired\n"
                              r".*rfc3261-8\.1\.1\.5-\* for 198\.51\.100\.7.*2020-01-01.*\n           fix: ")

    def test_each_is_told(self):
        waivers = [waiver("rfc3261-syntax-via", reason=f"reason {i}") for i in range(3)]
        out = self.audit(*waivers, code=1, fmt="text").out
        self.assertEqual([i for i in range(3) if f"reason {i}" in out.replace("\n           ", " ")], [0, 1, 2])

    def test_they_are_told_for_every_dut(self):
        for dut in ("198.51.100.7:5060", "192.0.2.99"):
            outcome = self.audit(waiver("rfc3261-syntax-via"), code=None, words=("--dut", dut))
            self.assertIn("sipcheck-waiver-unused", outcome.out)


class Explain(Test):
    def test_a_rule_in_full(self):
        out = self.run_command("explain", "rfc3261-8.1.1.5-cseq-method").out
        for part in ("\nWhat is asked\n    ", "\nWhy it matters\n    ", "\nWhat to do\n    ", "binds: uac\n", "§8.1.1.5, MUST",
                     "\nA message that passes\n", "\n    CSeq: 1 BYE\n            ^^^\n"):
            self.assertIn(part, out)

    def test_every_rule_shows_what_passes_and_what_fails_with_the_bytes(self):
        ids = [rule["rule"] for rule in self.run_command("rules", "list", "--format", "ndjson").objects()]
        texts = re.split(r"(?m)^(?=(?:rfc|sipcheck-)\S+$)", self.run_command("explain", *ids).out)[1:]
        self.assertEqual(len(texts), len(ids))
        for name, text in zip(ids, texts):
            if name.startswith("sipcheck-waiver"):
                continue
            with self.subTest(rule=name):
                flow = "\nA flow that passes\n" in text
                self.assertTrue(flow or "\nA message that passes\n" in text)
                self.assertRegex(text, r"(?s)\nA flow that fails: .*\n    " if flow else r"(?s)\nA message that fails: .*\n    .*\n     *\^")

    def test_several(self):
        out = self.run_command("explain", "rfc3261-syntax-via", "rfc3261-8.1.1-via").out
        self.assertTrue(out.startswith("rfc3261-syntax-via\n"))
        self.assertIn("\n\nrfc3261-8.1.1-via\n", out)

    def test_an_unknown_id(self):
        for word, near in [("cseq-method", "rfc3261-8.1.1.5-cseq-method"), ("rfc3261-syntax-vya", "rfc3261-syntax-via"),
                           ("RFC3261-SYNTAX-VIA", "rfc3261-syntax-via")]:
            with self.subTest(word=word):
                self.run_command("explain", word, code=2, err=f"  perhaps {near}\n")
        self.run_command("explain", "3261-8.1.1.5-1", code=2, err="  perhaps rfc3261-8.1.1.5-cseq-method\n")
        self.assertNotIn("perhaps", self.run_command("explain", "xyzzy", code=2, err="no rule 'xyzzy'").err)
        self.run_command("explain", code=2, err="wants a rule's id")


class Lists(Test):
    def test_words_narrow(self):
        every = self.run_command("rules", "list").out.splitlines()
        some = self.run_command("rules", "list", "Via", "BRANCH").out.splitlines()
        self.assertEqual(some, [line for line in every if "via" in line.lower() and "branch" in line.lower()])
        self.assertTrue(some)
        self.run_command("rules", "list", "xyzzy", err="no rule's id or title holds that")

    def test_ndjson(self):
        rules = self.run_command("rules", "list", "--format", "ndjson", "syntax-via").objects()
        self.assertEqual(rules, [{"rule": "rfc3261-syntax-via", "rfc": 3261, "section": "20.42", "statements": [],
                                  "level": "MUST", "severity": "error", "scope": "message", "enabled": True,
                                  "title": "Via follows its grammar"}])

    def test_tests(self):
        self.assertRegex(self.run_command("rules", "test", "rfc3261-8.1.1.5-cseq-method").out, r"^\d+ passed, 0 failed\n$")
        self.assertRegex(self.run_command("rules", "test").out, r"^\d{4,} passed, 0 failed\n$")
        one, three = (int(self.run_command("rules", "test", *words).out.split()[0]) for words in (
            ["rfc3261-8.1.1.5-cseq-method"], ["rfc3261-8.1.1.5-*", "rfc3261-8.1.1.7-branch-cookie"]))
        self.assertGreater(three, one)
        self.run_command("rules", "test", "rfc9999-*", code=2, err="no rule 'rfc9999-*'")
        self.run_command("rules", "test", "xyzzy", code=2, err="no rule 'xyzzy'")

    def test_mistakes(self):
        for words in ([], ["frob"]):
            self.run_command("rules", *words, code=2, err="`list` or `test`")
        self.run_command("rules", "list", "--format", "xml", code=2, err="text or ndjson")
        self.run_command("rules", "test", "--format", "ndjson", code=2, err="--format is for list")
        self.run_command("machines", "list", "--format", "mermaid", code=2, err="--format mermaid is for show")
        self.run_command("rules", "test", "cseq-method", code=2, err="perhaps rfc3261-8.1.1.5-cseq-method")

    def assert_overview(self):
        """Each ledger has its line, whose outcomes add up to its statements."""
        rows = [line.split(",") for line in self.run_command("coverage", "--format", "csv").out.splitlines()]
        ledgers = sorted((ROOT / "rules/statements").glob("*.csv"))
        self.assertEqual([row[0] for row in rows[1:]], [path.stem for path in ledgers])
        for row in rows[1:]:
            self.assertEqual(int(row[1]), sum(map(int, row[2:])), row)
        last = self.run_command("coverage").out.splitlines()[-1].split()
        self.assertEqual(last[:2], ["all", str(sum(int(row[1]) for row in rows[1:]))])

    def test_coverage(self):
        for name in ("rfc3261", "RFC3261", "3261"):
            csv = self.run_command("coverage", "--format", "csv", name).raw
            self.assertEqual(csv, (ROOT / "rules/statements/rfc3261.csv").read_bytes())
        text = self.run_command("coverage", "3261").out
        self.assertIn("  1006 statements\n", text)
        self.assertEqual(len(re.findall(r"(?m)^3261-", text)), 1006)
        self.run_command("coverage", "rfc9999", code=2, err="  rfc3261\n")
        self.run_command("coverage", "rfc3261", "rfc3262", code=2, err="one RFC")
        self.assert_overview()
        self.run_command("coverage", "--format", "xml", "3261", code=2, err="text or csv")

    def test_fields(self):
        self.assertIn("sip.Max-Forwards", self.run_command("fields", "max-forwards").out)
        self.run_command("fields", "xyzzy", err="holds 'xyzzy'")
        self.run_command("fields", "--format", "xml", code=2, err="text or markdown")


class Help(Test):
    COMMANDS = ("audit", "calls", "extract", "flow", "parse", "explain", "rules", "coverage", "fields", "machines")

    def test_each_command_has_it_in_both_ways_and_fits_the_screen(self):
        for name in self.COMMANDS:
            with self.subTest(name=name):
                text = self.run_command(name, "--help").out
                self.assertEqual(self.run_command("help", name).out, text)
                self.assertLessEqual(max(map(len, text.splitlines())), 100)
                self.assertEqual(self.run_command(name, "--help", LC_ALL="C").out, text.replace("…", "..."))

    def test_every_option_is_told_in_the_documents(self):
        documents = "".join(path.read_text() for path in [ROOT / "README.md", *ROOT.glob("docs/*.md")])
        for name in self.COMMANDS:
            for option in re.findall(r"--[a-z-]+", sipcheck(name, "--help").out.split("Application Options:")[-1]):
                with self.subTest(command=name, option=option):
                    self.assertIn("-Y" if option == "--filter" else option, documents)

    def test_without_a_command(self):
        outcome = self.run_command(code=2, err="usage: sipcheck COMMAND")
        self.assertEqual((outcome.out, self.run_command("--help").out), ("", outcome.err))

    def test_an_unknown_command(self):
        self.run_command("pars", code=2, err="did you mean 'parse'?")
        self.run_command("frobnicate", code=2, err="`sipcheck --help`")

    def test_version(self):
        self.assertRegex(self.run_command("--version").out, r"^sipcheck \d+\.\d+\.\d+\n$")


main()
