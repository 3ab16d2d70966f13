#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The installed library as its users meet it: find_package, pkg-config, static; and the example does what it says.
# install.sh SOURCE-FOLDER BUILD-FOLDER
set -euo pipefail
source=$1 build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

fail() {
    printf 'install.sh: %s\n' "$*"
    exit 1
}

quietly() { "$@" >"$work/log" 2>&1 || fail "$* failed: $(cat "$work/log")"; }

expect_file() { [ -e "$prefix/$1" ] || fail "cmake --install gave no $1"; }

quietly cmake --install "$build" --prefix "$prefix"
libdir=$(basename "$(dirname "$(find "$prefix" -name libsipcheck.a)")")
expect_file "$libdir/libsipcheck.so.0"
expect_file "$libdir/pkgconfig/sipcheck.pc"
for header in "$source"/libsipcheck/include/sipcheck/*; do
    expect_file "include/sipcheck/${header##*/}"
done
for rule in "$source"/rules/*.yaml; do
    expect_file "share/sipcheck/rules/${rule##*/}"
done
[ ! -x "$build/bin/sipcheck" ] || expect_file bin/sipcheck

# A message whose CSeq names another method than its request line. RFC 3261 §8.1.1.5
printf '%s\r\n' 'OPTIONS sip:bob@example.com SIP/2.0' \
    'Via: SIP/2.0/UDP desk.example.com:5060;branch=z9hG4bKexample' 'Max-Forwards: 70' \
    'From: <sip:alice@example.com>;tag=1ezbbd31pd2s' 'To: <sip:bob@example.com>' \
    'Call-ID: 38482762@desk.example.com' 'CSeq: 1 BYE' 'Accept: application/sdp' 'Content-Length: 0' '' >"$work/bad.sip"
sed 's/BYE/OPTIONS/' "$work/bad.sip" >"$work/good.sip"

# judges PROGRAM: finds the fault of one message and none in the other
judges() {
    local status=0
    "$1" "$work/bad.sip" >"$work/out" || status=$?
    [ "$status" -eq 1 ] || fail "$1 ended with $status on a bad message"
    grep -q 'rfc3261-8\.1\.1\.5-cseq' "$work/out" || fail "$1 did not see the wrong CSeq: $(cat "$work/out")"
    "$1" "$work/good.sip" >"$work/out" || fail "$1 complained about a good message: $(cat "$work/out")"
}

quietly cmake -G Ninja -S "$source/examples" -B "$work/examples" -DCMAKE_PREFIX_PATH="$prefix"
quietly cmake --build "$work/examples"
judges "$work/examples/judge"

export PKG_CONFIG_PATH=$prefix/$libdir/pkgconfig
read -ra flags < <(pkg-config --cflags --libs sipcheck)
cc -std=c17 -Wall -Wextra -Werror -o "$work/judge" "$source/examples/judge.c" "${flags[@]}" \
    "-Wl,-rpath,$prefix/$libdir"
judges "$work/judge"

read -ra flags < <(pkg-config --cflags --libs --static sipcheck)
cc -std=c17 -o "$work/judge-static" "$source/examples/judge.c" "-Wl,-Bstatic" "${flags[@]}" "-Wl,-Bdynamic"
judges "$work/judge-static"
