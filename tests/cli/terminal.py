# SPDX-License-Identifier: MIT
"""What depends on where the output goes and when the input ends: colour, progress, widths, pipes, signals."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest

from command import OFFICE, ROOT, SIPCHECK, Test, environment, main, message, office, packet, pcap, sipcheck

ESCAPE = "\x1b["


def on_terminal(*words, columns=100, stdout=True, **more):
    """What a terminal shows: stderr and, unless it is a pipe, stdout."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    process = subprocess.Popen([SIPCHECK, *words], cwd=ROOT, stdin=subprocess.DEVNULL, stderr=theirs,
                               stdout=theirs if stdout else subprocess.DEVNULL, env=environment(**more))
    os.close(theirs)
    shown = b""
    while True:
        try:
            block = os.read(ours, 65536)
        except OSError:
            break
        if not block:
            break
        shown += block
    os.close(ours)
    process.wait()
    return shown.decode("utf-8", "replace").replace("\r\n", "\n")


class Colour(unittest.TestCase):
    def test_on_a_terminal_only(self):
        self.assertIn(ESCAPE, on_terminal("audit", OFFICE))
        self.assertNotIn(ESCAPE, sipcheck("audit", OFFICE).out)
        self.assertNotIn(ESCAPE, on_terminal("audit", OFFICE, stdout=False))

    def test_not_where_nobody_wants_it(self):
        self.assertNotIn(ESCAPE, on_terminal("audit", OFFICE, NO_COLOR="1"))
        self.assertNotIn(ESCAPE, on_terminal("audit", OFFICE, TERM="dumb"))
        self.assertIn(ESCAPE, on_terminal("audit", OFFICE, NO_COLOR=""))

    def test_ndjson_never_has_it(self):
        self.assertNotIn(ESCAPE, on_terminal("audit", "--format", "ndjson", OFFICE))

    def test_it_changes_no_other_byte(self):
        coloured = on_terminal("audit", OFFICE).split("\r")[-1]
        self.assertEqual(re.sub(r"\x1b\[[0-9;]*m", "", coloured), sipcheck("audit", OFFICE).out)


class Progress(Test):
    def setUp(self):
        super().setUp()
        self.many = self.capture("many.pcap", *[packet(message())] * 3000)

    def test_on_a_terminal_only(self):
        self.assertRegex(on_terminal("audit", self.many), r"\r *\d+%")
        self.assertRegex(on_terminal("audit", self.many, stdout=False), r"\r *\d+%")
        self.assertEqual(sipcheck("audit", self.many).err, "")

    def test_not_between_findings(self):
        self.assertNotIn("%\r", on_terminal("audit", "--format", "ndjson", self.many))


class Width(unittest.TestCase):
    def longest(self, text):
        return max(len(line) for line in text.splitlines() if not line.startswith("  corpus/"))

    def test_words_go_to_the_next_line(self):
        for columns in (60, 80, 100):
            for words in (["audit", OFFICE], ["explain", "rfc3261-8.1.1.5-cseq-method"]):
                with self.subTest(columns=columns, words=words):
                    narrow = sipcheck(*words, COLUMNS=str(columns)).out
                    wide = sipcheck(*words, COLUMNS="500").out
                    if columns == 100:
                        self.assertLessEqual(self.longest(narrow), columns)
                    self.assertLessEqual(self.longest(wide), 113)
                    if words[0] == "explain":
                        self.assertEqual(narrow.split(), wide.split())

    def test_the_terminals_own(self):
        narrow = on_terminal("audit", OFFICE, columns=70, NO_COLOR="1").split("\r")[-1]
        self.assertEqual(narrow, sipcheck("audit", OFFICE, COLUMNS="70").out)


class Pipes(unittest.TestCase):
    def start(self, *words, **more):
        return subprocess.Popen([SIPCHECK, *words], cwd=ROOT, env=environment(), **more)

    def test_a_full_device(self):
        for words in (["audit", OFFICE], ["audit", "--format", "ndjson", OFFICE], ["parse", "corpus/parse"],
                      ["rules", "list"], ["coverage", "rfc3261"], ["fields"], ["--help"]):
            with self.subTest(words=words), open("/dev/full", "wb") as full:
                process = self.start(*words, stdout=full, stderr=subprocess.PIPE)
                err = process.communicate(timeout=60)[1].decode()
                self.assertEqual((process.returncode, err), (
                    3, "sipcheck: standard output could not be written to the end: No space left on device\n"))

    def test_a_closed_pipe_ends_it_quietly(self):
        """As `| head -1` does; also where a parent ignores SIGPIPE."""
        for ignore in (False, True):
            with self.subTest(ignore=ignore):
                handler = signal.SIG_IGN if ignore else signal.SIG_DFL
                process = self.start("audit", "--verdicts", "all", "--format", "ndjson", OFFICE, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, preexec_fn=lambda how=handler: signal.signal(signal.SIGPIPE, how))
                process.stdout.readline()
                process.stdout.close()
                err = process.stderr.read().decode()
                process.stderr.close()
                self.assertEqual((process.wait(60), err), (3 if ignore else -signal.SIGPIPE, ""))


class Input(unittest.TestCase):
    def test_nobody_types_findings(self):
        ours, theirs = pty.openpty()
        done = subprocess.run([SIPCHECK, "extract", OFFICE, "-o", "/dev/null"], cwd=ROOT, env=environment(), stdin=theirs,
                              capture_output=True, timeout=60)
        os.close(ours)
        os.close(theirs)
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        self.assertIn(b"extract wants --rule, --frames or --call-id, or the findings of", done.stderr)


class Live(unittest.TestCase):
    """A pipe that stays open, as of tcpdump -U."""

    def start(self, *words, command="audit"):
        process = subprocess.Popen([SIPCHECK, command, *words, "-"], cwd=ROOT, env=environment(), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdin.write(office())
        process.stdin.flush()
        return process

    def wait_until_read(self, process):
        waiting = 1
        while waiting:
            time.sleep(0.05)
            waiting = struct.unpack("i", fcntl.ioctl(process.stdin, termios.FIONREAD, bytes(4)))[0]

    def finish(self, process):
        out, err = process.stdout.read().decode(), process.stderr.read().decode()
        process.stdin.close()
        process.stdout.close()
        process.stderr.close()
        return process.wait(60), out, err

    def test_findings_come_before_the_end(self):
        process = self.start("--format", "ndjson")
        first = process.stdout.readline().decode()
        self.assertTrue(first.startswith('{"verdict":"fail"'))
        process.stdin.close()
        process.stdin = open(os.devnull, "wb")
        code, out, err = self.finish(process)
        self.assertIn('{"summary"', out)
        self.assertEqual((code, err), (1, ""))

    def next_finding(self, process, frame):
        """Comes while the writer is silent."""
        line = "so far"
        while line and f'"frame":{frame},' not in line:
            line = process.stdout.readline().decode()
        self.assertTrue(line, f"nothing about frame {frame}")

    def test_each_message_is_told_of_at_once(self):
        """From standard input and from a named pipe; captures and logs."""
        bad = message(CSeq="1 BYE")
        # libwiretap wants to see two packets before it believes in a pcap.
        capture = [(2, pcap(packet(bad), packet(bad, at=1_767_603_601)))]
        capture += [(frame, pcap(packet(bad, at=1_767_603_600 + frame))[24:]) for frame in (3, 4)]
        log = [(frame, bad.replace(b"\r", b"")) for frame in (1, 2, 3, 4)]
        for words, pieces in (([], capture), (["--format-in", "text"], log)):
            with self.subTest(words=words), tempfile.TemporaryDirectory() as folder:
                fifo = os.path.join(folder, "pipe")
                os.mkfifo(fifo)
                for path in ("-", fifo):
                    process = subprocess.Popen([SIPCHECK, "audit", "--format", "ndjson", *words, path], cwd=ROOT,
                                               env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                               stderr=subprocess.PIPE)
                    writer = process.stdin if path == "-" else open(fifo, "wb", buffering=0)
                    for frame, piece in pieces:
                        writer.write(piece)
                        writer.flush()
                        self.next_finding(process, frame)
                    writer.close()
                    if path == "-":
                        process.stdin = open(os.devnull, "wb")
                    code, out, err = self.finish(process)
                    self.assertEqual((code, err), (1, ""))
                    self.assertIn('"messages":4', out)

    def test_an_interrupt_ends_a_file_and_not_the_report(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "long.pcap")
            with open(path, "wb") as file:
                file.write(pcap())
                file.write(pcap(*[packet(message(CSeq="1 BYE"))] * 1000)[24:] * 60)
            process = subprocess.Popen([SIPCHECK, "audit", "--keep-duplicates", path], cwd=ROOT, env=environment(),
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            while not any(os.path.realpath(f"/proc/{process.pid}/fd/{fd}") == os.path.realpath(path)
                          for fd in os.listdir(f"/proc/{process.pid}/fd")):
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            code, out, err = self.finish(process)
            self.assertEqual((code, err), (1, ""))
            self.assertIn("! stopped by ^C: what follows was not read", out)

    def test_an_interrupt_ends_the_capture_and_not_the_report(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number=number):
                process = self.start()
                self.wait_until_read(process)
                process.send_signal(number)
                code, out, err = self.finish(process)
                self.assertEqual((code, err), (1, ""))
                self.assertEqual(out, sipcheck("audit", OFFICE).out.replace(OFFICE, "-"))

    def test_what_was_heard_until_an_interrupt_is_listed_and_drawn(self):
        for command, words in (("calls", ()), ("flow", ("--all",))):
            with self.subTest(command=command):
                process = self.start(*words, command=command)
                self.wait_until_read(process)
                process.send_signal(signal.SIGINT)
                self.assertEqual(self.finish(process), (0, sipcheck(command, *words, OFFICE).out, ""))

    def test_the_writer_may_say_its_last_word(self):
        process = self.start("--format", "ndjson")
        self.wait_until_read(process)
        process.send_signal(signal.SIGINT)
        process.stdin.write(office()[24:])
        process.stdin.close()
        process.stdin = open(os.devnull, "wb")
        code, out, _ = self.finish(process)
        self.assertEqual(code, 1)
        self.assertIn('"messages":22', out)

    def test_a_second_interrupt_kills(self):
        process = self.start()
        self.wait_until_read(process)
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.finish(process), (-signal.SIGINT, "", ""))


main()
