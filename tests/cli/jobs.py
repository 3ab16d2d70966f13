# SPDX-License-Identifier: MIT
"""sipcheck audit --jobs: byte for byte what one thread writes. With `captures`: on the project's and those of ../shared."""

import pathlib
import subprocess
import sys
import unittest

from command import OFFICE, OPTIONS, ROOT, SIPCHECK, Test, main, message, packet
from dialog import ALICE, Talk

CORPUS = ROOT / "corpus/captures"
SHARED = ROOT / "../shared/captures"
MODES = [["--ladder", "--verdicts", "fail,unknown"], ["--format", "ndjson", "--verdicts", "fail,unknown"]]
WAIVERS = """name: lab
extends: default
waivers:
  - {rule: "*-cseq-*", party: 192.0.2.1, expires: 2099-01-01, owner: lab, reason: old}
  - {rule: "rfc3261-17*", party: 192.0.2.99, expires: 2099-01-01, owner: lab, reason: none}
"""


def sender_of(path):
    """The element of the first finding; what follows may be a gigabyte."""
    with subprocess.Popen([SIPCHECK, "audit", "--format", "ndjson", "--verdicts", "all", path], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as run:
        first = run.stdout.readline()
        run.kill()
        run.stdout.close()
    at = first.find(b'"culprit":"')
    return first[at + 11:].split(b'"', 1)[0].decode() if at >= 0 else "192.0.2.1"


def captures():
    """Files that the command can read."""
    found = [path for folder in (CORPUS, SHARED) if folder.is_dir() for path in sorted(folder.rglob("*")) if path.is_file()]
    return [str(path) for path in found if "cap" in path.name or path.suffix in (".erf", ".snoop")]


class Jobs(Test):
    def same(self, *words, counts=(1, 2, 3, 4), **more):
        one = self.run_command("audit", *words, code=None, err=None, **more)
        for count in counts:
            several = self.run_command("audit", *words, "--jobs", str(count), code=one.code, err=None, **more)
            self.assertEqual(several.raw, one.raw, (words, count))
            self.assertEqual(several.err, one.err, (words, count))
        return one


class Small(Jobs):
    def talk(self, calls=300, back=None):
        """Calls side by side, of several elements, with faults; some messages are cut, one is empty. back: the call at
        which the clock of the capture is set back by half a minute."""
        packets = []
        for i in range(calls):
            at, host = 1_767_603_600 + i / 7, f"192.0.2.{i % 9 + 1}"
            agent = "Desk\r\n  phone" if i % 2 else "Desk"
            request = message(OPTIONS, Call_ID=f"c{i}", Via=f"SIP/2.0/UDP {host};branch=z9hG4bK{i}", User_Agent=agent,
                              CSeq="1 BYE" if i % 5 == 0 else "1 OPTIONS", Max_Forwards="x" if i % 7 == 0 else "70")
            answer = request.replace(b"OPTIONS sip:bob@example.com SIP/2.0", b"SIP/2.0 200 OK")
            packets.append(packet(request, src=host, at=at, cut=200 if i % 31 == 0 else None))
            if i % 3:
                packets.append(packet(answer.replace(b"c%d" % i, b"c%d" % (i % 11)), src="192.0.2.200", dst=host, at=at + 0.2))
        packets.sort(key=lambda p: p[0])
        set_at = packets[0][0] + back / 7 if back else float("inf")
        return self.capture("talk.pcap", *((at - 30 if at > set_at else at, *rest) for at, *rest in packets))

    def test_outcomes_are_the_same(self):
        path = self.talk()
        for mode in (*MODES, ["--statement", "192.0.2.3"], ["--statement", "192.0.2.3", "--format", "ndjson"], ["--dut", "192.0.2.3"],
                     ["--format", "ndjson", "-Y", 'sip.CSeq.method == "BYE"'], ["--vantage", "192.0.2.2"], ["--keep-duplicates"]):
            self.assertTrue(self.same(*mode, path).raw, mode)

    def test_all_verdicts_are_the_same(self):
        self.same("--verdicts", "all", "--format", "ndjson", self.talk(40), counts=(1, 2, 16))
        self.same("--verdicts", "all", "--ladder", self.talk(20), counts=(3,))

    def test_a_clock_that_is_set_back(self):
        for mode in MODES:
            self.same(*mode, "--vantage", "192.0.2.200", "--verdicts", "fail,unknown", self.talk(120, back=60))

    def test_memory_that_runs_out(self):
        out = self.same("--memory", "300K", "--format", "ndjson", "--verdicts", "fail,unknown", self.talk(1000))
        self.assertGreater(out.summary()["evicted"], 0)

    def memory(self, *words):
        """MiB that the command took at most. What begins it counts as well, so it is a small process."""
        asking = ("import resource, subprocess, sys\n"
                  "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=False).returncode\n"
                  "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        done = subprocess.run([sys.executable, "-c", asking, SIPCHECK, "audit", *words], capture_output=True, check=True)
        code, kilobytes = map(int, done.stdout.split())
        self.assertLess(abs(code), 5)
        return kilobytes // 1024

    def test_all_verdicts_take_little_memory(self):
        """What waits to be put in order is hundreds of lines a message then."""
        if b"__asan_init" in pathlib.Path(SIPCHECK).read_bytes():
            self.skipTest("AddressSanitizer takes memory of its own")
        words = ("--verdicts", "all", "--format", "ndjson", self.talk())
        self.assertLess(self.memory(*words, "--jobs", "2"), self.memory(*words) + 100)

    def test_long_messages_are_kept_once(self):
        """However many kinds of findings show their lines."""
        if b"__asan_init" in pathlib.Path(SIPCHECK).read_bytes():
            self.skipTest("AddressSanitizer takes memory of its own")
        names = ("Via From To Call-ID CSeq Contact Max-Forwards Content-Type Content-Length Route Record-Route Accept Allow Supported "
                 "Require Date Expires Priority Organization User-Agent Warning Timestamp Server Unsupported Min-Expires Retry-After "
                 "Reply-To In-Reply-To Event Refer-To RSeq RAck Session-Expires Min-SE Replaces Join").split()
        lines = ["INVITE sip:bob@example.com SIP/2.0", *(f"{name}: \x01" for name in names), f"Subject: {'x' * 60000}", "", ""]
        long = "\r\n".join(lines).encode()
        path = self.capture("long.pcap", *(packet(long, src=f"192.0.2.{i + 1}", at=1_767_603_600 + i) for i in range(250)))
        self.same(path, counts=(2,))
        self.assertLess(self.memory(path, "--jobs", "2"), self.memory(path) + 40)

    def test_what_waits_for_the_end(self):
        """What must not come any more is unknown up to there, and no time limits it."""
        packets = []
        for i in range(6):
            talk = Talk(call_id=f"{i}@example.com", start=i).invite().answer(200).ack()
            packets += talk.request("UPDATE", to_tag=True).answer(481).packets
        out = self.same("--verdicts", "unknown", "--format", "ndjson", "--vantage", ALICE, self.capture("a.pcap", *packets))
        waits = [line["message"] for line in out.findings() if line["rule"] == "rfc3261-12.2.1.2-no-more-requests-after-481"]
        self.assertEqual(len(waits), 6)
        self.assertEqual(set(waits), {waits[0]})

    def test_several_files(self):
        path, other = self.talk(30), self.capture("other.pcap", packet(message(CSeq="1 BYE"), at=1_767_603_602))
        for mode in MODES:
            self.same(*mode, path, other, OFFICE)

    def test_waivers_are_used_by_any(self):
        profile = self.write("lab.yaml", WAIVERS)
        out = self.same("--profile", profile, "--format", "ndjson", self.talk(100))
        self.assertEqual(sum("waiver-unused" in line["rule"] for line in out.findings()), 1)
        self.assertTrue(any(line.get("waived") for line in out.findings()))

    def test_few_messages_and_none(self):
        self.same(self.capture("one.pcap", packet(message())), counts=(1, 16))
        self.same(self.capture("none.pcap"), counts=(2,))
        self.same(self.capture("empty.pcap", packet(b""), packet(message(), cut=60)), counts=(2,))

    def test_a_pipe_is_judged_by_one(self):
        """Its findings are wanted as they come."""
        self.same("-", stdin=pathlib.Path(self.talk(20)).read_bytes(), counts=(2,))

    def test_nobody_reads(self):
        command = [SIPCHECK, "audit", "--format", "ndjson", "--verdicts", "all", "--jobs", "2", self.talk()]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as run:
            run.stdout.read(10)
            run.stdout.close()
            run.wait(60)
        self.assertLess(abs(run.returncode), 16)

    def test_wrong_usage(self):
        for count in ("0", "17", "-1"):
            self.run_command("audit", "--jobs", count, OFFICE, code=2, err=f"--jobs is 1 to 16, not {count}")


class Captures(Jobs):
    def test_each(self):
        for path in captures():
            for mode in (*MODES, ["--statement", sender_of(path)]):
                self.same(*mode, path)

    def test_all_at_once(self):
        for mode in MODES:
            self.same(*mode, *captures())


if __name__ == "__main__":
    if "captures" not in sys.argv[1:]:
        del Captures
        main()
    if not SHARED.is_dir():
        print("SKIPPED: without ../shared/captures only the project's own captures are judged")
    unittest.main(argv=["jobs", "Captures"], verbosity=1)
