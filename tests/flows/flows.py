# SPDX-License-Identifier: MIT
"""Conforming flows: each function plays one on a wire. The audit has nothing to say about any of them."""

from message import Message, tag_of
from network import (Dialog, Proxy, Ua, Wire, acknowledge, back, cancel_of, challenge, credentials, failure_ack,
                     proof, received as received_by, send)

FLOWS = {}


def flow(play):
    FLOWS[play.__name__.replace("_", "-")] = play
    return play


def steps_of(name, seed):
    wire = Wire(f"{name} {seed}")
    FLOWS[name](wire)
    return wire.steps


# --- who plays

def pair(wire):
    return Ua(wire, "alice", "example.com", "10.1.0.1"), Ua(wire, "bob", "example.org", "10.2.0.1")


def cast(wire, proxies=1, records=True):
    """Alice, some proxies, Bob: as one path."""
    alice, bob = pair(wire)
    chain = [Proxy(wire, f"p{i + 1}", f"10.9.0.{i + 1}", records) for i in range(proxies)]
    return [alice, *chain, bob]


def invite(path, sdp=True, **more):
    """The INVITE as sent and as received."""
    alice, bob = path[0], path[-1]
    sent = alice.request("INVITE", bob.uri, sdp=alice.sdp() if sdp else None, **more)
    received = send(path, sent, target=f"sip:{bob.user}@{bob.host}")
    return sent, received


def ring(path, received, tag, **more):
    return back(path, path[-1].answer(received, 180, "Ringing", tag=tag, **more))


def stays(path):
    """The path of the dialog's requests: proxies that did not record their route are left out."""
    return [element for element in path if isinstance(element, Ua) or element.records]


def answered(path, ringing=True, **more):
    """A call from INVITE to ACK; the dialog."""
    bob = path[-1]
    sent, received = invite(path, **more)
    tag = bob.wire.word()
    if ringing:
        ring(path, received, tag)
    bob.wire.wait(2000)
    ok = back(path, bob.answer(received, 200, "OK", tag=tag, sdp=bob.sdp()))
    dialog = Dialog(stays(path), sent, ok)
    dialog.ack(path[0])
    return dialog


def hang_up(dialog, ua=None):
    (ua or dialog.caller).wire.wait(5000)
    dialog.ask(ua or dialog.caller, "BYE")


# --- calls

@flow
def call(wire):
    hang_up(answered(pair(wire)))


@flow
def call_ended_by_callee(wire):
    dialog = answered(pair(wire))
    hang_up(dialog, dialog.callee)


@flow
def call_through_proxy(wire):
    hang_up(answered(cast(wire)))


@flow
def call_through_two_proxies(wire):
    dialog = answered(cast(wire, 2))
    hang_up(dialog, dialog.callee)


@flow
def call_past_proxy(wire):
    """The proxy does not stay in the route."""
    hang_up(answered(cast(wire, 1, records=False)))


@flow
def call_over_tcp(wire):
    alice, bob = pair(wire)
    alice.transport = bob.transport = "TCP"
    hang_up(answered((alice, bob)))


@flow
def late_offer(wire):
    alice, bob = pair(wire)
    sent, received = invite((alice, bob), sdp=False)
    tag = wire.word()
    ring((alice, bob), received, tag)
    ok = back((alice, bob), bob.answer(received, 200, "OK", tag=tag, sdp=bob.sdp()))
    dialog = Dialog((alice, bob), sent, ok)
    dialog.ack(alice, sdp=alice.sdp())
    hang_up(dialog)


@flow
def hold_and_resume(wire):
    dialog = answered(pair(wire))
    alice, bob = dialog.caller, dialog.callee
    for mine, theirs in (("sendonly", "recvonly"), ("sendrecv", "sendrecv")):
        wire.wait(3000)
        dialog.ask(alice, "INVITE", sdp=alice.sdp(mine), answer_sdp=bob.sdp(theirs))
        dialog.ack(alice)
    hang_up(dialog)


@flow
def reinvite_refused(wire):
    reinvite_is_refused(answered(pair(wire)))


@flow
def reinvite_refused_through_proxy(wire):
    reinvite_is_refused(answered(cast(wire)))


def reinvite_is_refused(dialog):
    alice = dialog.caller
    again = dialog.request(alice, "INVITE", sdp=alice.sdp(payloads=(101,)))
    received = send(dialog.path, again)
    refused = back(dialog.path, dialog.callee.answer(received, 488, "Not Acceptable Here",
                                                        Warning='305 example.org "Incompatible media format"'))
    acknowledge(dialog.path, again, refused)
    hang_up(dialog)


@flow
def glare(wire):
    """Two re-INVITEs cross; each refuses the other's, the caller tries again first."""
    dialog = answered(pair(wire))
    alice, bob = dialog.path
    ours = send((alice, bob), dialog.request(alice, "INVITE", sdp=alice.sdp("sendonly")))
    theirs = send((bob, alice), dialog.request(bob, "INVITE", sdp=bob.sdp("sendonly")))
    refused = back((alice, bob), bob.answer(ours, 491, "Request Pending"))
    wire.put(alice, bob, failure_ack(ours, refused), after=1)
    refused = back((bob, alice), alice.answer(theirs, 491, "Request Pending"))
    wire.put(bob, alice, failure_ack(theirs, refused), after=1)
    wire.wait(2600)
    dialog.ask(alice, "INVITE", sdp=alice.sdp("sendonly"), answer_sdp=bob.sdp("recvonly"))
    dialog.ack(alice)
    hang_up(dialog)


@flow
def reinvite_that_rings(wire):
    """Bob asks somebody about the first; the later ones are answered at once."""
    dialog = answered(pair(wire))
    alice, bob = dialog.path
    received = send((alice, bob), dialog.request(alice, "INVITE", sdp=alice.sdp("sendonly")))
    ring((alice, bob), received, None)
    wire.wait(2000)
    back((alice, bob), bob.answer(received, 200, "OK", sdp=bob.sdp("recvonly")))
    dialog.ack(alice)
    wire.wait(2000)
    for ua, peer in ((bob, alice), (alice, bob)):
        dialog.ask(ua, "INVITE", sdp=ua.sdp(), answer_sdp=peer.sdp())
        dialog.ack(ua)
    hang_up(dialog)


@flow
def dialog_not_known(wire):
    """Bob has forgotten the call."""
    dialog = answered(pair(wire))
    alice, bob = dialog.path
    again = dialog.request(alice, "INVITE", sdp=alice.sdp("sendonly"))
    unknown = back((alice, bob), bob.answer(send((alice, bob), again), 481, "Call/Transaction Does Not Exist"))
    acknowledge((alice, bob), again, unknown)
    wire.wait(100)
    dialog.ask(alice, "BYE", 481, "Call/Transaction Does Not Exist")


@flow
def early_answer(wire):
    """An answer that may get lost, and the same in the 200."""
    alice, bob = pair(wire)
    sent, received = invite((alice, bob))
    tag, description = wire.word(), bob.sdp()
    back((alice, bob), bob.answer(received, 183, "Session Progress", tag=tag, sdp=description))
    wire.wait(1000)
    ok = back((alice, bob), bob.answer(received, 200, "OK", tag=tag, sdp=description))
    dialog = Dialog((alice, bob), sent, ok)
    dialog.ack(alice)
    hang_up(dialog)


@flow
def info_within_call(wire):
    dialog = answered(cast(wire))
    dialog.ask(dialog.caller, "OPTIONS", Accept="application/sdp")
    hang_up(dialog)


def reinvite_with_early_answer(dialog):
    """The offer of a re-INVITE is answered in a reliable response; the INVITE as received."""
    alice, bob = dialog.path
    again = dialog.request(alice, "INVITE", sdp=alice.sdp("sendonly"))
    received, rseq = send((alice, bob), again), alice.wire.random.randrange(1, 60000)
    number = again.get("CSeq").split()[0]
    back((alice, bob), bob.answer(received, 183, "Session Progress", Require="100rel", RSeq=str(rseq), sdp=bob.sdp("recvonly")))
    dialog.ask(alice, "PRACK", RAck=f"{rseq} {number} INVITE")
    return again, received


@flow
def reinvite_that_holds_early(wire):
    dialog = answered(pair(wire))
    alice, bob = dialog.path
    again, received = reinvite_with_early_answer(dialog)
    back((alice, bob), bob.answer(received, 200, "OK"))
    dialog.ack(alice, cseq=int(again.get("CSeq").split()[0]))
    hang_up(dialog)


@flow
def reinvite_undone(wire):
    """Bob's server takes its user for gone; Alice sends the session anew."""
    dialog = answered(pair(wire))
    alice, bob = dialog.path
    again, received = reinvite_with_early_answer(dialog)
    refused = back((alice, bob), bob.answer(received, 408, "Request Timeout"))
    acknowledge((alice, bob), again, refused)
    dialog.ask(alice, "INVITE", sdp=alice.sdp("sendonly"), answer_sdp=bob.sdp("recvonly"))
    dialog.ack(alice)
    hang_up(dialog)


@flow
def multicast_call(wire):
    alice, bob = pair(wire)
    alice.multicast = bob.multicast = "233.252.0.9"
    bob.media = alice.media
    hang_up(answered((alice, bob)))


# --- calls that come to nothing

def refused(path, status, reason, **more):
    sent, received = invite(path)
    answer = path[-1].answer(received, status, reason, tag=path[0].wire.word(), **more)
    acknowledge(path, sent, back(path, answer))


@flow
def busy(wire):
    refused(pair(wire), 486, "Busy Here")


@flow
def busy_through_proxies(wire):
    refused(cast(wire, 2), 486, "Busy Here")


@flow
def extension_not_known(wire):
    path = pair(wire)
    sent, received = invite(path, Require="precondition")
    answer = path[1].answer(received, 420, "Bad Extension", tag=wire.word(), Unsupported="precondition")
    acknowledge(path, sent, back(path, answer))


def cancelled(path):
    sent, received = invite(path)
    tag = path[0].wire.word()
    ring(path, received, tag)
    withdrawn(path, sent, received, tag)


def withdrawn(path, sent, received, tag):
    """CANCEL hop by hop, and the end of the INVITE."""
    bob, wire = path[-1], path[0].wire
    wire.wait(3000)
    invites = [step for step in wire.steps if step.message.is_request and step.message.method == "INVITE"
               and step.message.get("CSeq") == sent.get("CSeq")]
    for step in invites:
        cancel = cancel_of(step.message)
        wire.put(step.src, step.dst, cancel)
        ok = Message("SIP/2.0 200 OK", [pair_ for pair_ in received_by(step.src, cancel).headers
                                        if pair_[0] in ("Via", "From", "To", "Call-ID", "CSeq")])
        own = tag if step.dst is bob else wire.word()
        if not tag_of(ok.get("To")):
            ok.set("To", f"{ok.get('To')};tag={own}")
        wire.put(step.dst, step.src, ok)
    over = back(path, bob.answer(received, 487, "Request Terminated", tag=tag))
    acknowledge(path, sent, over)


@flow
def cancel(wire):
    cancelled(pair(wire))


@flow
def cancel_through_proxy(wire):
    cancelled(cast(wire))


@flow
def cancel_of_reinvite(wire):
    """Within a dialog that a proxy is in the route of."""
    dialog = answered(cast(wire))
    alice, proxy, bob = dialog.path
    again = dialog.request(alice, "INVITE", sdp=alice.sdp("sendonly"))
    received = send(dialog.path, again)
    back(dialog.path, bob.answer(received, 180, "Ringing"))
    withdrawn(dialog.path, again, received, tag_of(again.get("To")))
    hang_up(dialog)


@flow
def challenged_call(wire):
    """407 of a proxy, and the same again with credentials."""
    path = cast(wire)
    alice, proxy, bob = path
    sent = alice.request("INVITE", bob.uri, sdp=alice.sdp())
    wire.put(alice, proxy, sent)
    asks = challenge(wire, "example.org")
    keep = [pair_ for pair_ in received_by(alice, sent).headers
            if pair_[0] in ("Via", "From", "To", "Call-ID", "CSeq")]
    refusal = Message("SIP/2.0 407 Proxy Authentication Required", keep)
    refusal.set("To", f"{refusal.get('To')};tag={wire.word()}").add("Proxy-Authenticate", asks)
    wire.put(proxy, alice, refusal)
    wire.put(alice, proxy, failure_ack(sent, refusal), after=1)
    again = sent.copy().set("Via", alice.via()).set("CSeq", "2 INVITE")
    again.add("Proxy-Authorization", credentials(alice, asks, "INVITE", bob.uri))
    received = send(path, again, target=f"sip:bob@{bob.host}")
    tag = wire.word()
    ring(path, received, tag)
    ok = back(path, bob.answer(received, 200, "OK", tag=tag, sdp=bob.sdp()))
    dialog = Dialog(path, again, ok)
    dialog.ack(alice, Proxy_Authorization=again.get("Proxy-Authorization"))
    wire.wait(5000)
    dialog.ask(alice, "BYE", Proxy_Authorization=credentials(alice, asks, "BYE", dialog.targets[alice], nc=2))


@flow
def call_challenged_by_callee(wire):
    """401 of the one who is called, through a proxy."""
    path = cast(wire)
    alice, _, bob = path
    sent, received = invite(path)
    asks = challenge(wire, "example.org")
    refusal = back(path, bob.answer(received, 401, "Unauthorized", tag=wire.word(), WWW_Authenticate=asks))
    acknowledge(path, sent, refusal)
    again = sent.copy().set("Via", alice.via()).set("CSeq", "2 INVITE")
    again.add("Authorization", credentials(alice, asks, "INVITE", bob.uri))
    received = send(path, again, target=f"sip:bob@{bob.host}")
    ok = bob.answer(received, 200, "OK", tag=wire.word(), sdp=bob.sdp(), Authentication_Info=proof(alice, again))
    dialog = Dialog(path, again, back(path, ok))
    dialog.ack(alice, Authorization=again.get("Authorization"))
    hang_up(dialog)


@flow
def redirected(wire):
    alice, bob = pair(wire)
    server = Ua(wire, "bob", "example.org", "10.8.0.1")
    sent = alice.request("INVITE", bob.uri, sdp=alice.sdp())
    received = send((alice, server), sent)
    moved = server.answer(received, 302, "Moved Temporarily", tag=wire.word(), Contact=f"<sip:bob@{bob.host}>")
    acknowledge((alice, server), sent, back((alice, server), moved))
    again = sent.copy().set("Via", alice.via()).set("CSeq", "2 INVITE").retarget(f"sip:bob@{bob.host}")
    received = send((alice, bob), again)
    tag = wire.word()
    ok = back((alice, bob), bob.answer(received, 200, "OK", tag=tag, sdp=bob.sdp()))
    dialog = Dialog((alice, bob), again, ok)
    dialog.ack(alice)
    hang_up(dialog)


# --- forks

def fork(wire):
    """Alice, a proxy, and two phones with a branch each: (path, INVITE as received) of either."""
    alice = Ua(wire, "alice", "example.com", "10.1.0.1")
    proxy = Proxy(wire, "p1", "10.9.0.1")
    desk, mobile = Ua(wire, "bob", "example.org", "10.2.0.1"), Ua(wire, "bob", "example.org", "10.2.0.2")
    sent = alice.request("INVITE", desk.uri, sdp=alice.sdp())
    wire.put(alice, proxy, sent)
    at_proxy = received_by(alice, sent)
    wire.put(proxy, alice, proxy.trying(at_proxy), after=1)
    legs = []
    for phone in (desk, mobile):
        forwarded = proxy.forward(at_proxy, ways=2, target=f"sip:bob@{phone.host}")
        wire.put(proxy, phone, forwarded)
        legs.append(((alice, proxy, phone), received_by(proxy, forwarded)))
    return sent, legs


def stop(path, received, tag):
    """A proxy takes one branch back."""
    wire, (proxy, phone) = path[0].wire, path[1:]
    cancel = cancel_of(received)
    wire.put(proxy, phone, cancel)
    ok = phone.answer(received_by(proxy, cancel), 200, "OK", tag=tag)
    wire.put(phone, proxy, ok)
    over = phone.answer(received, 487, "Request Terminated", tag=tag)
    wire.put(phone, proxy, over)
    wire.put(proxy, phone, failure_ack(received, over), after=1)


@flow
def fork_one_answers(wire):
    sent, ((desk_path, at_desk), (mobile_path, at_mobile)) = fork(wire)
    desk_tag, mobile_tag = wire.word(), wire.word()
    ring(desk_path, at_desk, desk_tag)
    ring(mobile_path, at_mobile, mobile_tag)
    wire.wait(2000)
    ok = back(desk_path, desk_path[-1].answer(at_desk, 200, "OK", tag=desk_tag, sdp=desk_path[-1].sdp()))
    stop(mobile_path, at_mobile, mobile_tag)
    dialog = Dialog(desk_path, sent, ok)
    dialog.ack(desk_path[0])
    hang_up(dialog)


@flow
def fork_declined(wire):
    """A 6xx ends the other branch; the proxy sends the 6xx back."""
    sent, ((desk_path, at_desk), (mobile_path, at_mobile)) = fork(wire)
    desk_tag, mobile_tag = wire.word(), wire.word()
    ring(desk_path, at_desk, desk_tag)
    ring(mobile_path, at_mobile, mobile_tag)
    alice, proxy, mobile = mobile_path
    declined = mobile.answer(at_mobile, 603, "Decline", tag=mobile_tag)
    wire.put(mobile, proxy, declined)
    wire.put(proxy, mobile, failure_ack(at_mobile, declined), after=1)
    stop(desk_path, at_desk, desk_tag)
    wire.put(proxy, alice, declined.copy().pop("Via"))
    wire.put(alice, proxy, failure_ack(sent, declined), after=1)


@flow
def fork_both_answer(wire):
    """Two 2xx: two dialogs, one of them ended at once."""
    sent, ((desk_path, at_desk), (mobile_path, at_mobile)) = fork(wire)
    dialogs = []
    for path, received in ((desk_path, at_desk), (mobile_path, at_mobile)):
        ok = back(path, path[-1].answer(received, 200, "OK", tag=wire.word(), sdp=path[-1].sdp()))
        dialogs.append(Dialog(path, sent, ok))
        dialogs[-1].ack(path[0])
    dialogs[1].ask(path[0], "BYE")
    hang_up(dialogs[0])


def refuse(path, received, status, reason, tag, **more):
    """A phone refuses its branch: what the proxy got."""
    wire, (proxy, phone) = path[0].wire, path[1:]
    answer = phone.answer(received, status, reason, tag=tag, **more)
    wire.put(phone, proxy, answer)
    wire.put(proxy, phone, failure_ack(received, answer), after=1)
    return answer


def refused_by(proxy, alice, sent, answer):
    """The proxy sends it back."""
    wire = alice.wire
    wire.put(proxy, alice, answer.copy().pop("Via"))
    wire.put(alice, proxy, failure_ack(sent, answer), after=1)


@flow
def fork_refused(wire):
    """Of two refusals the one of the lower class goes back."""
    sent, ((desk_path, at_desk), (mobile_path, at_mobile)) = fork(wire)
    refuse(mobile_path, at_mobile, 500, "Server Internal Error", wire.word())
    busy_ = refuse(desk_path, at_desk, 486, "Busy Here", wire.word())
    refused_by(desk_path[1], desk_path[0], sent, busy_)


@flow
def fork_challenged(wire):
    """Both phones want a password: both challenges go back."""
    sent, ((desk_path, at_desk), (mobile_path, at_mobile)) = fork(wire)
    asks = challenge(wire, "desk.example.org")
    refuse(mobile_path, at_mobile, 407, "Proxy Authentication Required", wire.word(), Proxy_Authenticate=asks)
    own = challenge(wire, "mobile.example.org")
    answer = refuse(desk_path, at_desk, 401, "Unauthorized", wire.word(), WWW_Authenticate=own)
    refused_by(desk_path[1], desk_path[0], sent, answer.add("Proxy-Authenticate", asks))


@flow
def redirected_through_proxy(wire):
    path = cast(wire)
    refused(path, 302, "Moved Temporarily", Contact="<sip:bob@elsewhere.example.net>")


@flow
def redirection_followed(wire):
    """The proxy tries the contact of a 302 itself."""
    alice, proxy, desk = cast(wire)
    other = Ua(wire, "bob", "example.org", "10.2.0.9")
    sent = alice.request("INVITE", desk.uri, sdp=alice.sdp())
    wire.put(alice, proxy, sent)
    at_proxy = received_by(alice, sent)
    wire.put(proxy, alice, proxy.trying(at_proxy), after=1)
    for phone, status, reason in ((desk, 302, "Moved Temporarily"), (other, 486, "Busy Here")):
        forwarded = proxy.forward(at_proxy, target=f"sip:bob@{phone.host}")
        wire.put(proxy, phone, forwarded)
        more = {"Contact": f"<sip:bob@{other.host}>"} if status == 302 else {}
        answer = refuse((alice, proxy, phone), received_by(proxy, forwarded), status, reason, wire.word(), **more)
    refused_by(proxy, alice, sent, answer)


@flow
def nobody_answers(wire):
    """Behind the proxy nobody is there."""
    alice, proxy, bob = cast(wire)
    sent, received = invite((alice, proxy, bob))
    first = wire.steps[-1]
    for at in (500, 1500, 3500, 7500, 15500, 31500):
        repeat(wire, first, first.at + at * 1000)
    wire.wait(500)
    gone = bob.answer(received, 408, "Request Timeout", tag=wire.word()).pop("Via")
    wire.put(proxy, alice, gone)
    wire.put(alice, proxy, failure_ack(sent, gone), after=1)


@flow
def busy_behind_a_stream(wire):
    """The proxy takes the request from TCP to UDP, and repeats it there."""
    alice, proxy, bob = cast(wire)
    alice.transport = "TCP"
    sent = alice.request("INVITE", bob.uri, sdp=alice.sdp())
    wire.put(alice, proxy, sent, "TCP")
    at_proxy = received_by(alice, sent)
    wire.put(proxy, alice, proxy.trying(at_proxy), "TCP", after=1)
    forwarded = proxy.forward(at_proxy, target=f"sip:bob@{bob.host}")
    wire.put(proxy, bob, forwarded)
    repeat(wire, wire.steps[-1], wire.at + 500_000)
    answer = bob.answer(received_by(proxy, forwarded), 486, "Busy Here", tag=wire.word())
    wire.put(bob, proxy, answer)
    wire.put(proxy, bob, failure_ack(forwarded, answer), after=1)
    wire.put(proxy, alice, answer.copy().pop("Via"), "TCP")
    wire.put(alice, proxy, failure_ack(sent, answer), "TCP", after=1)


# --- repetitions over UDP

def repeat(wire, step, at):
    """The same message again, `at` microseconds since the flow began."""
    wire.at = at
    wire.put(step.src, step.dst, step.message, after=0)


@flow
def invite_repeated(wire):
    alice, bob = pair(wire)
    sent = alice.request("INVITE", bob.uri, sdp=alice.sdp())
    wire.put(alice, bob, sent)
    first = wire.steps[-1]
    repeat(wire, first, first.at + 500_000)
    repeat(wire, first, first.at + 1_500_000)
    received = received_by(alice, sent)
    tag = wire.word()
    ring((alice, bob), received, tag)
    ok = back((alice, bob), bob.answer(received, 200, "OK", tag=tag, sdp=bob.sdp()))
    dialog = Dialog((alice, bob), sent, ok)
    dialog.ack(alice)
    hang_up(dialog)


@flow
def answer_repeated(wire):
    """The ACK of the 2xx is lost on its way past the tap: 2xx and ACK once more."""
    alice, bob = pair(wire)
    sent, received = invite((alice, bob))
    tag = wire.word()
    ok = back((alice, bob), bob.answer(received, 200, "OK", tag=tag, sdp=bob.sdp()))
    first = wire.steps[-1]
    dialog = Dialog((alice, bob), sent, ok)
    dialog.ack(alice)
    ack = wire.steps[-1]
    repeat(wire, first, first.at + 500_000)
    repeat(wire, ack, wire.at + 4_000)
    hang_up(dialog)


@flow
def options_repeated(wire):
    alice, bob = pair(wire)
    sent = alice.request("OPTIONS", bob.uri)
    wire.put(alice, bob, sent)
    first = wire.steps[-1]
    for after in (500_000, 1_500_000, 3_500_000, 7_500_000):
        repeat(wire, first, first.at + after)
    back((alice, bob), bob.answer(received_by(alice, sent), 200, "OK", tag=wire.word()))


@flow
def failure_repeated(wire):
    """The ACK of a 486 is lost behind the tap."""
    alice, bob = pair(wire)
    sent, received = invite((alice, bob))
    busy_ = back((alice, bob), bob.answer(received, 486, "Busy Here", tag=wire.word()))
    first = wire.steps[-1]
    wire.put(alice, bob, failure_ack(sent, busy_), after=1)
    repeat(wire, first, first.at + 500_000)
    wire.put(alice, bob, failure_ack(sent, busy_), after=1)


# --- reliable provisional responses, UPDATE, session timers

@flow
def reliable_ringing(wire):
    alice, bob = pair(wire)
    sent, received = invite((alice, bob))
    tag, rseq = wire.word(), wire.random.randrange(1, 60000)
    ringing = ring((alice, bob), received, tag, Require="100rel", RSeq=str(rseq))
    early = Dialog((alice, bob), sent, ringing)
    early.ask(alice, "PRACK", RAck=f"{rseq} 1 INVITE")
    progress = bob.answer(received, 183, "Session Progress", tag=tag, Require="100rel", RSeq=str(rseq + 1),
                          sdp=bob.sdp())
    back((alice, bob), progress)
    early.ask(alice, "PRACK", RAck=f"{rseq + 1} 1 INVITE")
    back((alice, bob), bob.answer(received, 200, "OK", tag=tag))
    early.ack(alice, cseq=1)
    hang_up(early)


@flow
def reliable_ringing_through_proxy(wire):
    path = cast(wire)
    alice, _, bob = path
    sent, received = invite(path)
    tag, rseq = wire.word(), wire.random.randrange(1, 60000)
    early = Dialog(path, sent, ring(path, received, tag, Require="100rel", RSeq=str(rseq)))
    early.ask(alice, "PRACK", RAck=f"{rseq} 1 INVITE")
    back(path, bob.answer(received, 200, "OK", tag=tag, sdp=bob.sdp()))
    early.ack(alice, cseq=1)
    hang_up(early)


@flow
def late_offer_in_reliable_response(wire):
    alice, bob = pair(wire)
    sent, received = invite((alice, bob), sdp=False)
    tag, rseq = wire.word(), wire.random.randrange(1, 60000)
    progress = bob.answer(received, 183, "Session Progress", tag=tag, Require="100rel", RSeq=str(rseq), sdp=bob.sdp())
    early = Dialog((alice, bob), sent, back((alice, bob), progress))
    early.ask(alice, "PRACK", RAck=f"{rseq} 1 INVITE", sdp=alice.sdp())
    back((alice, bob), bob.answer(received, 200, "OK", tag=tag))
    early.ack(alice, cseq=1)
    hang_up(early)


@flow
def offer_in_prack(wire):
    """The offer of the INVITE is answered in a reliable response; the PRACK has the next."""
    alice, bob = pair(wire)
    sent, received = invite((alice, bob))
    tag, rseq = wire.word(), wire.random.randrange(1, 60000)
    progress = bob.answer(received, 183, "Session Progress", tag=tag, Require="100rel", RSeq=str(rseq), sdp=bob.sdp())
    early = Dialog((alice, bob), sent, back((alice, bob), progress))
    early.ask(alice, "PRACK", RAck=f"{rseq} 1 INVITE", sdp=alice.sdp("sendonly"), answer_sdp=bob.sdp("recvonly"))
    back((alice, bob), bob.answer(received, 200, "OK", tag=tag))
    early.ack(alice, cseq=1)
    hang_up(early)


@flow
def update_while_ringing(wire):
    alice, bob = pair(wire)
    sent, received = invite((alice, bob))
    tag, rseq = wire.word(), wire.random.randrange(1, 60000)
    progress = bob.answer(received, 183, "Session Progress", tag=tag, Require="100rel", RSeq=str(rseq),
                          sdp=bob.sdp(), Allow="INVITE, ACK, CANCEL, BYE, PRACK, UPDATE")
    early = Dialog((alice, bob), sent, back((alice, bob), progress))
    early.ask(alice, "PRACK", RAck=f"{rseq} 1 INVITE")
    early.ask(alice, "UPDATE", sdp=alice.sdp("sendonly"), answer_sdp=bob.sdp("recvonly"))
    back((alice, bob), bob.answer(received, 200, "OK", tag=tag))
    early.ack(alice, cseq=1)
    hang_up(early)


def updated(dialog, ua, received, status=200, reason="OK", **more):
    """The answer to an UPDATE of the other one."""
    return back(dialog.along(dialog.other(ua)), ua.answer(received, status, reason, **more))


@flow
def updates_that_cross(wire):
    """Each refuses the other's; the callee tries again first."""
    alice, bob = pair(wire)
    sent, received = invite((alice, bob))
    tag, rseq = wire.word(), wire.random.randrange(1, 60000)
    progress = bob.answer(received, 183, "Session Progress", tag=tag, Require="100rel", RSeq=str(rseq),
                          sdp=bob.sdp(), Allow="INVITE, ACK, CANCEL, BYE, PRACK, UPDATE")
    early = Dialog((alice, bob), sent, back((alice, bob), progress))
    early.ask(alice, "PRACK", RAck=f"{rseq} 1 INVITE")
    ours = send((alice, bob), early.request(alice, "UPDATE", sdp=alice.sdp("sendonly")))
    theirs = send((bob, alice), early.request(bob, "UPDATE", sdp=bob.sdp("sendonly")))
    updated(early, alice, theirs, 491, "Request Pending")
    updated(early, bob, ours, 491, "Request Pending")
    wire.wait(1000)
    early.ask(bob, "UPDATE", sdp=bob.sdp("sendonly"), answer_sdp=alice.sdp("recvonly"))
    wire.wait(1600)
    early.ask(alice, "UPDATE", sdp=alice.sdp("inactive"), answer_sdp=bob.sdp("inactive"))
    back((alice, bob), bob.answer(received, 200, "OK", tag=tag))
    early.ack(alice, cseq=1)
    hang_up(early)


@flow
def updates_that_overlap(wire):
    """Alice sends a second one before the first is answered."""
    dialog = answered(pair(wire))
    alice, bob = dialog.path
    first, second = (send((alice, bob), dialog.request(alice, "UPDATE")) for _ in range(2))
    updated(dialog, bob, second, 500, "Server Internal Error", Retry_After="3")
    updated(dialog, bob, first)
    hang_up(dialog)


@flow
def session_timer(wire):
    alice, bob = pair(wire)
    path = (alice, bob)
    sent, received = invite(path, Session_Expires="1800", Min_SE="90")
    tag = wire.word()
    ok = bob.answer(received, 200, "OK", tag=tag, sdp=bob.sdp(), Require="timer", Session_Expires="1800;refresher=uac")
    dialog = Dialog(path, sent, back(path, ok))
    dialog.ack(alice)
    wire.wait(900_000)
    dialog.ask(alice, "UPDATE", Session_Expires="1800;refresher=uac", Min_SE="90", Supported="timer",
               answer={"Require": "timer", "Session_Expires": "1800;refresher=uac", "Supported": "timer"})
    hang_up(dialog)


@flow
def session_timer_through_proxy(wire):
    path = cast(wire)
    alice, _, bob = path
    sent, received = invite(path, Session_Expires="1800", Min_SE="90")
    ok = bob.answer(received, 200, "OK", tag=wire.word(), sdp=bob.sdp(), Require="timer", Session_Expires="1800;refresher=uac")
    dialog = Dialog(path, sent, back(path, ok))
    dialog.ack(alice)
    wire.wait(900_000)
    dialog.ask(alice, "UPDATE", Session_Expires="1800;refresher=uac", Min_SE="90", Supported="timer",
               answer={"Require": "timer", "Session_Expires": "1800;refresher=uac", "Supported": "timer"})
    hang_up(dialog)


@flow
def session_timer_refused(wire):
    """Bob can't refresh for a while."""
    alice, bob = path = pair(wire)
    sent, received = invite(path, Session_Expires="1800", Min_SE="90")
    ok = bob.answer(received, 200, "OK", tag=wire.word(), sdp=bob.sdp(), Require="timer", Session_Expires="1800;refresher=uac")
    dialog = Dialog(path, sent, back(path, ok))
    dialog.ack(alice)
    wire.wait(900_000)
    dialog.ask(alice, "UPDATE", 503, "Service Unavailable", Session_Expires="1800;refresher=uac", Min_SE="90", Supported="timer")
    wire.wait(60_000)
    dialog.ask(alice, "UPDATE", Session_Expires="1800;refresher=uac", Min_SE="90", Supported="timer",
               answer={"Require": "timer", "Session_Expires": "1800;refresher=uac", "Supported": "timer"})
    hang_up(dialog)


@flow
def session_timer_of_callee(wire):
    """Bob refreshes, by re-INVITE; Alice lists no UPDATE."""
    path = alice, bob = pair(wire)
    sent = alice.request("INVITE", bob.uri, sdp=alice.sdp(again=True), Session_Expires="1800", Min_SE="300")
    received = send(path, sent.set("Allow", "INVITE, ACK, CANCEL, BYE"))
    tag, timer = wire.word(), "1800;refresher=uas"
    ok = bob.answer(received, 200, "OK", tag=tag, sdp=bob.sdp(again=True), Require="timer", Session_Expires=timer)
    dialog = Dialog(path, sent, back(path, ok))
    dialog.ack(alice)
    for _ in range(2):
        wire.wait(900_000)
        again = dialog.request(bob, "INVITE", sdp=bob.sdp(again=True), Session_Expires="1800;refresher=uac", Min_SE="300")
        received = send((bob, alice), again)
        ok = alice.answer(received, 200, "OK", sdp=alice.sdp(again=True), Require="timer",
                          Session_Expires="1800;refresher=uac")
        back((bob, alice), ok.set("Allow", "INVITE, ACK, CANCEL, BYE"))
        dialog.ack(bob)
    hang_up(dialog)


@flow
def session_interval_too_small(wire):
    alice, bob = pair(wire)
    path = (alice, bob)
    sent, received = invite(path, Session_Expires="1800")
    small = bob.answer(received, 422, "Session Interval Too Small", tag=wire.word(), Min_SE="3600")
    acknowledge(path, sent, back(path, small))
    again = sent.copy().set("Via", alice.via()).set("CSeq", "2 INVITE").set("Session-Expires", "3600")
    again.add("Min-SE", "3600")
    received = send(path, again)
    ok = bob.answer(received, 200, "OK", tag=wire.word(), sdp=bob.sdp(), Require="timer",
                    Session_Expires="3600;refresher=uac")
    dialog = Dialog(path, again, back(path, ok))
    dialog.ack(alice)
    hang_up(dialog)


@flow
def session_timer_of_proxy(wire):
    """The proxy asks for it, Bob does not know it: Alice is told by the proxy."""
    path = alice, proxy, bob = cast(wire)
    sent = alice.request("INVITE", bob.uri, sdp=alice.sdp())
    wire.put(alice, proxy, sent)
    at_proxy = received_by(alice, sent)
    wire.put(proxy, alice, proxy.trying(at_proxy), after=1)
    forwarded = proxy.forward(at_proxy, target=f"sip:{bob.user}@{bob.host}").add("Session-Expires", "1800")
    wire.put(proxy, bob, forwarded)
    ok = bob.answer(received_by(proxy, forwarded), 200, "OK", tag=wire.word(), sdp=bob.sdp(), Supported="100rel")
    wire.put(bob, proxy, ok)
    told = ok.copy().pop("Via").add("Require", "timer").add("Session-Expires", "1800;refresher=uac")
    wire.put(proxy, alice, told)
    dialog = Dialog(path, sent, told)
    dialog.ack(alice)
    hang_up(dialog)


@flow
def session_timer_of_two_proxies(wire):
    """Alice knows no session timers; the second proxy insists on more than the first asks for."""
    path = alice, first, second, bob = cast(wire, 2)
    sent = alice.request("INVITE", bob.uri, sdp=alice.sdp(), Supported="100rel")
    wire.put(alice, first, sent)
    forwarded = first.forward(received_by(alice, sent)).add("Session-Expires", "1800").add("Min-SE", "1800")
    wire.put(first, second, forwarded)
    forwarded = second.forward(received_by(first, forwarded), target=f"sip:{bob.user}@{bob.host}")
    forwarded.set("Session-Expires", "3600").set("Min-SE", "3600")
    wire.put(second, bob, forwarded)
    ok = bob.answer(received_by(second, forwarded), 200, "OK", tag=wire.word(), sdp=bob.sdp(),
                    Session_Expires="3600;refresher=uas")
    dialog = Dialog(path, sent, back(path, ok))
    dialog.ack(alice)
    hang_up(dialog)


# --- registrations

def register(ua, registrar, call_id, cseq, tag, **more):
    message = ua.request("REGISTER", ua.uri, call_id=call_id, cseq=cseq, tag=tag, target=f"sip:{ua.domain}", **more)
    return send((ua, registrar), message)


def registered(registrar, request, contacts, **more):
    """200 with the bindings that are left."""
    message = registrar.answer(request, 200, "OK", tag=registrar.wire.word(), Date="Mon, 05 Jan 2026 09:00:00 GMT", **more)
    for contact in contacts:
        message.add("Contact", contact)
    return back((registrar.wire.steps[-1].src, registrar), message)


def desk(wire, user="alice"):
    alice = Ua(wire, user, "example.com", "10.1.0.1")
    return alice, Ua(wire, "registrar", "example.com", "10.7.0.1"), f"{wire.word(16)}@10.1.0.1", wire.word()


@flow
def registration(wire):
    alice, registrar, call_id, tag = desk(wire)
    for cseq in (1, 2):
        request = register(alice, registrar, call_id, cseq, tag, Contact=alice.contact, Expires="600")
        registered(registrar, request, [f"{alice.contact};expires=600"])
        wire.wait(300_000)
    request = register(alice, registrar, call_id, 3, tag, Contact="*", Expires="0")
    registered(registrar, request, [])


@flow
def registration_challenged(wire):
    alice, registrar, call_id, tag = desk(wire)
    request = register(alice, registrar, call_id, 1, tag, Contact=alice.contact, Expires="600")
    asks = challenge(wire, "example.com", "SHA-256")
    back((alice, registrar), registrar.answer(request, 401, "Unauthorized", tag=wire.word(), WWW_Authenticate=asks))
    for cseq, nc in ((2, 1), (3, 2)):
        request = register(alice, registrar, call_id, cseq, tag, Contact=alice.contact, Expires="600",
                           Authorization=credentials(alice, asks, "REGISTER", "sip:example.com", nc))
        registered(registrar, request, [f"{alice.contact};expires=600"], Authentication_Info=proof(alice, request))
        wire.wait(300_000)


@flow
def registration_refused(wire):
    """A wrong password, and then the right one."""
    alice, registrar, call_id, tag = desk(wire, "grace")
    password, alice.password, more = alice.password, "guess", {}
    alice.guesses = True
    for cseq in (1, 2, 3):
        request = register(alice, registrar, call_id, cseq, tag, Contact=alice.contact, Expires="600", **more)
        if cseq == 3:
            break
        asks = challenge(wire, "example.com")
        back((alice, registrar), registrar.answer(request, 401, "Unauthorized", tag=wire.word(), WWW_Authenticate=asks))
        more = {"Authorization": credentials(alice, asks, "REGISTER", "sip:example.com")}
        alice.password = password
    registered(registrar, request, [f"{alice.contact};expires=600"])


@flow
def registration_too_brief(wire):
    alice, registrar, call_id, tag = desk(wire)
    request = register(alice, registrar, call_id, 1, tag, Contact=alice.contact, Expires="30")
    brief = registrar.answer(request, 423, "Interval Too Brief", tag=wire.word(), Min_Expires="60")
    back((alice, registrar), brief)
    request = register(alice, registrar, call_id, 2, tag, Contact=alice.contact, Expires="60")
    registered(registrar, request, [f"{alice.contact};expires=60"])


@flow
def registration_asked(wire):
    """Which bindings are there? No Contact in the request."""
    alice, registrar, call_id, tag = desk(wire)
    request = register(alice, registrar, call_id, 1, tag, Contact=alice.contact, Expires="600")
    registered(registrar, request, [f"{alice.contact};expires=600"])
    request = register(alice, registrar, call_id, 2, tag)
    registered(registrar, request, [f"{alice.contact};expires=590"])


# --- requests by themselves

@flow
def options(wire):
    alice, bob = pair(wire)
    received = send((alice, bob), alice.request("OPTIONS", bob.uri))
    back((alice, bob), bob.answer(received, 200, "OK", tag=wire.word()))


@flow
def call_later(wire):
    alice, bob = pair(wire)
    received = send((alice, bob), alice.request("OPTIONS", bob.uri))
    back((alice, bob), bob.answer(received, 200, "OK", tag=wire.word()))
    wire.wait(10_000)
    hang_up(answered((alice, bob)))


@flow
def busy_later(wire):
    alice, bob = pair(wire)
    received = send((alice, bob), alice.request("OPTIONS", bob.uri))
    back((alice, bob), bob.answer(received, 200, "OK", tag=wire.word()))
    wire.wait(10_000)
    refused((alice, bob), 486, "Busy Here")


@flow
def options_again(wire):
    alice, bob = pair(wire)
    for _ in range(2):
        received = send((alice, bob), alice.request("OPTIONS", bob.uri))
        back((alice, bob), bob.answer(received, 200, "OK", tag=wire.word()))
        wire.wait(10_000)


@flow
def options_through_proxy(wire):
    path = cast(wire)
    received = send(path, path[0].request("OPTIONS", path[-1].uri), target=f"sip:bob@{path[-1].host}")
    back(path, path[-1].answer(received, 200, "OK", tag=wire.word()))


def text_to(path):
    message = path[0].request("MESSAGE", path[-1].uri, Content_Type="text/plain")
    message.body = "See you at ten.\n"
    received = send(path, message, target=f"sip:bob@{path[-1].host}")
    back(path, path[-1].answer(received, 200, "OK", tag=path[0].wire.word()))


@flow
def type_not_taken(wire):
    """Rich text is refused, and plain text sent instead."""
    alice, bob = pair(wire)
    rich = alice.request("MESSAGE", bob.uri, Content_Type="text/html")
    rich.body = "<p>See you at <b>ten</b>.</p>\n"
    received = send((alice, bob), rich)
    back((alice, bob), bob.answer(received, 415, "Unsupported Media Type", tag=wire.word(), Accept="text/plain"))
    plain = rich.copy().set("Via", alice.via()).set("CSeq", "2 MESSAGE").set("Content-Type", "text/plain")
    plain.body = "See you at ten.\n"
    back((alice, bob), bob.answer(send((alice, bob), plain), 200, "OK", tag=wire.word()))


@flow
def message_sent(wire):
    text_to(pair(wire))


@flow
def message_through_proxies(wire):
    text_to(cast(wire, 2))


@flow
def publication(wire):
    alice, server = Ua(wire, "alice", "example.com", "10.1.0.1"), Ua(wire, "presence", "example.com", "10.7.0.2")
    entity = wire.word()
    more = {}
    for cseq in (1, 2):
        request = alice.request("PUBLISH", alice.uri, cseq=cseq, Event="presence", Expires="600", **more)
        if not more:
            request.add("Content-Type", "application/pidf+xml")
            request.body = ('<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:alice@example.com"/>\n')
        received = send((alice, server), request)
        back((alice, server), server.answer(received, 200, "OK", tag=wire.word(), SIP_ETag=entity, Expires="600"))
        more = {"SIP_If_Match": entity}
        entity = wire.word()


# --- subscriptions

def notify(dialog, state, event="presence", body="", kind="application/pidf+xml", cseq=None):
    notifier = dialog.callee
    more = {"Content_Type": kind} if body else {}
    request = dialog.request(notifier, "NOTIFY", cseq=cseq, Event=event, Subscription_State=state, **more)
    request.body = body
    received = send(dialog.along(notifier), request)
    back(dialog.along(notifier), dialog.caller.answer(received, 200, "OK"))


@flow
def subscription(wire):
    dialog = subscribe(pair(wire))
    alice = dialog.caller
    state = '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:bob@example.org"/>\n'
    notify(dialog, "active;expires=599", body=state)
    wire.wait(300_000)
    dialog.ask(alice, "SUBSCRIBE", Event="presence", Expires="600", Accept="application/pidf+xml",
               answer={"Expires": "600", "Supported": "gruu"})
    notify(dialog, "active;expires=599", body=state)
    dialog.ask(alice, "SUBSCRIBE", Event="presence", Expires="0", Accept="application/pidf+xml",
               answer={"Expires": "0", "Supported": "gruu"})
    notify(dialog, "terminated;reason=timeout", body=state)


@flow
def transfer(wire):
    """REFER within a call, and its NOTIFYs."""
    dialog = answered(pair(wire))
    alice, bob = dialog.path
    dialog.ask(alice, "REFER", 202, "Accepted", Refer_To="<sip:carol@example.net>", Referred_By=f"<{alice.uri}>")
    notify(dialog, "active;expires=60", "refer", "SIP/2.0 100 Trying\n", "message/sipfrag;version=2.0")
    wire.wait(1500)
    notify(dialog, "terminated;reason=noresource", "refer", "SIP/2.0 200 OK\n", "message/sipfrag;version=2.0")
    hang_up(dialog)


PIDF = '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:bob@example.org"/>\n'
EVENTS = "presence, dialog, refer"


def subscribe(path, expires="600", event="presence", granted=None, **more):
    """SUBSCRIBE and its 200; the dialog."""
    alice, bob = path[0], path[-1]
    bob.gruu = ";gr=desk"
    sent = alice.request("SUBSCRIBE", bob.uri, Event=event, Expires=expires, Accept="application/pidf+xml", **more)
    received = send(path, sent, target=f"sip:{bob.user}@{bob.host}")
    ok = back(path, bob.answer(received, 200, "OK", tag=bob.wire.word(), Expires=granted or expires, Allow_Events=EVENTS, Supported="gruu"))
    return Dialog(stays(path), sent, ok)


@flow
def subscription_through_proxy(wire):
    path = cast(wire)
    dialog = subscribe(path, "600", "presence;id=7", "300")
    notify(dialog, "pending;expires=300", "presence;id=7")
    wire.wait(5000)
    notify(dialog, "active;expires=295", "presence;id=7", PIDF)
    wire.wait(100_000)
    notify(dialog, "terminated;reason=deactivated", "presence;id=7")
    wire.wait(500)
    subscribe(path, "600", "presence;id=8")


@flow
def subscription_unrecorded(wire):
    """The proxy stays in no route; the notifier sends by it all the same."""
    path = cast(wire, 1, records=False)
    dialog = subscribe(path)
    dialog.path = path
    notify(dialog, "active;expires=600", body=PIDF)
    wire.wait(100_000)
    notify(dialog, "terminated;reason=deactivated")
    wire.wait(500)
    subscribe(path)


@flow
def subscription_asked_once(wire):
    path = pair(wire)
    call_id = wire.word(16)
    for _ in range(2):
        notify(subscribe(path, "0", call_id=call_id), "terminated;reason=timeout", body=PIDF)
        wire.wait(20_000)


@flow
def subscription_that_expires(wire):
    dialog = subscribe(pair(wire), "60")
    notify(dialog, "active;expires=60", body=PIDF)
    wire.wait(30_000)
    notify(dialog, "active;expires=30", body=PIDF)
    wire.wait(30_500)
    notify(dialog, "terminated;reason=timeout")
    wire.wait(60_000)


@flow
def subscription_shortened(wire):
    """The NOTIFY says less than the 200, and the subscriber comes back in time."""
    dialog = subscribe(pair(wire), "3600")
    alice = dialog.caller
    notify(dialog, "active;expires=60", body=PIDF)
    wire.wait(40_000)
    dialog.ask(alice, "SUBSCRIBE", Event="presence", Expires="3600", Accept="application/pidf+xml", answer={"Expires": "3600", "Supported": "gruu"})
    notify(dialog, "active;expires=60", body=PIDF)
    wire.wait(30_000)
    dialog.ask(alice, "SUBSCRIBE", 481, "Subscription does not exist", Event="presence", Expires="3600",
               Accept="application/pidf+xml")
    wire.wait(1000)
    notify(subscribe(dialog.path, "3600"), "active;expires=3600", body=PIDF)


@flow
def subscription_put_off(wire):
    path = pair(wire)
    dialog = subscribe(path)
    notify(dialog, "terminated;reason=probation;retry-after=60")
    wire.wait(61_000)
    notify(subscribe(path, call_id=dialog.call_id), "terminated;reason=rejected")


@flow
def subscription_that_nobody_wants(wire):
    dialog = subscribe(pair(wire), "3600")
    alice, bob = dialog.path
    notify(dialog, "active;expires=3600", body=PIDF)
    wire.wait(9000)
    received = send((bob, alice), dialog.request(bob, "NOTIFY", Event="presence", Subscription_State="active;expires=3590"))
    back((bob, alice), alice.answer(received, 481, "Subscription does not exist"))
    wire.wait(60_000)


@flow
def subscription_overtaken(wire):
    """The NOTIFY comes before the 200."""
    path = alice, bob = pair(wire)
    bob.gruu = ";gr=desk"
    sent = alice.request("SUBSCRIBE", bob.uri, Event="presence", Expires="600", Accept="application/pidf+xml")
    received = send(path, sent)
    ok = bob.answer(received, 200, "OK", tag=wire.word(), Expires="600", Allow_Events=EVENTS, Supported="gruu")
    dialog = Dialog(path, sent, ok)
    notify(dialog, "active;expires=600", body=PIDF)
    back(path, ok)
    wire.wait(60_000)


@flow
def subscription_too_brief(wire):
    path = alice, bob = pair(wire)
    received = send(path, alice.request("SUBSCRIBE", bob.uri, Event="presence", Expires="30"))
    back(path, bob.answer(received, 423, "Interval Too Brief", tag=wire.word(), Min_Expires="60"))
    notify(subscribe(path, "60"), "terminated;reason=noresource")


@flow
def subscription_forked(wire):
    """Two phones accept it, one 200 goes back, and both notify."""
    alice, p1, bob = cast(wire)
    carol = Ua(wire, "carol", "example.org", "10.2.0.2")
    bob.gruu, carol.gruu = ";gr=desk", ";gr=hall"
    sent = alice.request("SUBSCRIBE", bob.uri, Event="dialog", Expires="600")
    wire.put(alice, p1, sent)
    accepted = []
    for phone in (bob, carol):
        out = p1.forward(received_by(alice, sent), target=f"sip:{phone.user}@{phone.host}", ways=2)
        wire.put(p1, phone, out)
        accepted.append(phone.answer(received_by(p1, out), 200, "OK", tag=wire.word(), Expires="600", Allow_Events=EVENTS, Supported="gruu"))
        wire.put(phone, p1, accepted[-1])
    ok = accepted[0].copy().pop("Via")
    wire.put(p1, alice, ok)
    for phone, answer in zip((bob, carol), accepted):
        notify(Dialog((alice, p1, phone), sent, answer), "active;expires=600", "dialog")


@flow
def subscription_within_call(wire):
    dialog = answered(pair(wire))
    alice = dialog.caller
    for expires, state in (("600", "active;expires=600"), ("0", "terminated;reason=timeout")):
        dialog.ask(alice, "SUBSCRIBE", Event="dialog", Expires=expires, answer={"Expires": expires, "Allow_Events": EVENTS})
        notify(dialog, state, "dialog")
        wire.wait(2000)
    dialog.ask(alice, "SUBSCRIBE", Event="dialog", Expires="600", answer={"Expires": "600", "Allow_Events": EVENTS})
    notify(dialog, "active;expires=600", "dialog")
    hang_up(dialog)


SIPFRAG = "message/sipfrag;version=2.0"


@flow
def two_transfers(wire):
    """The first one fails; NOTIFYs of the second have an id."""
    dialog = answered(pair(wire))
    alice = dialog.caller
    dialog.ask(alice, "REFER", 202, "Accepted", Refer_To="<sip:carol@example.net>", Referred_By=f"<{alice.uri}>")
    notify(dialog, "active;expires=60", "refer", "SIP/2.0 100 Trying\n", SIPFRAG)
    wire.wait(2000)
    notify(dialog, "terminated;reason=noresource", "refer", "SIP/2.0 486 Busy Here\n", SIPFRAG)
    wire.wait(3000)
    dialog.ask(alice, "REFER", 202, "Accepted", Refer_To="<sip:dora@example.net>", Referred_By=f"<{alice.uri}>")
    event = f"refer;id={dialog.cseq[alice]}"
    notify(dialog, "active;expires=60", event, "SIP/2.0 100 Trying\n", SIPFRAG)
    dialog.ask(alice, "SUBSCRIBE", Event=event, Expires="60", answer={"Expires": "60", "Allow_Events": EVENTS})
    notify(dialog, "active;expires=60", event, "SIP/2.0 180 Ringing\n", SIPFRAG)
    wire.wait(2000)
    notify(dialog, "terminated;reason=noresource", event, "SIP/2.0 200 OK\n", SIPFRAG)
    hang_up(dialog)


@flow
def transfer_without_subscription(wire):
    dialog = answered(pair(wire))
    alice = dialog.caller
    dialog.ask(alice, "REFER", 200, "OK", Refer_To="<sip:carol@example.net>", Referred_By=f"<{alice.uri}>",
               Supported="norefersub", Refer_Sub="false", answer={"Refer_Sub": "false", "Supported": "norefersub"})
    wire.wait(60_000)
    hang_up(dialog)


@flow
def transfer_outside_of_a_call(wire):
    path = alice, bob = pair(wire)
    sent = alice.request("REFER", bob.uri, Refer_To="<sip:carol@example.net>", Referred_By=f"<{alice.uri}>")
    dialog = Dialog(path, sent, back(path, bob.answer(send(path, sent), 202, "Accepted", tag=wire.word())))
    notify(dialog, "active;expires=60", "refer", "SIP/2.0 100 Trying\n", SIPFRAG)
    wire.wait(2000)
    notify(dialog, "terminated;reason=noresource", "refer", "SIP/2.0 200 OK\n", SIPFRAG)


@flow
def chat(wire):
    """Each MESSAGE waits for the answer to the one before; both have the Call-ID of the first."""
    alice, bob = pair(wire)
    call_id = wire.word(16)
    for cseq in (1, 2):
        message = alice.request("MESSAGE", bob.uri, call_id=call_id, cseq=cseq, Content_Type="text/plain")
        message.body = "Are you there?\n"
        received = send((alice, bob), message)
        back((alice, bob), bob.answer(received, 200, "OK", tag=wire.word()))
        wire.wait(300)


@flow
def chat_within_call(wire):
    dialog = answered(pair(wire))
    for _ in range(2):
        dialog.ask(dialog.caller, "MESSAGE")
    hang_up(dialog)


@flow
def circle(wire):
    """Alice calls a group whose one member sends it back to the proxy under another name, and once more as it was."""
    alice, p1, p2 = Ua(wire, "alice", "example.com", "10.1.0.1"), Proxy(wire, "p1", "10.9.0.1"), Proxy(wire, "p2", "10.9.0.2")
    bob = Ua(wire, "bob", "example.org", "10.2.0.1")
    sent = alice.request("SUBSCRIBE", "sip:team@example.org", Event="dialog", Expires="600", Max_Breadth="60")
    wire.put(alice, p1, sent)
    at_proxy, ends = received_by(alice, sent), []
    for name in ("sip:staff@example.org", "sip:team@example.org"):
        to_p2, to_bob = p1.forward(at_proxy, target=name, ways=2), p1.forward(at_proxy, target=f"sip:bob@{bob.host}", ways=2)
        wire.put(p1, p2, to_p2)
        wire.put(p1, bob, to_bob)
        ends.append((received_by(p1, to_bob), at_proxy))
        back_again = p2.forward(received_by(p1, to_p2), target=name)
        wire.put(p2, p1, back_again)
        at_proxy = received_by(p2, back_again)
    loop = bob.answer(at_proxy, 482, "Loop Detected", tag=wire.word())
    for src, dst in ((p1, p2), (p2, p1)):
        wire.put(src, dst, loop)
        loop = loop.copy().pop("Via")
