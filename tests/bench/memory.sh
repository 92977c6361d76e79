#!/usr/bin/env bash
# Measures the memory of the demo: idle, while wrong passwords are hashed, and ten seconds later.
#
#   tests/bench/memory.sh target/release/countermand
#
# Prints three figures beside what they must be, and exits with 1 when one is missed. Needs curl and Linux.
set -euo pipefail

program="${1:?usage: memory.sh PATH_OF_A_RELEASE_BINARY}"
# All in KiB. The last one is how far above idle the process may still be, ten seconds after the load.
most_idle=$((60 * 1024))
most_under_load=$((120 * 1024))
most_above_idle=$((20 * 1024))
sign_ins=80
at_once=8
rest=10

folder="$(mktemp -d)"
"$program" demo --listen 127.0.0.1:0 >"$folder/out" 2>"$folder/err" &
demo=$!
clean_up() {
    kill "$demo" 2>/dev/null || true
    wait "$demo" 2>/dev/null || true
    rm -rf "$folder"
}
trap clean_up EXIT

# The address that the demo prints once it answers.
address=""
for _ in $(seq 600); do
    address="$(sed -n 's#^listening on \(http://[^/]*\)/graphql.*#\1#p' "$folder/out")"
    [[ -z "$address" ]] || break
    kill -0 "$demo" 2>/dev/null || break
    sleep 0.1
done
if [[ -z "$address" ]]; then
    echo "the demo does not listen:" >&2
    cat "$folder/out" "$folder/err" >&2
    exit 1
fi

# resident: the memory that the demo holds, in KiB.
resident() {
    awk '/^VmRSS:/ { print $2 }' "/proc/$demo/status"
}

# sign_in NUMBER: one wrong sign-in. Every tenth is of an account that exists; an account locks after ten.
sign_in() {
    local email="stranger$1@example.com"
    (($1 % 10)) || email="anna@example.com"
    curl -sS --fail --max-time 60 "$address/graphql" -H 'Content-Type: application/json' -d \
        "{\"query\":\"mutation { generateCustomerToken(email: \\\"$email\\\", password: \\\"wrong\\\") { token } }\"}" |
        grep -q graphql-authentication
}
export -f sign_in
export address

sleep "$rest"
idle="$(resident)"

seq "$sign_ins" | xargs -P "$at_once" -I{} bash -c 'set -o pipefail; sign_in {}' &
load=$!
peak="$idle"
while kill -0 "$load" 2>/dev/null; do
    now="$(resident)"
    ((now <= peak)) || peak="$now"
    sleep 0.02
done
if ! wait "$load"; then
    echo "a sign-in was not answered as a wrong one" >&2
    exit 1
fi

sleep "$rest"
later="$(resident)"

missed=0
# report NAME KIB MOST: one line, and whether it is within what it must be.
report() {
    local verdict=ok
    (($2 <= $3)) || {
        verdict=MISSED
        missed=1
    }
    printf '%-45s %6.1f MB, at most %6.1f MB  %s\n' "$1" \
        "$(awk "BEGIN { print $2 / 1024 }")" "$(awk "BEGIN { print $3 / 1024 }")" "$verdict"
}
report "idle" "$idle" "$most_idle"
report "peak of $sign_ins wrong sign-ins, $at_once at once" "$peak" "$most_under_load"
report "$rest seconds later" "$later" $((idle + most_above_idle))
exit "$missed"
