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
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
version=$(tshark -G folders | sed -n 's|^Personal Plugins:.*/plugins/||p')
folder=$home/.local/lib/wireshark/plugins/$version/epan
mkdir -p "$folder"
cp "$plugin" "$folder/"
cp "$source/corpus/captures/office.pcap" "$home/"
chmod -R a+rX "$home"

as_user() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$home" "$@"
    else
        env HOME="$home" "$@"
    fi
}
fail() {
    echo "FAILED: $*"
    exit 1
}

# "frame rule", sorted, from the command
"$sipcheck" audit --format ndjson "$home/office.pcap" >"$home/audit.ndjson" || [ $? -eq 1 ]
sed -n 's/.*"rule":"\([^"]*\)".*"frame":\([0-9]*\),.*/\2 \1/p' "$home/audit.ndjson" | sort >"$home/wanted"
[ -s "$home/wanted" ] || fail "the audit found nothing"

# the same from the plugin; passes: one, then two
for passes in "" -2; do
    as_user tshark $passes -r "$home/office.pcap" -Y sipcheck.rule -T fields -E occurrence=a -E aggregator=, \
        -e frame.number -e sipcheck.rule 2>"$home/errors" |
        awk '{ n = split($2, rules, ","); for (i = 1; i <= n; i++) print $1, rules[i] }' | sort >"$home/got"
    diff "$home/wanted" "$home/got" || fail "plugin and audit differ${passes:+ with $passes}"
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
echo "the plugin agrees with the audit: $(wc -l <"$home/wanted") findings"
