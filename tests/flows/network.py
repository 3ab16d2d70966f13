# SPDX-License-Identifier: MIT
"""Elements that keep the RFCs, and a wire that notes what they send."""

import hashlib
import random

from message import Message, tag_of, uri_of

START = 1_767_603_600_000_000  # microseconds
ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, REFER, NOTIFY, SUBSCRIBE, INFO, MESSAGE"


class Step:
    """A message on the wire between two elements."""

    def __init__(self, at, src, dst, message, transport):
        self.at, self.src, self.dst, self.message, self.transport = at, src, dst, message, transport


class Wire:
    """at: microseconds since the flow began."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.at, self.steps = 0, []

    def word(self, length=10):
        return "".join(self.random.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(length))

    def wait(self, milliseconds):
        self.at += int(milliseconds * 1000)

    def put(self, src, dst, message, transport="UDP", after=4):
        self.wait(after)
        self.steps.append(Step(self.at, src, dst, message.copy(), transport))


class Element:
    def __init__(self, wire, name, ip, port=5060):
        self.wire, self.name, self.ip, self.port = wire, name, ip, port
        self.host = f"{name}-{ip.replace('.', '-')}.example.net"
        self.transport = "UDP"

    @property
    def address(self):
        return f"{self.ip}:{self.port}"

    def via(self, branch=None):
        return f"SIP/2.0/{self.transport} {self.host}:{self.port};branch={branch or 'z9hG4bK' + self.wire.word(14)}"


class Proxy(Element):
    """records: it stays in the route of dialogs."""

    def __init__(self, wire, name, ip, records=True):
        super().__init__(wire, name, ip)
        self.records = records

    @property
    def route(self):
        return f"<sip:{self.address};lr>"

    def forward(self, request, branch=None, target=None, ways=1):
        """RFC 3261 §16.6: the copy that goes on; ways: how many of them there are (RFC 5393 §5.3.3)."""
        out = request.copy()
        out.set("Max-Breadth", str(int(out.get("Max-Breadth") or 60) // ways))
        out.set("Max-Forwards", str(int(out.get("Max-Forwards")) - 1))
        if out.get("Route") == self.route:
            out.pop("Route")
        if self.records and request.method in ("INVITE", "SUBSCRIBE", "REFER") and not tag_of(request.get("To")):
            if out.get("Record-Route"):
                out.push("Record-Route", self.route)
            else:
                out.headers.insert(1, ("Record-Route", self.route))
        if target:
            out.retarget(target)
        return out.push("Via", self.via(branch))

    def trying(self, request):
        keep = [(name, value) for name, value in request.headers if name in ("Via", "From", "To", "Call-ID", "CSeq")]
        return Message("SIP/2.0 100 Trying", keep)


class Ua(Element):
    gruu = ""  # what makes its Contact a GRUU

    def __init__(self, wire, user, domain, ip, port=5060):
        super().__init__(wire, user, ip, port)
        self.user, self.domain = user, domain
        self.password, self.guesses = f"secret of {user}", False
        self.version, self.session = 1, wire.random.randrange(10**6, 10**9)
        self.media = wire.random.randrange(5000, 15000) * 2
        self.multicast = None

    @property
    def uri(self):
        return f"sip:{self.user}@{self.domain}"

    @property
    def contact(self):
        suffix = ";transport=tcp" if self.transport == "TCP" else ""
        return f"<sip:{self.user}@{self.host}{suffix}{self.gruu}>"

    def sdp(self, direction=None, payloads=(0, 8, 101), port=None, again=False):
        """A session description; a new version unless it is the same again."""
        maps = {0: "PCMU/8000", 8: "PCMA/8000", 101: "telephone-event/8000"}
        lines = ["v=0", f"o={self.user} {self.session} {self.version} IN IP4 {self.ip}", "s=-",
                 f"c=IN IP4 {self.multicast}/127" if self.multicast else f"c=IN IP4 {self.ip}", "t=0 0",
                 f"m=audio {self.media if port is None else port} RTP/AVP {' '.join(map(str, payloads))}"]
        lines += [f"a=rtpmap:{payload} {maps[payload]}" for payload in payloads]
        if direction:
            lines.append(f"a={direction}")
        if not again:
            self.version += 1
        return "\n".join(lines) + "\n"

    def request(self, method, to, call_id=None, cseq=1, tag=None, target=None, sdp=None, **more):
        """A request outside of a dialog. more: header lines, written Header_Name."""
        headers = [("Via", self.via()), ("Max-Forwards", "70"),
                   ("From", f"<{self.uri}>;tag={tag or self.wire.word()}"), ("To", f"<{to}>"),
                   ("Call-ID", call_id or f"{self.wire.word(16)}@{self.ip}"), ("CSeq", f"{cseq} {method}")]
        message = Message(f"{method} {target or to} SIP/2.0", headers)
        if method in ("INVITE", "SUBSCRIBE", "REFER", "NOTIFY", "UPDATE"):
            message.add("Contact", self.contact)
        if method in ("INVITE", "UPDATE"):
            message.add("Allow", ALLOW)
        if method in ("INVITE", "OPTIONS"):
            message.add("Accept", "application/sdp")
        if method == "INVITE":
            message.add("Supported", more.pop("Supported", "100rel, timer"))
        return dressed(message, sdp, more)

    def answer(self, request, status, reason, tag=None, sdp=None, **more):
        """A response to a request as it was received. RFC 3261 §8.2.6, §12.1.1"""
        keep = [(name, value) for name, value in request.headers if name in ("Via", "From", "To", "Call-ID", "CSeq")]
        message = Message(f"SIP/2.0 {status} {reason}", keep)
        if tag and not tag_of(message.get("To")):
            message.set("To", f"{message.get('To')};tag={tag}")
        makes = request.method in ("INVITE", "SUBSCRIBE", "REFER", "UPDATE")
        if makes and 100 < status < 300:
            if not tag_of(request.get("To")):
                for route in request.all("Record-Route"):
                    message.add("Record-Route", route)
            message.add("Contact", self.contact)
        if request.method in ("INVITE", "OPTIONS") and 200 <= status < 300:
            message.add("Allow", ALLOW)
        if request.method in ("INVITE", "OPTIONS") and 200 <= status < 300:
            message.add("Supported", more.pop("Supported", "100rel, timer"))
        if request.method == "OPTIONS" and status == 200:
            message.add("Accept", "application/sdp").add("Accept-Encoding", "identity").add("Accept-Language", "en")
            sdp = sdp or self.sdp(port=0, again=True)
        return dressed(message, sdp, more)


def dressed(message, sdp, more):
    for name, value in more.items():
        message.add(name.replace("_", "-"), value)
    if sdp:
        message.add("Content-Type", "application/sdp")
        message.body = sdp
    return message


def received(src, message):
    """As the receiver takes it: where it came from stands beside the name (RFC 3261 §18.2.1)."""
    return message.copy().set("Via", f"{message.get('Via')};received={src.ip}")


# --- paths: from the first element over the ones between to the last

def send(path, request, trying=True, branches=None, target=None):
    """The request goes along the path; what the last one received is given back. branches: one for each proxy,
    so that what belongs to the same transaction can follow it (ACK of a failure, CANCEL)."""
    wire = path[0].wire
    for at, (src, dst) in enumerate(zip(path, path[1:])):
        if at > 0:
            last = at == len(path) - 2
            request = src.forward(request, branches[at - 1] if branches else None, target if last else None)
        wire.put(src, dst, request, path[0].transport)
        request = received(src, request)
        if request.method == "INVITE" and trying and isinstance(dst, Proxy):
            wire.put(dst, src, dst.trying(request), path[0].transport, after=1)
    return request


def back(path, response):
    """The response goes the path back; what the first one received is given back."""
    wire = path[0].wire
    hops = list(zip(path, path[1:]))[::-1]
    for at, (src, dst) in enumerate(hops):
        if at > 0:
            response = response.copy().pop("Via")
        wire.put(dst, src, response, path[0].transport)
    return response


def acknowledge(path, invite, response):
    """ACK of a 3xx to 6xx, hop by hop (RFC 3261 §17.1.1.3). invite: as the first one sent it."""
    wire = path[0].wire
    sent = [step for step in wire.steps if step.message.method == "INVITE" and step.message.is_request
            and step.message.get("CSeq") == invite.get("CSeq") and step.message.get("Call-ID") == invite.get("Call-ID")]
    for src, dst in list(zip(path, path[1:]))[::-1]:
        mine = next(step.message for step in sent if step.src is src and step.dst is dst)
        wire.put(src, dst, failure_ack(mine, response), path[0].transport, after=1)


def as_sent(request):
    """The top Via without what the receiver noted in it."""
    return request.get("Via").split(";received=")[0]


def failure_ack(invite, response):
    headers = [("Via", as_sent(invite)), ("Max-Forwards", "70"), ("From", invite.get("From")),
               ("To", response.get("To")), ("Call-ID", invite.get("Call-ID")),
               ("CSeq", invite.get("CSeq").replace("INVITE", "ACK"))]
    headers += [("Route", value) for value in invite.all("Route")]
    return Message(f"ACK {invite.uri} SIP/2.0", headers)


def cancel_of(invite):
    headers = [("Via", as_sent(invite)), ("Max-Forwards", "70"), ("From", invite.get("From")),
               ("To", invite.get("To")), ("Call-ID", invite.get("Call-ID")),
               ("CSeq", invite.get("CSeq").replace("INVITE", "CANCEL"))]
    headers += [("Route", value) for value in invite.all("Route")]
    return Message(f"CANCEL {invite.uri} SIP/2.0", headers)


class Dialog:
    """What both UAs know behind the response that made it. path: the elements from caller to callee that stay."""

    def __init__(self, path, request, response):
        self.path = path
        self.caller, self.callee = path[0], path[-1]
        self.call_id = request.get("Call-ID")
        self.tags = {self.caller: tag_of(request.get("From")), self.callee: tag_of(response.get("To"))}
        self.uris = {self.caller: uri_of(request.get("From")), self.callee: uri_of(request.get("To"))}
        self.targets = {self.caller: uri_of(request.get("Contact")), self.callee: uri_of(response.get("Contact"))}
        self.cseq = {self.caller: int(request.get("CSeq").split()[0]), self.callee: 0}
        routes = response.all("Record-Route")
        self.routes = {self.caller: routes[::-1], self.callee: routes}

    def other(self, ua):
        return self.callee if ua is self.caller else self.caller

    def along(self, ua):
        return self.path if ua is self.caller else self.path[::-1]

    def request(self, ua, method, cseq=None, sdp=None, **more):
        peer = self.other(ua)
        if cseq is None:
            cseq = self.cseq[ua] = self.cseq[ua] + 1 if self.cseq[ua] else ua.wire.random.randrange(1, 9000)
        headers = [("Via", ua.via()), ("Max-Forwards", "70"),
                   ("From", f"<{self.uris[ua]}>;tag={self.tags[ua]}"), ("To", f"<{self.uris[peer]}>;tag={self.tags[peer]}"),
                   ("Call-ID", self.call_id), ("CSeq", f"{cseq} {method}")]
        headers += [("Route", route) for route in self.routes[ua]]
        message = Message(f"{method} {self.targets[peer]} SIP/2.0", headers)
        if method in ("INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY", "REFER"):
            message.add("Contact", ua.contact)
        if method in ("INVITE", "UPDATE"):
            message.add("Allow", ALLOW)
        if method == "INVITE":
            message.add("Accept", "application/sdp").add("Supported", more.pop("Supported", "100rel, timer"))
        return dressed(message, sdp, more)

    def ask(self, ua, method, status=200, reason="OK", answer_sdp=None, answer=None, **more):
        """A request within the dialog and its answer."""
        received = send(self.along(ua), self.request(ua, method, **more))
        return back(self.along(ua), self.other(ua).answer(received, status, reason, sdp=answer_sdp, **(answer or {})))

    def ack(self, ua, cseq=None, sdp=None, **more):
        """ACK of a 2xx. RFC 3261 §13.2.2.4"""
        return send(self.along(ua), self.request(ua, "ACK", cseq=cseq or self.cseq[ua], sdp=sdp, **more))


# --- digest, RFC 7616

def credentials(ua, challenge, method, uri, nc=1, qop="auth", body=""):
    values = dict(part.split("=", 1) for part in challenge.removeprefix("Digest ").split(", "))
    realm, nonce = (values[name].strip('"') for name in ("realm", "nonce"))
    digest = hashlib.sha256 if values.get("algorithm") == "SHA-256" else hashlib.md5

    def h(text):
        return digest(text.encode()).hexdigest()

    cnonce = ua.wire.word(12)
    secret = h(f"{ua.user}:{realm}:{ua.password}")
    what = h(f"{method}:{uri}" + (f":{h(body)}" if qop == "auth-int" else ""))
    response = h(f"{secret}:{nonce}:{nc:08x}:{cnonce}:{qop}:{what}")
    algorithm = f", algorithm={values['algorithm']}" if "algorithm" in values else ""
    return (f'Digest username="{ua.user}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{response}", '
            f'cnonce="{cnonce}", qop={qop}, nc={nc:08x}{algorithm}, opaque={values["opaque"]}')


def proof(ua, request, name="Authorization"):
    """Authentication-Info of who knows the password: for the credentials of a request."""
    values = dict(part.split("=", 1) for part in request.get(name).removeprefix("Digest ").split(", "))
    values = {key: value.strip('"') for key, value in values.items()}
    digest = hashlib.sha256 if values.get("algorithm") == "SHA-256" else hashlib.md5

    def h(text):
        return digest(text.encode()).hexdigest()

    secret = h(f"{ua.user}:{values['realm']}:{ua.password}")
    count = ":".join(values[key] for key in ("nonce", "nc", "cnonce", "qop"))
    return (f'rspauth="{h(f"{secret}:{count}:" + h(":" + values["uri"]))}", qop={values["qop"]}, '
            f'cnonce="{values["cnonce"]}", nc={values["nc"]}')


def challenge(wire, realm, algorithm="MD5"):
    return (f'Digest realm="{realm}", nonce="{wire.word(24)}", algorithm={algorithm}, qop="auth", opaque="{wire.word(8)}", '
            f'charset=UTF-8, userhash=true')
