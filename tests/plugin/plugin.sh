#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The Wireshark plugin in tshark, as an ordinary user (root's personal plugins are not loaded): it must name, frame by frame, the
# rules that `sipcheck audit` names. usage: plugin.sh PLUGIN.so SIPCHECK SOURCE_DIR
set -euo pipefail
plugin=$1 sipcheck=$2 source=$3

if ! command -v tshark >/dev/null; then
    echo "SKIPPED: tshark is not installed"
    exit 77
fi
fail() {
    echo "FAILED: $*"
    exit 1
}
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
version=$(tshark -G folders | sed -n 's|^Personal Plugins:.*/plugins/||p')
folder=$home/.local/lib/wireshark/plugins/$version/epan
mkdir -p "$folder"
cp "$plugin" "$folder/"
cp "$source/corpus/captures/office.pcap" "$home/"
mkdir "$home/flows"
# calls whose callee hangs up, rightly and not, and an ACK with another Via: rules over several messages
SIPCHECK=$sipcheck python3 "$source/tests/flows/run.py" --keep "$home/flows" call-ended-by-callee 17.1.1.3-4 >/dev/null || fail "no flows"
chmod -R a+rX "$home"

as_user() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$home" "$@"
    else
        env HOME="$home" "$@"
    fi
}

# audited FILE: "frame rule", sorted, from the command, into wanted
audited() {
    "$sipcheck" audit --format ndjson "$1" >"$home/audit.ndjson" || [ $? -eq 1 ]
    sed -n 's/.*"rule":"\([^"]*\)".*"frame":\([0-9]*\),.*/\2 \1/p' "$home/audit.ndjson" | sort >"$home/wanted"
}
# shown FILE OPTION…: the same from the plugin, into got
shown() {
    local file=$1
    shift
    as_user tshark "$@" -r "$file" -Y sipcheck.rule -T fields -E occurrence=a -E aggregator=, \
        -e frame.number -e sipcheck.rule 2>"$home/errors" |
        awk '{ n = split($2, rules, ","); for (i = 1; i <= n; i++) print $1, rules[i] }' | sort >"$home/got"
}

audited "$home/office.pcap"
[ -s "$home/wanted" ] || fail "the audit found nothing"
findings=$(wc -l <"$home/wanted")
# passes: one, then two
for passes in "" -2; do
    shown "$home/office.pcap" $passes
    diff "$home/wanted" "$home/got" || fail "plugin and audit differ${passes:+ with $passes}"
done

# what follows from several messages; of what did not come the second pass tells
for flow in "$home"/flows/*.pcap; do
    audited "$flow"
    shown "$flow" -2
    diff "$home/wanted" "$home/got" || fail "plugin and audit differ: ${flow##*/}"
done
wrong=("$home"/flows/call-ended-by-callee-3261-12.2.1.1-11-at-BYE-*.pcap) # its number grows with the list of mutations
rule_of_dialogs=rfc3261-12.2.1.1-request-uri-is-the-remote-target
shown "${wrong[0]}"
grep -q "$rule_of_dialogs" "$home/got" || fail "no rule over several messages in one pass"
shown "${wrong[0]}" -o sipcheck.sequences:FALSE
! grep -q "$rule_of_dialogs" "$home/got" || fail "rules over several messages can't be switched off"
[ -n "$(as_user tshark -r "$home"/flows/busy-*.pcap -Y sipcheck.related -T fields -e sipcheck.related 2>/dev/null)" ] ||
    fail "no related packets"

# rules of one's own, a profile, and what is wrong with one; a folder is read as `audit --rules` reads it
mkdir -p "$home/own/profiles" "$home/own/acme/phones"
cat >"$home/own/lab.yaml" <<'YAML'
- id: lab-subject
  title: Every REGISTER has a Subject
  cites: [3261-8.1.1-1]
  level: SHOULD
  binds: uac
  scope: message
  applies: sip.Method == "REGISTER"
  assert: exists(sip.Subject)
  message: "{sip.Method} without Subject"
  fix: "Send Subject"
  asks: A Subject.
  why: It is found by it.
  tests: {pass: [{base: lab, add: {Subject: x}}], fail: [{base: lab}]}
YAML
sed 's/lab-subject/acme-date/; s/Subject/Date/g' "$home/own/lab.yaml" >"$home/own/acme/phones/date.yaml"
ln -s . "$home/own/acme/circle"
printf 'lab: |\n  REGISTER sip:example.com SIP/2.0\n  CSeq: 1 REGISTER\n' >"$home/own/bases.yaml"
printf 'name: lab\nextends: default\nrules: {"rfc*": {enabled: false}}\n' >"$home/own/profiles/lab.yaml"
chmod -R a+rX "$home/own"
shown "$home/office.pcap" -o "sipcheck.rules:$home/own" -o sipcheck.profile:lab
[ "$(tr '\n' ' ' <"$home/got")" = "1 acme-date 1 lab-subject 3 acme-date 3 lab-subject " ] || fail "own rules: $(cat "$home/got")"
shown "$home/office.pcap" -o sipcheck.profile:rfc3261-only
! grep -q rfc3264 "$home/got" || fail "the profile was not used"
for wrong_profile in nope "$home/nope.yaml" "$home/own/lab.yaml"; do
    shown "$home/office.pcap" -o "sipcheck.profile:$wrong_profile"
    [ ! -s "$home/got" ] || fail "$wrong_profile was taken for a profile"
    grep -q "sipcheck judges nothing: " "$home/errors" || fail "$wrong_profile: $(cat "$home/errors")"
done

# a capture of two taps accuses nobody of repeating himself, and shows what is wrong at both
cat >"$home/twice.py" <<'PY'
import struct, sys
data = open(sys.argv[1], "rb").read()
out, at = data[:24], 24
while at < len(data):
    sec, usec, n, whole = struct.unpack_from("<IIII", data, at)
    packet = data[at + 16:at + 16 + n]
    out += data[at:at + 16 + n] + struct.pack("<IIII", sec, usec + 1, n, whole) + packet
    at += 16 + n
open(sys.argv[2], "wb").write(out)
PY
python3 "$home/twice.py" "${wrong[0]}" "$home/twice.pcap"
shown "${wrong[0]}"
awk '{ print 2 * $1 - 1, $2; print 2 * $1, $2 }' "$home/got" | sort >"$home/wanted"
shown "$home/twice.pcap"
diff "$home/wanted" "$home/got" || fail "a copy of a datagram was taken for another"

# the rest of a message on a stream that lacks its beginning is none with a bad start line
cat >"$home/gap.py" <<'PY'
import socket, struct, sys
message = ("OPTIONS sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
           "From: <sip:a@192.0.2.1>;tag=1\r\nTo: <sip:b@192.0.2.2>\r\nCall-ID: 1\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n").encode()
out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
for i, (at, part) in enumerate([(1, message), (1 + len(message) + 50, message[50:])]):
    tcp = struct.pack(">HHIIBBHHH", 5060, 5060, at, 1, 0x50, 0x18, 65535, 0, 0) + part
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), i, 0, 64, 6, 0) + socket.inet_aton("192.0.2.1") + socket.inet_aton("192.0.2.2") + tcp
    out += struct.pack("<IIII", 1767603600 + i, 0, len(ip), len(ip)) + ip
open(sys.argv[1], "wb").write(out)
PY
python3 "$home/gap.py" "$home/gap.pcap"
audited "$home/gap.pcap"
shown "$home/gap.pcap"
grep -q "^1 " "$home/got" || fail "a message on a stream was not judged"
diff "$home/wanted" "$home/got" || fail "the rest of a message was judged"

# two messages of a packet, each at the beginning of what its WebSocket frame was unmasked to, as long as each other
cat >"$home/frames.py" <<'PY'
import socket, struct, sys
def frame(i, cseq):
    message = (f"OPTIONS sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/WS client.invalid;branch=z9hG4bK{i}\r\nMax-Forwards: 70\r\n"
               f"From: <sip:a@192.0.2.1>;tag=1\r\nTo: <sip:b@192.0.2.2>\r\nCall-ID: {i}\r\nCSeq: {cseq}\r\nContent-Length: 0\r\n\r\n").encode()
    mask = b"\x01\x02\x03\x04"
    return struct.pack(">BBH", 0x81, 0x80 | 126, len(message)) + mask + bytes(b ^ mask[k % 4] for k, b in enumerate(message))
sides, at = [("192.0.2.1", 40000), ("192.0.2.2", 80)], [1, 1]
out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
def send(i, part, flags=0x18):
    global out
    (src, sport), (dst, dport) = sides[i], sides[1 - i]
    tcp = struct.pack(">HHIIBBHHH", sport, dport, at[i], at[1 - i], 0x50, flags, 65535, 0, 0) + part
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0) + socket.inet_aton(src) + socket.inet_aton(dst) + tcp
    out += struct.pack("<IIII", 1767603600 + at[0] + at[1], 0, len(ip), len(ip)) + ip
    at[i] += len(part) + (flags & 2) // 2
send(0, b"", 0x02)
send(1, b"", 0x12)
send(0, b"GET / HTTP/1.1\r\nHost: s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n\r\n")
send(1, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: sip\r\n\r\n")
send(0, frame(1, "1 OPTIONS") + frame(2, "1 BYEXXXX"))
open(sys.argv[1], "wb").write(out)
PY
python3 "$home/frames.py" "$home/frames.pcap"
audited "$home/frames.pcap"
# with this filter the second pass has the messages' places at hand
as_user tshark -2 -r "$home/frames.pcap" -Y sip -V 2>/dev/null | sed -n 's/^ *\[Rule: \(.*\)\]$/5 \1/p' | sort >"$home/got"
grep -q cseq-method "$home/wanted" || fail "the audit misses a wrong CSeq"
diff "$home/wanted" "$home/got" || fail "one message of a packet was taken for another"

# what ICMP quotes, whole or cut, is no message, and no sign that one is missing: fragments over IPv4, IPv6, segments
cat >"$home/icmp.py" <<'PY'
import pathlib, socket, struct, sys
from command import packet, pcap
from dialog import ALICE, Talk
def icmp(quoted, size, kind, code):
    at, raw, _ = quoted
    six = raw[0] >> 4 == 6
    body = struct.pack(">BBHI", kind, code, 0, 0) + raw[:6] + (raw[6:8] if six else b"\x20\0") + raw[8:size]
    if six:
        ip = struct.pack(">IHBB", 6 << 28, len(body), 58, 64) + raw[24:40] + raw[8:24]
    else:
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 1, 0, 64, 1, 0) + raw[16:20] + raw[12:16]
    return at + 0.001, ip + body, len(ip + body)
def six(datagram):
    at, raw, _ = datagram
    return packet(raw[28:], f"2001:db8::{raw[15]}", f"2001:db8::{raw[19]}", at=at)
sent = {}
def segment(datagram):
    at, raw, _ = datagram
    src, dst = raw[12:16], raw[16:20]
    tcp = struct.pack(">HHIIBBHHH", *((4000, 5060) if src == socket.inet_aton(ALICE) else (5060, 4000)), sent.get(src, 1),
                      sent.get(dst, 1), 0x50, 24, 65535, 0, 0) + raw[28:]
    sent[src] = sent.get(src, 1) + len(raw) - 28
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0) + src + dst + tcp
    return at, ip, len(ip)
folder = pathlib.Path(sys.argv[1])
silent = Talk().invite(at=1).repeat(at=1.5).repeat(at=2.5).request("OPTIONS", at=60).packets
wrong = Talk().invite(at=1).answer(180).answer(200).ack().request("BYE", to_tag=True, at=8, cseq=1).answer(200).packets
for name, packets, kind, code in (("silent", silent, 3, 3), ("datagrams", wrong, 3, 3), ("six", list(map(six, wrong)), 1, 4),
                                  ("segments", list(map(segment, wrong)), 3, 4)):
    for size in (28, 48, 60, 200, None):
        said = [icmp(packets[0], size, kind, code), icmp(packets[-2], size, kind, code)]
        (folder / f"{name}-{size}.pcap").write_bytes(pcap(*sorted(packets + said)))
PY
mkdir "$home/icmp"
PYTHONPATH="$source/tests/cli" PYTHONDONTWRITEBYTECODE=1 python3 "$home/icmp.py" "$home/icmp"
chmod -R a+rX "$home/icmp"
for said in "$home"/icmp/*.pcap; do
    audited "$said"
    [[ $said == */silent-* ]] || grep -q rfc3261-12.2.1.1-cseq-used-once "$home/wanted" || fail "the audit misses a number that is used twice"
    shown "$said" -2
    diff "$home/wanted" "$home/got" || fail "plugin and audit differ: ${said##*/}"
done

# says TEXT WHAT OPTION…: tshark with these options prints TEXT
says() {
    local text=$1 what=$2
    shift 2
    as_user tshark -r "$home/office.pcap" "$@" >"$home/said" 2>/dev/null
    grep -q "$text" "$home/said" || fail "$what"
}

# filters, expert items, the Info column, the tree, and what Wireshark's own dissector refuses
says SIP "no filter by severity" -Y 'sipcheck.severity == "error"'
says SIP "no filter by section" -Y 'sipcheck.section == "8.1.1.5"'
says "RFC 3261" "no expert items" -q -z expert
says "\[sipcheck: " "nothing in the Info column"
says "SIP conformance: " "no tree" -Y 'sip && sipcheck' -V
says SIP "the heuristic missed frame 11" -Y 'frame.number == 11 && sipcheck.rule'
echo "the plugin agrees with the audit: $findings findings of one message, and flows"
