# SPDX-License-Identifier: MIT
"""What is one element in the report: a port at which somebody listens, and the connections that he opened."""

import re

from command import Test, main, message, packet, segment

FIRST = 1_767_603_600
HEAD = re.compile(r"^(\S+:\d+)( \(\+\d+ ports?\))?  as (.*?)  sent (\d+), (\d+ errors?)", re.M)


def bad(number, sent_by="192.0.2.1", src="192.0.2.1", sport=40000, protocol="TCP", **headers):
    """An OPTIONS with another method in CSeq."""
    text = message(Via=f"SIP/2.0/{protocol} {sent_by};branch=z9hG4bK{number}", Call_ID=f"c{number}", CSeq=f"{number} BYE", **headers)
    return segment(text, src=src, sport=sport, at=FIRST + number)


class Elements(Test):
    def elements(self, *packets, words=()):
        """(address, further ports, messages sent, what was found) of each, as they stand there."""
        path = self.capture("a.pcap", *packets)
        out = self.run_command("audit", *words, path, code=1).out
        for jobs in (2, 3):
            self.assertEqual(self.run_command("audit", *words, "--jobs", str(jobs), path, code=1).out, out)
        return [(m[0], m[1].strip(), int(m[3]), m[4]) for m in HEAD.findall(out)]

    def test_connections_are_those_of_who_listens(self):
        packets = [bad(1, sport=40001), bad(2, sport=40002), bad(3, sent_by="192.0.2.1:5060", sport=40003)]
        self.assertEqual(self.elements(*packets), [("192.0.2.1:5060", "(+3 ports)", 3, "3 errors")])
        self.assertEqual(self.elements(*packets[:1]), [("192.0.2.1:5060", "(+1 port)", 1, "1 error")])
        culprits = [f["culprit"] for f in self.run_command("audit", "--format", "ndjson", "a.pcap", cwd=self.folder, code=1).findings()]
        self.assertEqual(set(culprits), {"192.0.2.1:40001"})
        report = self.run_command("audit", self.capture("b.pcap", *packets), code=1).out
        self.assertIn("×3  frames 1, 2, 3\n", report)

    def test_with_what_it_sends_from_there(self):
        own = packet(message(CSeq="9 BYE", Via="SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK9"), at=FIRST)
        first = self.run_command("audit", self.capture("a.pcap", own, bad(1)), code=1).out
        self.assertEqual(self.elements(own, bad(1)), [("192.0.2.1:5060", "(+1 port)", 2, "2 errors")])
        self.assertIn("×2  frames 1, 2\n", first)
        self.assertIn("request line says OPTIONS, CSeq says BYE\n             CSeq: 9 BYE", first)
        later = packet(message(CSeq="9 BYE", Via="SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK9"), at=FIRST + 5)
        self.assertIn("CSeq: 1 BYE", self.run_command("audit", self.capture("a.pcap", bad(1), later), code=1).out)

    def test_more_frames_than_are_shown(self):
        packets = [bad(i, sport=40000 + i) for i in range(1, 9)]
        out = self.run_command("audit", self.capture("a.pcap", *packets), code=1).out
        self.assertIn("×8  frames 1, 2, 3, 4, 5, …\n", out)

    def test_the_default_port_is_that_of_the_transport(self):
        self.assertEqual(self.elements(bad(1, protocol="TLS")), [("192.0.2.1:5061", "(+1 port)", 1, "1 error")])

    def test_phones_behind_a_nat_stay_apart(self):
        """Their Vias name addresses that nobody saw."""
        phones = [bad(i, sent_by="10.0.0.%d" % i, sport=40000 + i, src="203.0.113.7") for i in (1, 2)]
        self.assertEqual(self.elements(*phones), [("203.0.113.7:40001", "", 1, "1 error"), ("203.0.113.7:40002", "", 1, "1 error")])
        named = [bad(i, sent_by="phone.example.com", sport=40000 + i) for i in (1, 2)]
        self.assertEqual([e[0] for e in self.elements(*named)], ["192.0.2.1:40001", "192.0.2.1:40002"])

    def test_two_who_listen_at_one_address(self):
        packets = [bad(1, sent_by="192.0.2.1:5070", sport=40001), bad(2, sent_by="192.0.2.1:5080", sport=40002)]
        self.assertEqual([e[:2] for e in self.elements(*packets)], [("192.0.2.1:5070", "(+1 port)"), ("192.0.2.1:5080", "(+1 port)")])

    def test_a_port_that_says_two_things(self):
        two = bad(1, sent_by="192.0.2.1:5070"), bad(2, sent_by="192.0.2.1:5080")
        both = segment(two[0][1][40:] + two[1][1][40:], sport=40000, at=FIRST)
        self.assertEqual([e[:2] for e in self.elements(both)], [("192.0.2.1:40000", "")])

    def test_who_is_said_to_listen_must_not_say_so_of_another(self):
        packets = [bad(1, sent_by="192.0.2.1:40002", sport=40001), bad(2, sent_by="192.0.2.1:40001", sport=40002)]
        self.assertEqual([e[:2] for e in self.elements(*packets)], [("192.0.2.1:40001", ""), ("192.0.2.1:40002", "")])

    def test_addresses_of_either_family(self):
        self.assertEqual(self.elements(bad(1, sent_by="[2001:db8::1]"))[0][0], "192.0.2.1:40000")
        self.assertEqual(self.elements(bad(1, sent_by="192.0.2.2"))[0][0], "192.0.2.1:40000")
        self.assertEqual(self.elements(bad(1, sent_by="192.0.2.1:99999"))[0][0], "192.0.2.1:40000")

    def test_datagrams_are_as_they_were(self):
        odd = packet(message(CSeq="1 BYE", Via="SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1"), sport=40000)
        self.assertEqual(self.elements(odd)[0][:2], ("192.0.2.1:40000", ""))

    def test_the_ladder_of_a_connection(self):
        out = self.run_command("audit", "--ladder", self.capture("a.pcap", bad(1)), code=1).out
        self.assertIn("▸ 1  +0.000000  192.0.2.1:40000 → 192.0.2.2:5060", out)


main()
