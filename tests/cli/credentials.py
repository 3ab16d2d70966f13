# SPDX-License-Identifier: MIT
"""--credentials: Digest is verified with the passwords of a file, which is read strictly and never shown."""

import hashlib
import itertools
import json

from command import Test, main, message, packet, pcap

NONCE, COUNT, CNONCE, URI = "dcd98b7102dd", "00000001", "0a4f113b", "sip:example.com"
HASHES = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
RIGHT = "alice example.com password geheim\n"
REGISTER = """REGISTER sip:example.com SIP/2.0
Via: SIP/2.0/UDP desk.example.com;branch=z9hG4bK{branch}
Max-Forwards: 70
From: <sip:alice@example.com>;tag=1ezbbd31pd2s
To: <sip:alice@example.com>
Call-ID: 3119849255785412322@desk.example.com
CSeq: 2 REGISTER
Authorization: {credentials}
Contact: <sip:alice@desk.example.com>
Content-Type: text/plain
Content-Length: 5

"""
BODY = b"hello"
RULE = "rfc3261-22.4-response-right"


def hashed(algorithm, text):
    return hashlib.new(HASHES[algorithm.removesuffix("-sess")], text if isinstance(text, bytes) else text.encode()).hexdigest()


def response(algorithm="MD5", qop="auth", user="alice", realm="example.com", password="geheim"):
    """RFC 7616 §3.4.1, computed apart from the project."""
    def h(text):
        return hashed(algorithm, text)
    secret = h(f"{user}:{realm}:{password}")
    if algorithm.endswith("-sess"):
        secret = h(f"{secret}:{NONCE}:{CNONCE}")
    what = h(f"REGISTER:{URI}" + (f":{h(BODY)}" if qop == "auth-int" else ""))
    return h(f"{secret}:{NONCE}:{COUNT}:{CNONCE}:{qop}:{what}" if qop else f"{secret}:{NONCE}:{what}")


def credentials(algorithm="MD5", qop="auth", user="alice", realm="example.com", more="", **made):
    text = f'Digest username="{user}", realm="{realm}", nonce="{NONCE}", uri="{URI}", algorithm={algorithm}, response="{{}}"'
    if qop or algorithm.endswith("-sess"):
        text += f', cnonce="{CNONCE}"'
    if qop:
        text += f", qop={qop}, nc={COUNT}"
    return text.format(made.get("response") or response(algorithm, qop)) + more


class Credentials(Test):
    def audit(self, *values, secrets=RIGHT, body=BODY, words=()):
        """What is said of each request with these credentials: pass, fail or why it is unknown."""
        packets = [packet(message(REGISTER.format(branch=i, credentials=value)) + body, at=1_767_603_600 + i)
                   for i, value in enumerate(values)]
        path = self.write("a.pcap", pcap(*packets))
        known = ("--credentials", self.write("secrets", secrets)) if secrets is not None else ()
        done = self.run_command("audit", "--format", "ndjson", "--verdicts", "all", *known, *words, path, code=None)
        self.assertNotIn("geheim", done.out + done.err)
        said = [finding for finding in done.findings() if finding.get("rule") == RULE]
        return [finding["message"] if finding["verdict"] == "unknown" else finding["verdict"] for finding in said]

    def test_every_algorithm_with_every_qop(self):
        kinds = [(name + session, qop) for name, session, qop in itertools.product(HASHES, ("", "-sess"), ("auth", "auth-int", ""))]
        self.assertEqual(self.audit(*(credentials(*kind) for kind in kinds)), ["pass"] * len(kinds))
        for kind in kinds:
            right = response(*kind)
            wrong = right[:-1] + ("1" if right[-1] == "0" else "0")
            # behind the first request of a session another cnonce may have made its key
            unsure = kind[0].endswith("-sess") and not kind[1]
            want = "the request that the session key was made for" if unsure else "fail"
            self.assertEqual(self.audit(credentials(*kind, response=wrong)), [want], kind)

    def test_a_changed_body_shows_with_auth_int_alone(self):
        self.assertEqual(self.audit(credentials(qop="auth-int"), credentials(qop="auth"), body=b"hullo"), ["fail", "pass"])

    def test_a_session_key_made_of_bytes_accuses_nobody(self):
        """As the sample code of RFC 2617 has it."""
        secret = bytes.fromhex(hashed("MD5", "alice:example.com:geheim"))
        key = hashed("MD5", secret + f":{NONCE}:{CNONCE}".encode())
        what = hashed("MD5", f"REGISTER:{URI}")
        made = hashed("MD5", f"{key}:{NONCE}:{COUNT}:{CNONCE}:auth:{what}")
        self.assertEqual(self.audit(credentials("MD5-sess", response=made)), ["how that algorithm or qop is computed"])

    def test_what_is_not_known_is_unknown(self):
        missing = "the password (--credentials)"
        self.assertEqual(self.audit(credentials(), secrets=None), [missing])
        for secrets in ("", "bob example.com password x\n", "alice example.net password x\n"):
            self.assertEqual(self.audit(credentials(), secrets=secrets), [missing])
        self.assertEqual(self.audit(credentials("AKAv1-MD5", response="0" * 32)), ["how that algorithm or qop is computed"])
        self.assertEqual(self.audit(credentials("SHA-256"), secrets=f"alice example.com MD5 {'0' * 32}\n"), [missing])
        self.assertEqual(self.audit(credentials(user='al\\"ice', response="0" * 32), secrets='"al\\\\\\"ice" * password x\n'),
                         ["bytes that can be read"])

    def test_ways_to_say_a_secret(self):
        ha1 = hashed("MD5", "alice:example.com:geheim")
        for secrets in ("alice * password geheim\n", f"alice example.com MD5 {ha1}\n", 'alice "example.com" password "gehe\\im"',
                        "# ours\r\n\r\n\talice\texample.com\tPASSWORD geheim # no comment: a password".replace(
                            " # no comment: a password", "") + "\r\n",
                        f"alice * password other\nalice example.com MD5 {ha1}\n", "\ufeffalice * password geheim\n"):
            self.assertEqual(self.audit(credentials(), secrets=secrets), ["pass"], secrets)

    def test_a_hashed_username(self):
        name = hashed("SHA-256", "alice:example.com")
        value = credentials("SHA-256", user=name, more=", userhash=true")
        self.assertEqual(self.audit(value), ["pass"])
        self.assertEqual(self.audit(value, secrets="alice * password geheim\n"), ["the password (--credentials)"])

    def refused(self, text, where):
        path = self.write("secrets", text)
        done = self.run_command("audit", "--credentials", path, self.write("a.pcap", pcap()), code=2, err=f"{path}:{where}")
        self.assertNotIn("geheim", done.out + done.err)

    def test_bad_lines_are_refused(self):
        for text, where in [
                ("alice\n", "1:6: a realm is wanted here"), ("\nalice r\n", "2:8: password, MD5, SHA-256 or"),
                ("alice r password\n", "1:17: the password or hash is wanted here"),
                ("alice r secret geheim\n", "1:9: password, MD5, SHA-256 or"),
                ("alice r password geheim x\n", "1:25: nothing is wanted here"),
                ('alice "r password geheim\n', "1:7: the closing quote is missing"),
                ('"alice"r password geheim\n', "1:8: a blank is wanted behind"),
                ('"" r password geheim\n', "1:1: a user's name is wanted here"),
                ('alice "" password geheim\n', "1:7: a realm is wanted here"),
                ("a:b r password geheim\n", "1:1: no user's name has a colon"),
                ("alice r MD5 geheim\n", "1:13: the hash is wanted here"),
                (f"alice r SHA-256 {'0' * 32}\n", "1:17: the hash is wanted here"),
                (f"alice r MD5 {'A' * 32}\n", "1:13: the hash is wanted here"),
                (f"alice * MD5 {'0' * 32}\n", "1:7: a hash is of one realm"),
                ("a r password geheim\nb r password x\na r password geheim\n", "3:1: this was said of that user"),
                (b"alice r password ge\x00heim\n", "1:20: a control character")]:
            with self.subTest(text=text):
                self.refused(text, where)

    def test_standard_input(self):
        path = self.write("a.pcap", pcap(packet(message(REGISTER.format(branch=1, credentials=credentials())) + BODY)))
        words = ("audit", "--verdicts", "pass", "--format", "ndjson", "--credentials", "-")
        done = self.run_command(*words, path, stdin=b"alice * password geheim\n", code=None)
        self.assertIn("rfc3261-22.4-response-right", [line["rule"] for line in done.findings()])
        self.run_command(*words, "-", stdin=b"", code=2, err="standard input (-) can be read once only")

    def test_limits(self):
        most = "".join(f"u{i} r password geheim\n" for i in range(20000))
        self.assertEqual(self.audit(credentials(), secrets=most), ["the password (--credentials)"])
        self.refused(most + "u r password geheim\n", "20001:1: more than 20000 secrets")
        long = "x" * 512
        self.assertEqual(self.audit(credentials(user=long, response="0" * 32), secrets=f"{long} * password x\n"), ["fail"])
        self.assertEqual(self.audit(credentials(user=long + "x", response="0" * 32)), ["the password (--credentials)"])
        self.refused(f"{long}x * password geheim\n", "1:1: this is longer than 512 bytes")
        path = self.write("secrets", "#" * (4 * 1024 * 1024) + "\n")
        self.run_command("audit", "--credentials", path, self.write("a.pcap", pcap()), code=2, err="longer than 4 MiB")

    def test_a_file_that_is_not_there(self):
        self.run_command("audit", "--credentials", str(self.folder / "none"), self.write("a.pcap", pcap()), code=2, err="none: ")

    def test_flow_and_extract_know_them_too(self):
        wrong = packet(message(REGISTER.format(branch=1, credentials=credentials(response="0" * 32))) + BODY)
        path, known = self.write("a.pcap", pcap(wrong)), self.write("secrets", RIGHT)
        drawn = self.run_command("flow", "--findings", "--credentials", known, path)
        self.assertIn(RULE, drawn.out)
        self.assertNotIn(RULE, self.run_command("flow", "--findings", path).out)
        copy = str(self.folder / "copy.pcapng")
        self.run_command("extract", "--rule", RULE, "--credentials", known, path, "-o", copy, code=None, err=None)
        self.assertEqual(self.audit_of(copy), ["fail"])

    def audit_of(self, path):
        done = self.run_command("audit", "--format", "ndjson", "--credentials", self.write("secrets", RIGHT), path, code=None)
        return [finding["verdict"] for finding in map(json.loads, done.out.splitlines()) if finding.get("rule") == RULE]


if __name__ == "__main__":
    main()
