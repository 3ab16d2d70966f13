# SPDX-License-Identifier: MIT
"""The report for people, word for word: golden/*.txt. `report.py --update` writes them anew; read the
difference before you commit it."""

import pathlib
import re
import sys

from command import OFFICE, ROOT, Test, main, message, packet

GOLDEN = pathlib.Path(__file__).parent / "golden"
UPDATE = "--update" in sys.argv


def settled(text):
    """Without what changes with every new rule, and where the test ran."""
    return re.sub(r"\d+ rules exercised: .*", "... rules exercised", text).replace(f"{ROOT}/", "")


class Report(Test):
    def check(self, name, *words, code=1, **more):
        outcome = self.run_command("audit", *words, code=code, **more)
        got = settled(outcome.out)
        path = GOLDEN / f"{name}.txt"
        if UPDATE:
            path.write_text(got, encoding="utf-8")
        self.assertEqual(got, path.read_text(encoding="utf-8"), f"{path}: tests/cli/report.py --update writes it anew")

    def setUp(self):
        super().setUp()
        self.maxDiff = None

    def test_office(self):
        self.check("office", OFFICE)

    def test_of_one_element_on_a_narrow_screen(self):
        self.check("office-narrow", "--dut", "192.0.2.1", OFFICE, COLUMNS="60")

    def test_two_files_with_losses(self):
        bad = message(CSeq="1 BYE")
        self.capture("one.pcap", packet(message(), at=1), packet(bad, at=3), packet(bad, at=4, cut=200))
        self.capture("two.pcap", packet(bad, at=2), packet(bad, at=5, sport=5062))
        self.check("two-files", "one.pcap", "two.pcap", cwd=self.folder)

    def test_waivers(self):
        self.write("lab.yaml", """name: lab
extends: default
waivers:
  - {rule: rfc3261-syntax-*, party: 198.51.100.7, reason: release 8 repairs it, owner: ann@example.com, expires: 2099-01-01}
  - {rule: rfc3261-8.1.1.5-*, party: 198.51.100.7, reason: it was to be repaired, owner: ann@example.com, expires: 2020-01-01}
  - {rule: rfc3261-syntax-via, party: "[2001:db8::7]:5060", reason: nobody knows, owner: bob@example.com, expires: 2099-01-01}
""")
        self.check("waivers", "--profile", "lab.yaml", "-Y", 'sip.Method == "BYE"', ROOT / OFFICE, cwd=self.folder)

    def test_hostile_bytes_stay_harmless(self):
        hostile = message(Call_ID="\x1b[2J\x07 \udcff@x", User_Agent="\x1b]0;owned\x07", CSeq="1 BYE")
        self.capture("hostile.pcap", packet(hostile))
        self.check("hostile", "hostile.pcap", cwd=self.folder)


if UPDATE:
    sys.argv.remove("--update")
main()
