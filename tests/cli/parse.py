# SPDX-License-Identifier: MIT
"""sipcheck parse: the contract of its lines, its paths and its exit codes."""

import os

from command import Test, main, message

VALID, INVALID = message(), message(CSeq="1INVITE")
LINE = ["file", "valid", "errors"]
ERROR = ["offset", "length", "header", "production", "wanted", "section"]


class Contract(Test):
    def parse(self, *paths, code=0, **more):
        return self.run_command("parse", "--format", "ndjson", *paths, code=code, **more).objects()

    def test_a_valid_file(self):
        path = self.write("a.sip", VALID)
        self.assertEqual(self.parse(path), [{"file": path, "valid": True, "errors": []}])

    def test_keys_in_the_order_of_the_contract(self):
        [line] = self.parse(self.write("a.sip", INVALID), code=1)
        self.assertEqual(list(line)[:3], LINE)
        self.assertIs(line["valid"], False)
        [error] = line["errors"]
        self.assertEqual(list(error)[:6], ERROR)
        self.assertEqual((error["offset"], error["header"]), (INVALID.index(b"INVITE\r"), "CSeq"))

    def test_a_fault_outside_a_header_has_none(self):
        [line] = self.parse(self.write("a.sip", b"junk\r\n\r\n"), code=1)
        self.assertIsNone(line["errors"][0]["header"])

    def test_an_empty_file_is_no_message(self):
        [line] = self.parse(self.write("empty.sip", b""), code=1)
        self.assertEqual((line["valid"], line["errors"][0]["offset"]), (False, 0))

    def test_standard_input(self):
        self.assertEqual(self.parse("-", stdin=VALID), [{"file": "-", "valid": True, "errors": []}])
        self.assertEqual(self.parse("--", "-", stdin=VALID), [{"file": "-", "valid": True, "errors": []}])

    def test_noise_gives_valid_json(self):
        for seed in range(40):
            noise = bytes((i * i * (seed + 3) + seed * 7 + (i >> 3)) & 255 for i in range(700))
            for content in (noise, VALID[:60] + noise, VALID.replace(b"70", noise)):
                [line] = self.parse(self.write("noise", content), code=1)
                self.assertFalse(line["valid"])


class Paths(Test):
    def files(self, *paths, code=0, err=""):
        outcome = self.run_command("parse", "--format", "ndjson", *paths, code=code, err=err)
        return outcome.objects()

    def test_folders_are_walked_in_order(self):
        names = ["b/z.sip", "a.sip", "b/c/d.sip", "b/a", "c.txt"]
        for name in names:
            self.write(name, VALID)
        files = [line["file"] for line in self.files(self.folder)]
        self.assertEqual(files, [f"{self.folder}/{name}" for name in ["a.sip", "b/a", "b/c/d.sip", "b/z.sip", "c.txt"]])

    def test_links_to_folders_and_what_is_no_file_are_left_out_of_the_walk(self):
        self.write("a.sip", VALID)
        os.symlink(self.folder, self.folder / "circle")
        os.mkfifo(self.folder / "pipe")
        self.assertEqual([line["file"] for line in self.files(self.folder)], [f"{self.folder}/a.sip"])

    def test_paths_come_in_the_order_given(self):
        first, second = self.write("z.sip", VALID), self.write("a/a.sip", INVALID)
        lines = self.files(first, self.folder / "a", first, code=1)
        self.assertEqual([line["file"] for line in lines], [first, second, first])

    def test_odd_names(self):
        for name, shown in [(b'q"uo\\te.sip', 'q"uo\\te.sip'), ("ümlaut.sip".encode(), "ümlaut.sip"),
                            (b"new\nline.sip", "new\nline.sip"), (b"bad\xff.sip", "bad\ufffd.sip")]:
            path = self.write(name, VALID)
            with self.subTest(name=name):
                self.assertEqual([line["file"] for line in self.files(path)], [f"{self.folder}/{shown}"])

    def test_odd_names_stay_on_one_line_of_text(self):
        out = self.run_command("parse", self.write(b"new\nline\xff\x1b.sip", VALID)).out
        self.assertEqual(out, f"{self.folder}/new\\x0aline\\xff\\x1b.sip: valid\n")

    def test_what_cannot_be_read_is_said_and_the_rest_is_judged(self):
        path = self.write("a.sip", INVALID)
        lines = self.files("missing.sip", path, code=3, err="sipcheck: missing.sip: No such file or directory\n")
        self.assertEqual([line["valid"] for line in lines], [None, False])
        self.assertIn("No such file", lines[0]["problem"])

    def test_a_file_that_may_not_be_read(self):
        path = self.write("secret.sip", VALID)
        os.chmod(path, 0)
        if os.access(path, os.R_OK):
            self.skipTest("root may read everything")
        self.files(path, code=3, err="Permission denied")

    def test_larger_than_a_message_may_be(self):
        [line] = self.files(self.write("huge.sip", VALID + bytes(1 << 21)), code=3, err="larger than")
        self.assertIsNone(line["valid"])

    def test_a_folder_without_a_file_is_no_pass(self):
        self.run_command("parse", self.folder, code=3, err="there is no file in these folders")

    def test_thousands_of_files(self):
        for i in range(2000):
            self.write(f"{i % 10}/{i}.sip", VALID if i % 4 else INVALID)
        lines = self.files(self.folder, code=1)
        self.assertEqual((len(lines), sum(line["valid"] for line in lines)), (2000, 1500))


class Text(Test):
    def test_the_fault_is_shown_and_underlined(self):
        path = self.write("a.sip", message(Max_Forwards="7x"))
        self.assertEqual(self.run_command("parse", path, code=1).out.splitlines()[1:], [
            "  byte 113: Max-Forwards: wanted end of field (RFC 3261 §25.1)",
            "    Max-Forwards: 7x",
            "                   ^",
        ])

    def test_a_long_line_is_shown_around_its_fault(self):
        path = self.write("a.sip", message(Subject="x" * 3000 + "\x01" + "y" * 3000))
        excerpt, carets = self.run_command("parse", path, code=1, COLUMNS="60").out.splitlines()[2:4]
        self.assertLessEqual(len(excerpt), 66)
        self.assertEqual(excerpt[carets.index("^"):carets.rindex("^") + 1], "\\x01")
        self.assertTrue(excerpt.strip().startswith("…") and excerpt.endswith("…"))

    def test_a_name_as_long_as_the_message_is_shown_in_part(self):
        path = self.write("a.sip", message().replace(b"Max-Forwards", b"x" * 3000 + b"\x01"))
        line = self.run_command("parse", path, code=1, COLUMNS="60").out.splitlines()[1]
        self.assertRegex(line, "^  byte [0-9]+: x{60}…, message-header: wanted ")


class Usage(Test):
    def test_values_may_be_attached_to_short_options(self):
        path = self.write("-fxml", message())
        self.run_command("parse", "-fndjson", path)
        self.run_command("parse", "-fxml", path, code=2, err="--format is text or ndjson, not 'xml'")
        self.run_command("parse", "-f", "-fxml", path, code=2, err="--format is text or ndjson, not '-fxml'")
        self.run_command("parse", "--format", "-fxml", path, code=2, err="not '-fxml'")
        self.run_command("parse", "-f", code=2, err="-f")
        self.assertIn("valid", self.run_command("parse", "--", "-fxml", cwd=self.folder).out)

    def test_mistakes(self):
        for words, err in [([], "at least one PATH"), (["--format", "xml", "a"], "--format is text or ndjson"),
                           (["--bogus"], "there is no option --bogus")]:
            with self.subTest(words=words):
                self.run_command("parse", *words, code=2, err=err)


main()
