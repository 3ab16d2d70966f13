# SPDX-License-Identifier: MIT
"""--role: what an element is goes before what its messages tell."""

from command import Test, main, message, packet, pcap

ALICE, MIDDLE, BOB = "192.0.2.1", "192.0.2.2", "192.0.2.3"
OWN = "SIP/2.0/UDP desk.example.com;branch=z9hG4bKa"
RULE = "rfc3261-8.1.1.5-cseq-method"  # it binds clients, not proxies
REQUEST = """OPTIONS sip:bob@example.com SIP/2.0
{vias}
Max-Forwards: {left}
From: <sip:alice@example.com>;tag=1ezbbd31pd2s
To: <sip:bob@example.com>
Call-ID: 3119849255785412322@desk.example.com
CSeq: 1 BYE
Accept: application/sdp
Content-Length: 0

"""


def request(src, dst, passed_on):
    vias = [f"Via: {OWN};received={ALICE}" if passed_on else f"Via: {OWN}"]
    if passed_on:
        vias.insert(0, "Via: SIP/2.0/UDP p1.example.com;branch=z9hG4bKp")
    return packet(message(REQUEST.format(vias="\n".join(vias), left=70 - passed_on)), src, dst, at=1_767_603_600 + passed_on / 100)


class Roles(Test):
    def verdicts(self, packets, *roles, err=""):
        """Frame, verdict and role of each verdict of the rule."""
        path = self.write("a.pcap", pcap(*packets))
        words = [word for role in roles for word in ("--role", role)]
        done = self.run_command("audit", "--format", "ndjson", "--verdicts", "pass,fail,unknown", *words, path, code=None, err=err)
        return [(f["frame"], f["verdict"], f["role"]) for f in done.findings() if f["rule"] == RULE]

    def test_a_copy_alone(self):
        """Whether somebody else wrote it, one message can't tell."""
        copy = [request(MIDDLE, BOB, True)]
        self.assertEqual(self.verdicts(copy), [(1, "unknown", "proxy")])
        for role in ("b2bua", "uac", "uas", "registrar", "redirect"):
            self.assertEqual(self.verdicts(copy, f"{MIDDLE}={role}"), [(1, "fail", "uac")], role)
        self.assertEqual(self.verdicts(copy, f"{MIDDLE}=proxy"), [])

    def test_a_copy_behind_its_original(self):
        both = [request(ALICE, MIDDLE, False), request(MIDDLE, BOB, True)]
        self.assertEqual(self.verdicts(both), [(1, "fail", "uac")])
        self.assertEqual(self.verdicts(both, f"{MIDDLE}=b2bua"), [(1, "fail", "uac"), (2, "fail", "uac")])
        self.assertEqual(self.verdicts(both, f"{ALICE}=proxy"), [(1, "fail", "proxy")])

    def test_a_port_goes_before_the_address(self):
        copy = [request(MIDDLE, BOB, True)]
        self.assertEqual(self.verdicts(copy, f"{MIDDLE}=proxy", f"{MIDDLE}:5060=b2bua"), [(1, "fail", "uac")])
        self.assertEqual(self.verdicts(copy, f"{MIDDLE}=proxy", f"{MIDDLE}:5070=b2bua",
                                       err=f"--role {MIDDLE}:5070=b2bua: the capture has no SIP message"), [])
        self.assertEqual(self.verdicts(copy, "[2001:db8::1]:5060=b2bua", f"{BOB}=b2bua",
                                       err="--role [2001:db8::1]:5060=b2bua: the"), [(1, "unknown", "proxy")])

    def test_responses(self):
        answer = message("""SIP/2.0 200 OK
Via: SIP/2.0/UDP desk.example.com;branch=z9hG4bKa;received=192.0.2.1
From: <sip:alice@example.com>;tag=1ezbbd31pd2s
To: <sip:bob@example.com>;tag=x
Call-ID: 3119849255785412322@desk.example.com
CSeq: 1 OPTIONS
Date: today
Content-Length: 0

""")
        path = self.write("a.pcap", pcap(packet(answer, BOB, ALICE)))
        for role, shown in (("uac", "uas"), ("b2bua", "uas"), ("proxy", "proxy"), ("registrar", "registrar"), ("redirect", "redirect")):
            done = self.run_command("audit", "--format", "ndjson", "--role", f"{BOB}={role}", path, code=1)
            self.assertEqual({f["role"] for f in done.findings()}, {shown}, role)

    def test_the_report_names_it(self):
        path = self.write("a.pcap", pcap(request(MIDDLE, BOB, True)))
        self.assertIn(f"{MIDDLE}:5060  as uac", self.run_command("audit", "--role", f"{MIDDLE}=b2bua", path, code=1).out)
        self.assertIn(RULE, self.run_command("flow", "--findings", "--role", f"{MIDDLE}=b2bua", path).out)
        self.assertNotIn(RULE, self.run_command("flow", "--findings", path).out)

    def test_wrong_words(self):
        path = self.write("a.pcap", pcap())
        for word in ("10.0.0.1", "10.0.0.1=", "=proxy", "10.0.0.1=phone", "host=proxy", "10.0.0.1:0=proxy"):
            self.run_command("audit", "--role", word, path, code=2, err="--role is ADDR=ROLE or ADDR:PORT=ROLE")
        self.run_command("audit", "--role", "10.0.0.1=uac", "--role", "10.0.0.1=proxy", path, code=2,
                         err="--role says twice what 10.0.0.1 is")


if __name__ == "__main__":
    main()
