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

# In C++: what is wrong in the grammar, and where.
read -ra flags < <(pkg-config --cflags --libs sipcheck)
c++ -std=c++17 -Wall -Wextra -Wpedantic -Wold-style-cast -Wzero-as-null-pointer-constant -Werror -o "$work/faults" \
    "$source/examples/faults.cpp" "${flags[@]}" "-Wl,-rpath,$prefix/$libdir"
for faults in "$work/faults" "$work/examples/faults"; do
    "$faults" "$work/good.sip" || fail "$faults complained about a good message"
    sed 's/Max-Forwards: 70/Max-Forwards: 7x/' "$work/good.sip" >"$work/wrong.sip"
    [ "$("$faults" "$work/wrong.sip" || true)" = "byte 114: end of field wanted in Max-Forwards (RFC 3261 section 25.1)" ] ||
        fail "$faults: $("$faults" "$work/wrong.sip" || true)"
done

# In a fuzzer: an answer that breaks a rule ends it, a request that nobody could judge does not.
if ! command -v clang >/dev/null; then
    echo 'SKIPPED: fuzz_answer: clang is not installed'
    exit 0
fi
quietly clang -std=c17 -Wall -Wextra -Werror -fsanitize=fuzzer,address -o "$work/fuzz_answer" "$source/examples/fuzz_answer.c" \
    "${flags[@]}" "-Wl,-rpath,$prefix/$libdir"
quietly "$work/fuzz_answer" "$work/wrong.sip"
status=0
(cd "$work" && ./fuzz_answer good.sip >out 2>&1) || status=$?
[ "$status" -ne 0 ] || fail "fuzz_answer took a wrong answer"
grep -q '(rfc3261-18\.2\.1-received-in-response): byte 21 of' "$work/out" || fail "fuzz_answer: $(cat "$work/out")"
