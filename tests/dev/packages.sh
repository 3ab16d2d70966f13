#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ./dev installs exactly what is missing, and says so where it cannot; wrong arguments call nothing. Debian's tools are played by scripts.
# packages.sh SOURCE-FOLDER
set -euo pipefail
source=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/tree"
cp "$source/dev" "$work/tree/dev"
failures=0

tool() {
    printf '#!/bin/bash\n%s\n' "$2" >"$work/bin/$1"
    chmod +x "$work/bin/$1"
}

# shellcheck disable=SC2016  # the scripts expand these
{
    tool dpkg-query 'status=0
for package in "${@:3}"; do
    case " $INSTALLED " in
    *" $package "*) echo "$package installed" ;;
    *) echo "dpkg-query: no packages found matching $package" >&2; status=1 ;;
    esac
done
exit $status'
    tool apt-get 'echo "$DEBIAN_FRONTEND apt-get $*" >>"$LOG"; [ "${APT:-works}" = works ]'
    tool cmake 'echo "cmake" >>"$LOG"'
    tool id 'echo "$USER_ID"'
    tool sudo 'echo "sudo" >>"$LOG"; exec "$@"'
}
for name in bash env dirname readlink awk nproc mktemp rm cat printf; do
    ln -s "$(command -v "$name")" "$work/bin/$name"
done

needed="gcc libc6-dev cmake ninja-build pkg-config libyaml-dev libglib2.0-dev libwiretap-dev libwsutil-dev libgcrypt20-dev zlib1g-dev"

# dev USER-ID INSTALLED ARGUMENT…: what was called ends up in $log, what was said in $said
dev() {
    local user=$1 installed=$2
    shift 2
    status=0
    : >"$work/log"
    said=$(cd / && env -i PATH="$work/bin" TMPDIR="$work" LOG="$work/log" USER_ID="$user" INSTALLED="$installed" \
        APT="${APT:-works}" bash "$work/tree/dev" "$@" 2>&1) || status=$?
    log=$(cat "$work/log")
}
dev_build() { dev "$1" "$2" build; }

expect() {
    local what=$1
    shift
    if ! "$@"; then
        failures=$((failures + 1))
        printf 'FAILED: %s\n  exit %s\n  called: %s\n  said: %s\n' "$what" "$status" "$log" "$said"
    fi
}

nothing_installed() { [[ $log != *apt-get* ]]; }
built() { [[ $status -eq 0 && $log == *cmake ]]; }

dev_build 0 "$needed"
expect "nothing is missing: apt is left alone" nothing_installed
expect "nothing is missing: it builds" built

dev_build 0 "${needed/libyaml-dev libglib2.0-dev /}"
expect "two are missing: these two are installed, nobody is asked, nothing is recommended" \
    [ "${log%%cmake*}" = "noninteractive apt-get -q -y update
noninteractive apt-get -q -y install --no-install-recommends libyaml-dev libglib2.0-dev
" ]
expect "two are missing: it builds then" built

dev_build 0 ""
expect "everything is missing" grep -qF "install --no-install-recommends $needed" <<<"$log"

dev_build 1000 "${needed/gcc /}"
expect "an ordinary user: sudo" grep -qx sudo <<<"$log"

for seconds in parse 0 -1 1.5; do
    dev 0 "" fuzz "$seconds"
    expect "fuzz $seconds: refused before anything is called" [ "$status:$log" = "2:" ]
done

rm "$work/bin/sudo"
dev_build 1000 "${needed/gcc /}"
expect "an ordinary user without sudo: says what is missing" grep -q 'installed: gcc$' <<<"$said"
expect "an ordinary user without sudo: fails, and installs nothing" [ "$status:$log" = "70:" ]

APT=broken dev_build 0 "${needed/gcc /}"
expect "apt fails: says what it could not install" grep -q 'could not install: gcc$' <<<"$said"
expect "apt fails: does not build" [ "$status" -ne 0 ]

rm "$work/bin/dpkg-query"
dev_build 1000 ""
expect "no Debian: says what is wanted, and tries" built

[ "$failures" -eq 0 ]
