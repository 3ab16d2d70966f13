# SPDX-License-Identifier: MIT
"""sipcheck audit: the records, the options, the exit codes."""

import json
import shutil
import struct
import subprocess

from command import OFFICE, ROOT, Test, main, message, office, packet, pcap, unreachable, zipped
from dialog import BOB, Talk

# ../shared/design.md; docs/findings.md
KEYS = ["verdict", "rule", "rfc", "section", "statements", "level", "severity", "scope", "frame", "time", "src",
        "dst", "transport", "call_id", "culprit", "role", "offset", "length", "message", "fix"]
BAD = message(CSeq="1 BYE")
CSEQ = "rfc3261-8.1.1.5-cseq-method"


class Records(Test):
    def audit(self, *words, code=1, **more):
        return self.run_command("audit", "--format", "ndjson", *words, code=code, **more)

    def test_keys_in_the_order_of_the_contract(self):
        findings = self.audit(OFFICE).findings()
        self.assertGreater(len(findings), 20)
        for finding in findings:
            self.assertEqual(list(finding)[:len(KEYS)], KEYS)
            self.assertIn("related", finding)

    def test_a_finding(self):
        path = self.capture("a.pcap", packet(message()), packet(BAD, sport=5062, at=1_767_603_601.25))
        [finding] = [f for f in self.audit(path).findings() if f["severity"] == "error"]
        mark = finding["offset"]
        self.assertEqual(BAD[mark:mark + finding["length"]], b"BYE")
        self.assertEqual({key: finding[key] for key in KEYS if key not in ("offset", "length", "fix", "section")}, {
            "verdict": "fail", "rule": CSEQ, "rfc": 3261, "statements": finding["statements"], "level": "MUST",
            "severity": "error", "scope": "message", "frame": 2, "time": "2026-01-05T09:00:01.250000Z",
            "src": "192.0.2.1:5062", "dst": "192.0.2.2:5060", "transport": "udp",
            "call_id": "3119849255785412322@desk.example.com", "culprit": "192.0.2.1:5062", "role": "uac",
            "message": "request line says OPTIONS, CSeq says BYE"})
        self.assertNotIn("file", finding)

    def test_roles(self):
        proxied = BAD.replace(b"\r\nMax", b"\r\nVia: SIP/2.0/UDP pc1.example.com;branch=z9hG4bKa\r\nMax")
        answer = b"SIP/2.0 405 No" + message(Max_Forwards=None, To="<sip:b@example.com>;tag=1")[35:]
        registrar = answer.replace(b"1 OPTIONS", b"1 REGISTER")
        for payload, role in [(BAD, "uac"), (proxied, "proxy"), (answer, "uas"), (registrar, "registrar")]:
            with self.subTest(role=role):
                path = self.capture("a.pcap", packet(payload))
                self.assertEqual({f["role"] for f in self.audit(path).findings()}, {role})

    def test_the_summary_is_the_last_line(self):
        summary = self.audit(OFFICE).summary()
        self.assertEqual(list(summary), ["messages", "transactions", "dialogs", "rules", "findings", "capture"])
        self.assertEqual(list(summary["rules"]), ["exercised", "passed", "failed", "unknown"])
        self.assertEqual(summary["messages"], 11)
        self.assertIs(summary["capture"]["incomplete"], False)

    def test_every_key_of_the_summary_is_told(self):
        told = (ROOT / "docs/findings.md").read_text().partition("The last line of ndjson")[2]
        summary = self.audit("--memory", "1", OFFICE).summary()
        for key in [*summary, *summary["rules"], *summary["findings"], "frames", "incomplete"]:
            self.assertIn(f"`{key}`", told)
        counters = (ROOT / "cli/capture/quality.def").read_text()
        for key in set(summary["capture"]) - {"frames", "incomplete"}:
            self.assertIn(f'"{key}"', counters)

    def test_hostile_bytes_are_valid_json(self):
        hostile = bytes(range(256)).replace(b"\r", b"").replace(b"\n", b"") + b'"\\\xed\xa0\x80\xf4\x90\x80\x80\xc0\xaf'
        packets = [packet(message(**{header: None}).replace(b"\r\n\r\n", b"\r\n" + header.encode() + b": " + hostile + b"\r\n\r\n"))
                   for header in ("Call-ID", "From", "CSeq", "Via", "Max-Forwards")]
        self.audit("--verdicts", "all", self.capture("a.pcap", *packets)).objects()

    def test_the_same_bytes_twice(self):
        self.assertEqual(self.audit("--verdicts", "all", OFFICE).raw, self.audit("--verdicts", "all", OFFICE).raw)

    def test_verdicts(self):
        every = self.audit("--verdicts", "all", OFFICE).findings()
        self.assertEqual({f["verdict"] for f in every}, {"pass", "fail", "na", "unknown"})
        for words in (["pass"], ["unknown"], ["fail", "unknown"], ["na", "pass"]):
            with self.subTest(words=words):
                some = self.audit("--verdicts", ",".join(words), OFFICE).findings()
                self.assertEqual(some, [f for f in every if f["verdict"] in words])

    def test_a_datagram_of_two_taps_is_judged_once(self):
        taps = [self.capture(name, packet(BAD, at=1)) for name in ("a.pcap", "b.pcap")]
        for words, messages in ([], 1), (["--keep-duplicates"], 2):
            summary = self.audit(*words, *taps).summary()
            self.assertEqual(summary["messages"], messages)
            self.assertEqual(summary["capture"].get("duplicates", 0), 2 - messages)

    def test_several_files_are_merged_by_time_and_named(self):
        late = self.capture("late.pcap", packet(BAD, at=3), packet(BAD, at=5))
        early = self.capture("early.pcap", packet(BAD, at=2), packet(BAD, at=4))
        findings = [f for f in self.audit(late, early).findings() if f["rule"] == CSEQ]
        self.assertEqual([(f["file"], f["frame"]) for f in findings], [(early, 1), (late, 1), (early, 2), (late, 2)])
        self.assertEqual(list(findings[0])[1:1 + len(KEYS)], KEYS)


class Selection(Test):
    def culprits(self, *words, code=1):
        findings = self.run_command("audit", "--format", "ndjson", *words, code=code).findings()
        return {f["culprit"] for f in findings}

    def test_dut(self):
        self.assertEqual(self.culprits("--dut", "198.51.100.7", OFFICE), {"198.51.100.7:5060"})
        self.assertEqual(self.culprits("--dut", "198.51.100.7:5060", OFFICE), {"198.51.100.7:5060"})
        self.assertEqual(self.culprits("--dut", "198.51.100.7:5062", OFFICE, code=4), set())

    def test_dut_in_every_way_to_write_ipv6(self):
        path = self.capture("six.pcap", packet(BAD, src="2001:db8::1", dst="2001:db8::2"),
                            packet(BAD, src="2001:db8::2", dst="2001:db8::1"))
        for dut in ("2001:db8::1", "2001:DB8:0:0::1", "[2001:db8::1]", "[2001:db8::1]:5060"):
            with self.subTest(dut=dut):
                self.assertEqual(self.culprits("--dut", dut, path), {"[2001:db8::1]:5060"})

    def test_dut_that_is_none(self):
        for dut in ("phone", "192.0.2", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "[2001:db8::1", "[::1]x", ""):
            with self.subTest(dut=dut):
                self.run_command("audit", "--dut", dut, OFFICE, code=2, err="--dut is ADDR")

    def test_dut_that_was_silent(self):
        out = self.run_command("audit", "--dut", "192.0.2.99", OFFICE, code=4).out
        self.assertIn("! 192.0.2.99 sent no SIP message in this capture", out)
        self.assertNotIn("without a finding", out)

    def test_several_duts(self):
        self.assertEqual(self.culprits("--dut", "198.51.100.7", "--dut", "192.0.2.1:5060", OFFICE),
                         {"198.51.100.7:5060", "192.0.2.1:5060"})
        out = self.run_command("audit", "--fail-on", "never", "--dut", "192.0.2.1", "--dut", "192.0.2.99", OFFICE, code=4).out
        self.assertIn("  Only what 192.0.2.1 sent is judged: 3 messages\n  ! 192.0.2.99 sent no SIP message", out)

    def test_the_worst_alone(self):
        every = self.run_command("audit", OFFICE, code=1).out
        some = self.run_command("audit", "--max", "1", OFFICE, code=1).out
        self.assertIn("\n2 further elements, not shown (--max), 3 errors, 1 warning, 5 notes\n", some)
        self.assertEqual(some.partition("\n2 further")[0], every.partition("\n192.0.2.1:5060")[0])
        self.assertEqual(some.partition("\nSummary")[2], every.partition("\nSummary")[2])
        self.assertEqual(self.run_command("audit", "--max", "3", OFFICE, code=1).out, every)
        for words, err in ((["--max", "0"], "from 1 on"), (["--max", "1", "-fndjson"], "--max is for the report"),
                           (["--max", "1", "--statement", "192.0.2.1"], "--max is for the report")):
            self.run_command("audit", *words, OFFICE, code=2, err=err)

    def missing(self, *options, err=""):
        out = self.run_command("audit", "--format", "ndjson", "--verdicts", "unknown", *options, OFFICE, code=1, err=err).out
        return {json.loads(line).get("message") for line in out.splitlines()}

    def test_vantage(self):
        away = "the capture was not taken beside 192.0.2.10:5060"
        self.assertIn(away, self.missing())
        self.assertIn(away, self.missing("--vantage", "192.0.2.1", "--vantage", "192.0.2.10:5062",
                                         err="--vantage 192.0.2.10:5062: the capture has no SIP message"))
        self.assertNotIn(away, self.missing("--vantage", "192.0.2.1", "--vantage", "192.0.2.10"))
        self.run_command("audit", "--vantage", "phone", OFFICE, code=2, err="--vantage is ADDR")

    def test_other_traffic_shows_what_was_not_missed(self):
        """Behind T2 of it the first request is none that was sent before, and has to be answered."""
        talk = [p for p in Talk().invite(at=10).answer(180, at=10.7).request("OPTIONS", at=20).packets]
        for name, others, verdict in (("none", [], "unknown"), ("long", [0], "fail"), ("short", [7], "unknown"),
                                      ("set back", [0, 60], "unknown")):
            path = self.capture("a.pcap", *(packet(b"other", sport=53, dport=53, at=1_767_603_600 + at) for at in others), *talk)
            for jobs in (1, 3):
                found = self.run_command("audit", "--format", "ndjson", "--verdicts", "fail,unknown", "--vantage", BOB, "--jobs",
                                         str(jobs), path, code=None).findings()
                self.assertEqual([f["verdict"] for f in found if f["rule"] == "rfc3261-17.2.1-100-in-time"], [verdict], (name, jobs))
        path = self.capture("a.pcap", packet(b"other", sport=53, dport=53, at=1_767_603_600), *talk)
        self.assertIn("! rfc3261-17.2.1-100-in-time", self.run_command("flow", "--findings", "--vantage", BOB, path).out)

    def test_who_was_not_reached_is_not_silent(self):
        late = "rfc3261-17.2.1-100-in-time"
        other = packet(b"other", sport=53, dport=53, at=1_767_603_600)
        talk = Talk().invite(at=10).request("OPTIONS", at=20).packets
        said = unreachable(talk[0], talk[0][0] + 0.001)
        for name, packets, verdict in (("silent", [other, *talk], "fail"), ("not there", [other, talk[0], said, talk[1]], "unknown")):
            path = self.capture("a.pcap", *packets)
            for jobs in (1, 3):
                found = self.run_command("audit", "--format", "ndjson", "--verdicts", "fail,unknown", "--vantage", BOB, "--jobs",
                                         str(jobs), path, code=None).findings()
                self.assertEqual([f["verdict"] for f in found if f["rule"] == late and f["frame"] == 2], [verdict], (name, jobs))
            shown = self.run_command("flow", "--findings", "--vantage", BOB, path).out
            self.assertEqual(f"! {late}" in shown, verdict == "fail", name)
            extracted = self.run_command("extract", path, "-o", "/dev/null", "--rule", late, "--vantage", BOB, code=None, err=None)
            self.assertEqual(extracted.code == 0, verdict == "fail", name)
        out = self.run_command("audit", "--vantage", BOB, path, code=None).out
        self.assertIn("SIP packets that could not be delivered, as ICMP says: 1 (frame 3)", out)

    def test_what_is_said_by_a_new_clock_counts(self):
        """It comes between the clock's being set back and the next message, and counts for what is sent seconds later."""
        silent = "rfc3261-17.2.1-2xx-repeated-until-ack"
        before, since = packet(message(Call_ID="1"), at=1_767_603_660), packet(message(Call_ID="2"), at=1_767_603_606)
        talk = Talk().invite(at=8).answer(200).request("OPTIONS", at=50).packets
        said = unreachable(talk[0], 1_767_603_605.9)
        for packets, verdict in (([before, since, *talk], "fail"), ([before, said, since, *talk], "unknown"),
                                 ([said, before, since, *talk], "fail")):
            path = self.capture("a.pcap", *packets)
            for jobs in (1, 3):
                found = self.run_command("audit", "--format", "ndjson", "--verdicts", "fail,unknown", "--vantage", BOB, "--jobs",
                                         str(jobs), path, code=None).findings()
                self.assertEqual([f["verdict"] for f in found if f["rule"] == silent], [verdict], jobs)
            shown = self.run_command("flow", "--findings", "--vantage", BOB, "--call-id", "1@example.com", path).out
            self.assertEqual(f"! {silent}" in shown, verdict == "fail")

    def test_memory(self):
        out = self.run_command("audit", "--memory", "1K", OFFICE, code=1).out
        self.assertIn("! memory ran out (--memory): ", out)
        self.assertNotIn("memory ran out", self.run_command("audit", "--memory", "1m", OFFICE, code=1).out)
        summary = json.loads(self.run_command("audit", "--memory", "1K", "--format", "ndjson", OFFICE,
                                              code=1).out.splitlines()[-1])["summary"]
        self.assertGreater(summary["evicted"], 0)
        for size in ("", "0", "x", "1X", "1MB", "-1", "99999999999999999999", "17179869184G"):
            with self.subTest(size=size):
                self.run_command("audit", "--memory", size, OFFICE, code=2, err="--memory is a number")

    def test_filter(self):
        outcome = self.run_command("audit", "--format", "ndjson", "-Y", 'sip.Method == "REGISTER"', OFFICE, code=1)
        self.assertEqual({f["frame"] for f in outcome.findings()}, {1, 3})

    def test_a_filter_that_is_wrong(self):
        for words, caret in [('sip.Metho == "X"', "    ^"), ('sip.Method = "X"', "           ^"),
                             ('sip.Subject == "ü" nonsense', " " * 19 + "^"), ("", None)]:
            with self.subTest(words=words):
                err = self.run_command("audit", "-Y", words, OFFICE, code=2, err="filter:1:").err.splitlines()
                self.assertEqual(err[1:], [f"  {words}", f"  {caret}"] if words else [])

    def test_a_filter_in_any_locale(self):
        self.run_command("audit", "-Y", 'sip.Subject != "ü"', OFFICE, LC_ALL="C", code=4)

    def test_a_filter_that_fits_nothing_is_no_pass(self):
        out = self.run_command("audit", "-Y", 'sip.Method == "REGISTRE"', OFFICE, code=4).out
        self.assertIn("! no message was there to judge by any rule", out)
        self.run_command("audit", "--dut", "192.0.2.10", "-Y", 'sip.Method == "CANCEL"', OFFICE, code=4)

    def test_an_option_of_one_value_is_given_once(self):
        for words in (["--fail-on", "error", "--fail-on=info"], ["-Y", "true", "--filter", "true"],
                      ["-fndjson", "-f", "text"]):
            with self.subTest(words=words):
                self.run_command("audit", *words, OFFICE, code=2, err="is given twice; it has one value")
        self.run_command("audit", "-Y", "--dut", "--filter", "x", OFFICE, code=2, err="--filter is given twice")
        self.run_command("audit", "--vantage", "192.0.2.1", "--vantage", "192.0.2.10", OFFICE, code=1)

    def test_an_option_that_is_not_there(self):
        for word, err in [("--ful-on=error", "no option --ful-on=error, did you mean --fail-on?"),
                          ("--verdict", "did you mean --verdicts?"), ("--bogus", "no option --bogus; `sipcheck audit --help`"),
                          ("-x", "no option -x; `sipcheck audit --help`")]:
            with self.subTest(word=word):
                self.run_command("audit", "--dut", "-x", word, OFFICE, code=2, err=err)

    def test_words_that_are_wrong(self):
        for words, err in [(["--fail-on", "bogus"], "--fail-on is error"), (["--verdicts", "fail,bogus"], "not 'bogus'"),
                           (["--verdicts", ""], "not ''"), (["--format", "xml"], "not 'xml'"), (["-"], "once only"),
                           (["--profile", "bogus"], 'no profile is called "bogus"')]:
            with self.subTest(words=words):
                self.run_command("audit", *words, OFFICE, "-", code=2, err=err)
        self.run_command("audit", code=2, err="at least one FILE")


class ExitCodes(Test):
    def exit_codes(self, path, **codes):
        for level, code in codes.items():
            with self.subTest(level=level):
                self.run_command("audit", "--fail-on", level, path, code=code)


    def test_fail_on(self):
        self.exit_codes(OFFICE, error=1, warning=1, info=1, never=0)
        self.exit_codes(self.capture("a.pcap", packet(message(Accept=None))), error=0, warning=1, info=1, never=0)

    def test_what_is_shown_changes_no_exit_code(self):
        self.run_command("audit", "--verdicts", "pass", OFFICE, code=1)

    def test_cut_packets_make_it_incomplete(self):
        cut = self.capture("cut.pcap", packet(message(), cut=220))
        self.assertIn("incomplete", self.run_command("audit", cut, code=4).out)
        self.exit_codes(self.capture("both.pcap", packet(message(), cut=220), packet(BAD)), error=1, never=4)

    def test_a_truncated_file_is_judged_as_far_as_it_goes(self):
        path = self.write("short.pcap", pcap(packet(message()), packet(message()))[:-5])
        out = self.run_command("audit", path, code=4).out
        self.assertIn("! damaged behind frame 1", out)
        self.assertIn("1 SIP message (udp 1)", out)
        path = self.write("short.pcap", pcap(packet(BAD), packet(message()))[:-5])
        self.run_command("audit", path, code=1)

    def test_what_could_not_be_known_and_why(self):
        cut = self.capture("cut.pcap", packet(message(), cut=220))
        self.assertNotIn("\n  unknown ", self.run_command("audit", cut, code=4).out)
        out = self.run_command("audit", "--verdicts", "fail,unknown", cut, code=4).out
        self.assertRegex(out, r"\n  unknown  A request has CSeq  ×1  frame 1\n           rfc3261-\S+  RFC 3261 .*\n           missing: \w+")

    def test_nothing_to_judge(self):
        for name, content in [("empty", pcap()), ("other", pcap(packet(b"\x80\x00" + bytes(170), sport=4000, dport=4002)))]:
            with self.subTest(name=name):
                out = self.run_command("audit", self.write(name, content), code=4).out
                self.assertIn("! no SIP message was found", out)
                self.assertIn("The judgement is incomplete", out)

    def test_blocks_that_are_no_packets_lack_no_time(self):
        def block(kind, body):
            return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

        head = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", 101, 0, 0))
        at, captured, wire = packet(message())
        us = round(at * 1e6)
        frame = block(6, struct.pack("<IIIII", 0, us >> 32, us & 0xFFFFFFFF, len(captured), wire) + captured +
                      bytes(-len(captured) % 4))
        path = self.write("a.pcapng", head + block(0xBAD, b"abcd") + frame)
        out = self.run_command("audit", path).out
        self.assertIn("- records of the file that are no packets: 1 (frame 1)", out)
        self.assertNotIn("time stamp", out)

    def test_what_cannot_be_read(self):
        for path, err in [("missing.pcap", "missing.pcap: No such file"), ("corpus", "corpus: Is a directory"),
                          ("README.md", "; a log of SIP messages wants --format-in text\n"), (self.write("none", b""), "none: the file is empty"),
                          (self.write("head", pcap(packet(BAD))[:30]), "head: damaged before its first frame, at byte 30")]:
            with self.subTest(path=path):
                outcome = self.run_command("audit", "--format", "ndjson", OFFICE, path, code=3, err=err)
                self.assertEqual(outcome.out, "")


class TextLogs(Test):
    def audit(self, *words, code=1, **more):
        return self.run_command("audit", "--format-in", "text", *words, code=code, **more)

    def test_of_the_corpus(self):
        for name, messages, code in [("gateway", 2, 0), ("proxy", 2, 0), ("syslog", 2, 0), ("ngrep", 2, 0),
                                     ("sipdump", 2, 0), ("rsyslog", 2, 0)]:
            with self.subTest(name=name):
                outcome = self.audit("--format", "ndjson", f"corpus/logs/{name}.log", code=code)
                summary = outcome.summary()
                self.assertEqual((summary["messages"], summary["capture"]["incomplete"]), (messages, False))

    def test_a_finding(self):
        text = BAD.decode().replace("\r", "")
        log = f"2026-01-05 09:00:00 from 192.0.2.1:5060 to 192.0.2.2:5060\n{text}\n{text}"
        for path, stdin in ((self.write("a.log", log), b""), ("-", log.encode())):
            findings = self.audit("--format", "ndjson", path, stdin=stdin).findings()
            [first, second] = [f for f in findings if f["rule"] == CSEQ]
            self.assertEqual((first["frame"], first["src"], first["time"], first["transport"]),
                             (1, "192.0.2.1:5060", "2026-01-05T09:00:00.000000Z", "unknown"))
            self.assertEqual((second["frame"], second["src"], second["culprit"]), (2, "?", "?"))
        self.assertIn("a.log: 2 messages", self.audit(self.write("a.log", log)).out)

    def test_no_times(self):
        text = BAD.decode().replace("\r", "")
        path = self.write("no-times.log", f"{text}\n{text}")
        self.assertIn("2 SIP messages (unknown 2), no times\n", self.audit(path).out)
        self.assertEqual({f["time"] for f in self.audit("--format", "ndjson", path).findings()}, {None})
        [call, _] = map(json.loads, self.run_command("calls", "--format-in", "text", "--format", "ndjson",
                                                     path).out.splitlines())
        self.assertEqual((call["start"], call["end"], call["duration"]), (None, None, None))
        for command in ("calls", "flow"):
            out = self.run_command(command, "--format-in", "text", path).out
            self.assertIn("no time", out)
            self.assertNotIn("1970", out)

    def test_what_a_log_does_is_held_against_nobody(self):
        """Line ends, indentation, bodies left out, empty lines left out: of a sound message no error comes."""
        text = message(Content_Length="142", Content_Type="application/sdp").decode().replace("\r", "")
        for log in (text, "".join(f"  | {line}\n" for line in text.split("\n")), text.rstrip("\n"),
                    text + "v=0\n...\n", text.replace("\n", "\r\n")):
            with self.subTest(log=log):
                findings = self.audit("--format", "ndjson", self.write("a.log", log), code=4).findings()
                self.assertEqual([f for f in findings if f["severity"] == "error"], [])

    def test_words_that_are_wrong(self):
        self.run_command("audit", "--format-in", "pcap", OFFICE, code=2, err="not 'pcap'")
        self.audit("--keylog", "x", OFFICE, code=2, err="--keylog is for captures")
        self.audit("missing.log", code=3, err="missing.log: No such file")
        self.audit("corpus", code=3, err="corpus: Is a directory")
        self.audit(OFFICE, code=3, err=f"{OFFICE}: this is a capture of packets, no text log")
        self.audit(self.write("a.gz", zipped(office())), code=3, err="this is compressed; a text log is read as it is")
        self.assertIn("! no SIP message was found", self.audit(self.write("empty", ""), code=4).out)


class Input(Test):
    def findings(self, path, **more):
        return self.run_command("audit", "--format", "ndjson", path, code=1, **more).findings()

    def test_a_clock_that_is_set_back(self):
        times = (1_767_603_600.0, 1_767_603_605.0, 1_767_603_604.95, 1_767_603_602.0, 1_767_603_603.0)
        path = self.capture("clock.pcap", *(packet(message(Call_ID=f"c{i}"), at=at) for i, at in enumerate(times)))
        counts = self.run_command("audit", "--format", "ndjson", path, code=None).summary()["capture"]
        self.assertEqual(counts["clock-set-back"], 1)
        self.assertIn("went back by a tenth of a second or more: 1", self.run_command("audit", path, code=None).out)

    def test_standard_input(self):
        wanted = self.findings(OFFICE)
        self.assertEqual(self.findings("-", stdin=office()), wanted)
        self.assertEqual(self.findings("-", stdin=zipped(office())), wanted)

    def test_compressed(self):
        wanted = self.findings(OFFICE)
        self.assertEqual(self.findings(self.write("a.pcap.gz", zipped(office()))), wanted)
        if not shutil.which("zstd"):
            self.skipTest("zstd is not installed")
        done = subprocess.run(["zstd", "-q"], input=office(), capture_output=True, check=True)
        self.assertEqual(self.findings(self.write("a.pcap.zst", done.stdout)), wanted)


main()
