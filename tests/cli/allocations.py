# SPDX-License-Identifier: MIT
"""sipcheck audit allocates nothing a message but the copy that is kept of it for its transaction: what has to grow has
grown by the first half of a capture."""

import os
import unittest

from command import Test, main, message, packet

COUNTER = os.environ.get("COUNT_ALLOCATIONS")
HALF = 400

# One of each kind that findings come in: values in their texts, none, bytes that need escapes, syntax, a body.
KINDS = [
    message(),
    message(CSeq="1 BYE"),
    message(Max_Forwards=None),
    message(Call_ID="\x01\"\u00e9@x"),
    message(Via="?"),
    message(Content_Type="application/sdp", Content_Length="9").replace(b"\r\n\r\n", b"\r\n\r\nv=0\r\no=-\r\n"),
    b"SIP/2.0 405 No" + message(Max_Forwards=None, To="<sip:b@example.com>;tag=1")[35:],
]


def packets(count):
    """Two a second from three senders, each with a body or a port of its own, so that none is a copy."""
    return [packet(KINDS[i % len(KINDS)], sport=5060 + i % 3, at=1_767_603_600 + i / 2) for i in range(count)]


@unittest.skipUnless(COUNTER, "SKIPPED: sanitizers have an allocator of their own")
class Allocations(Test):
    def count(self, name, *words):
        """What the command allocated by itself, and libwiretap while it read."""
        said = self.folder / "allocations"
        self.run_command("audit", *words, name, code=1, cwd=self.folder, LD_PRELOAD=COUNTER, ALLOCATIONS=str(said))
        return [int(word) for word in said.read_text().split()]

    def test_one_a_message_at_most(self):
        self.capture("half.pcap", *packets(HALF))
        self.capture("whole.pcap", *packets(2 * HALF))
        for words in ([], ["--format", "ndjson"], ["--verdicts", "fail,unknown"],
                      ["--format", "ndjson", "--verdicts", "all"], ["--dut", "192.0.2.1"]):
            with self.subTest(words=words):
                half, whole = self.count("half.pcap", *words), self.count("whole.pcap", *words)
                self.assertGreater(half[0], 0)
                self.assertGreaterEqual(whole[0], half[0])
                self.assertLessEqual(whole[0] - half[0], HALF)
                # libwiretap's own: a block of options for each record. It shows that the counter counts.
                self.assertGreaterEqual(whole[1] - half[1], HALF)


if not COUNTER:
    print("SKIPPED: allocations are counted in builds without sanitizers")
main()
