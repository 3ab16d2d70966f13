# SPDX-License-Identifier: MIT
"""What two elements say to each other, as packets: Talk().invite().answer(180).answer(200).ack()."""

from command import message, packet

ALICE, BOB = "192.0.2.1", "192.0.2.2"
REASONS = {100: "Trying", 180: "Ringing", 200: "OK", 401: "Unauthorized", 486: "Busy Here"}
SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
REQUEST = """{method} sip:bob@example.com SIP/2.0
Via: SIP/2.0/UDP {src}:5060;branch={branch}
Max-Forwards: 70
From: <sip:alice@example.com>;tag=a1
To: <sip:bob@example.com>{tag}
Call-ID: {call_id}
CSeq: {cseq} {method}
Contact: <sip:alice@192.0.2.1>
Allow: INVITE, ACK, BYE, CANCEL, OPTIONS
Supported: timer
Content-Length: 0

"""
RESPONSE = """SIP/2.0 {status} {reason}
Via: SIP/2.0/UDP {dst}:5060;branch={branch}
From: <sip:alice@example.com>;tag=a1
To: <sip:bob@example.com>{tag}
Call-ID: {call_id}
CSeq: {cseq} {method}
Contact: <sip:bob@192.0.2.2>
Content-Length: 0

"""


class Talk:
    """`at`: seconds from the start; without it a hundredth behind the message before. Headers: as of message()."""

    def __init__(self, call_id="1@example.com", start=0, **headers):
        self.packets, self.now, self.headers = [], start - 0.01, headers
        self.last = {"call_id": call_id, "cseq": 0, "method": "INVITE", "branch": "z9hG4bK0", "src": ALICE, "dst": BOB,
                     "tag": ""}
        self.asked = (ALICE, BOB)  # who sent the last request to whom

    def add(self, text, at, headers, sdp=False, **words):
        self.now = self.now + 0.01 if at is None else at
        self.last |= words
        body = SDP if sdp else ""
        if sdp:
            headers = {"Content_Type": "application/sdp", "Content_Length": str(len(body)), **headers}
        payload = message(text.format(**self.last), **self.headers, **headers) + body.encode()
        self.packets.append(packet(payload, src=self.last["src"], dst=self.last["dst"], at=1_767_603_600 + self.now))
        return self

    def request(self, method, cseq=None, to_tag=False, src=ALICE, dst=BOB, at=None, branch=None, sdp=False, **headers):
        cseq = self.last["cseq"] + 1 if cseq is None else cseq
        self.asked = (src, dst)
        return self.add(REQUEST, at, headers, sdp, method=method, cseq=cseq, src=src, dst=dst, tag=";tag=b1" if to_tag else "",
                        branch=branch or f"z9hG4bK{cseq}{method}")

    def invite(self, **more):
        return self.request("INVITE", sdp=True, **more)

    def ack(self, **more):
        return self.request("ACK", cseq=self.last["cseq"], to_tag=True, **more)

    def answer(self, status, to=None, at=None, **headers):
        """The last request's response; to: of another method."""
        dst, src = self.asked
        return self.add(RESPONSE, at, headers, status=status, reason=REASONS.get(status, "Other"), src=src, dst=dst,
                        method=to or self.last["method"], tag="" if status == 100 else ";tag=b1")

    def repeat(self, at=None):
        """The last message once more, in a datagram of its own: another identification than the one before."""
        self.now = self.now + 0.01 if at is None else at
        _, captured, wire = self.packets[-1]
        again = captured[:4] + bytes([captured[4] + 1]) + captured[5:]
        self.packets.append((1_767_603_600 + self.now, again, wire))
        return self
