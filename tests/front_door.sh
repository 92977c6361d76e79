#!/usr/bin/env bash
# Does what the README tells a new user to do, with its own commands, and fails where one of them does not work:
# the release build, the demo with its three requests, GraphiQL, the example storefront, Ctrl-C, the installation.
set -euo pipefail
cd "$(dirname "$0")/.."

folder="$(mktemp -d)"
demo="" pages=""
cleanup() {
    [[ -z "$demo" ]] || kill "$demo" 2>/dev/null || true
    [[ -z "$pages" ]] || kill "$pages" 2>/dev/null || true
    rm -rf "$folder"
}
trap cleanup EXIT

fail() {
    echo "front door: $1" >&2
    [[ ! -s "$folder/demo.out" ]] || sed 's/^/  demo: /' "$folder/demo.out" >&2
    [[ ! -s "$folder/demo.err" ]] || sed 's/^/  demo: /' "$folder/demo.err" >&2
    exit 1
}

# readme PATTERN: the one command of the README's shell blocks that begins with PATTERN.
readme() {
    local found
    found="$(awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' README.md | grep -- "^$1" | sed 's/ *#.*//')"
    [[ "$(wc -l <<<"$found")" == 1 ]] || fail "the README has no single command that begins with '$1'"
    echo "$found"
}

# expect NAME TEXT ANSWER: the answer holds the text.
expect() {
    [[ "$3" == *"$2"* ]] || fail "$1 should answer $2, and answered: $3"
    echo "$1: $2"
}

build="$(readme 'cargo build --release')"
start="$(readme 'cargo run --release')"
install="$(readme 'cargo install')"
storefront="$(readme 'python3 -m http.server')"

echo "\$ $build"
$build
built=$SECONDS
echo "built after $built s: $(stat --format=%s target/release/countermand) bytes"
(($(stat --format=%s target/release/countermand) < 45000000)) || fail "the program has more than 45 MB"
expect "countermand --version" "countermand $(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)" \
    "$(target/release/countermand --version)"

echo "\$ $start --listen 127.0.0.1:0"
$start --listen 127.0.0.1:0 >"$folder/demo.out" 2>"$folder/demo.err" &
demo=$!
for _ in $(seq 1800); do
    [[ "$(grep -c '^curl ' "$folder/demo.out" || true)" == 3 ]] && tail -n 2 "$folder/demo.out" | grep -q "'$" && break
    kill -0 "$demo" 2>/dev/null || fail "the demo ended"
    sleep 0.1
done
address="$(sed -n 's#^listening on \(http://[^/]*\)/graphql.*#\1#p' "$folder/demo.out")"
[[ -n "$address" ]] || fail "the demo did not say where it listens"

# The printed requests, each as it stands there.
requests="$(sed -e ':joined' -e '/\\$/ { N; s/\\\n//; b joined' -e '}' "$folder/demo.out" | grep '^curl ')"
[[ "$(wc -l <<<"$requests")" == 3 ]] || fail "the demo does not print three requests"
answer() { bash -c "$(sed -n "${1}p" <<<"$requests")"; }
expect "1. Anna's orders" '"available_actions":["REORDER","CANCEL"]' "$(answer 1 | tr -d ' ')"
expect "2. cancel the paid one" '"status":"Closed"' "$(answer 2 | tr -d ' ')"
expect "3. switch cancellation off" '"enabled":{"value":false}' "$(answer 3 | tr -d ' ')"

page="$(curl -fsS "$address/graphiql")"
expect "GraphiQL" "graphiql" "$page"
for file in $(grep -o 'src="/[^"]*"' <<<"$page" | cut -d'"' -f2); do
    curl -fsS -o /dev/null "$address$file" || fail "GraphiQL's $file does not load"
    echo "GraphiQL: $file"
done

echo "\$ $storefront"
# Any free port in place of the README's, below those that the system gives to programs.
port=$((10000 + RANDOM % 6000))
while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
${storefront/3000/$port} >/dev/null 2>&1 &
pages=$!
for _ in $(seq 600); do
    curl -fsS -o "$folder/index.html" "http://127.0.0.1:$port/" 2>/dev/null && break
    sleep 0.1
done
expect "the example storefront" "<script" "$(cat "$folder/index.html")"
for file in config.js src/main.js styles/page.css; do
    curl -fsS -o /dev/null "http://127.0.0.1:$port/$file" || fail "the storefront's $file does not load"
done

kill -INT "$demo"
code=0
wait "$demo" || code=$?
demo=""
[[ "$code" == 0 ]] || fail "the demo ended with $code after Ctrl-C"
echo "Ctrl-C: exit code 0"

echo "\$ $install --root ..."
$install --root "$folder/installed"
expect "the installed program" "countermand" "$("$folder/installed/bin/countermand" --version)"
echo "front door: open"
