#!/usr/bin/env bash
# Measures a job that cancels 10,000 orders: the dry run, the begin of the job, and the job itself at its fastest pace.
#
#   tests/bench/bulk.sh target/release/countermand [DATABASE_URL]
#
# Without a URL, the orders are in SQLite in a temporary folder; a URL must name an empty database. ORDERS is the number
# of orders, 10000 by default. Prints the figures, and exits with 1 if an order has no result or another one than it
# must have. Needs curl, awk and Linux. A job of 10,000 orders takes at least 100 seconds, because the pace is at most
# 100 orders a second.
set -euo pipefail

program="${1:?usage: bulk.sh PATH_OF_A_RELEASE_BINARY [DATABASE_URL]}"
orders="${ORDERS:-10000}"
folder="$(mktemp -d)"
export DATABASE_URL="${2:-sqlite:$folder/shop.db}"
server=""
clean_up() {
    [[ -z "$server" ]] || kill "$server" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$folder"
}
trap clean_up EXIT

# seconds: the time since the machine started, in seconds with two decimals.
seconds() {
    cut -d' ' -f1 /proc/uptime
}

# since START: the seconds from START until now.
since() {
    awk -v from="$1" -v to="$(seconds)" 'BEGIN { printf "%.1f", to - from }'
}

# Paid orders of one item at 10.00. Every hundredth is shipped, so that its cancellation is refused.
awk -v orders="$orders" 'BEGIN {
    for (i = 1; i <= orders; i++) {
        shipped = i % 100 == 0
        state = shipped ? "complete" : "processing"
        printf "{\"increment_id\":\"%09d\",\"store_id\":1,\"state\":\"%s\",\"status\":\"%s\",", i, state, state
        printf "\"created_at\":\"2026-03-01 10:00:00\",\"updated_at\":\"2026-03-01 10:00:00\","
        printf "\"order_currency_code\":\"USD\",\"base_currency_code\":\"USD\",\"grand_total\":10,"
        printf "\"total_invoiced\":10,\"total_paid\":10,\"customer_email\":\"guest%d@example.com\",", i
        printf "\"customer_is_guest\":1,\"customer_firstname\":\"Gina\",\"customer_lastname\":\"Larsen\","
        printf "\"items\":[{\"item_id\":%d,\"sku\":\"RECALLED\",\"name\":\"Kettle\",\"product_type\":\"simple\",", i
        printf "\"qty_ordered\":1,\"qty_invoiced\":1,\"qty_shipped\":%d,\"price\":10,\"row_total\":10,", shipped
        printf "\"row_invoiced\":10}],\"billing_address\":{\"firstname\":\"Gina\",\"lastname\":\"Larsen\","
        printf "\"street\":[\"1 Main St\"],\"city\":\"Austin\",\"postcode\":\"78701\",\"country_id\":\"US\","
        printf "\"telephone\":\"512 555 0100\"},\"payment\":{\"method\":\"checkmo\"}}\n"
    }
}' >"$folder/orders.jsonl"

"$program" migrate >/dev/null
began="$(seconds)"
"$program" import "$folder/orders.jsonl" >"$folder/import"
printf '%-45s %8s s\n' "import of $orders orders" "$(since "$began")"
token="$("$program" token create --role owner)"

"$program" serve --listen 127.0.0.1:0 >"$folder/out" 2>"$folder/err" &
server=$!
address=""
for _ in $(seq 100); do
    address="$(sed -n 's#.*\(http://[^/ ]*\).*#\1#p' "$folder/out" | head -1)"
    [[ -z "$address" ]] || break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
done
if [[ -z "$address" ]]; then
    echo "the server does not listen:" >&2
    cat "$folder/out" "$folder/err" >&2
    exit 1
fi

# ask DOCUMENT: the answer, on one line. A document has no quotation marks but escaped ones.
ask() {
    curl -sS --fail --max-time 600 "$address/graphql" -H 'Content-Type: application/json' \
        -H "Authorization: Bearer $token" -d "{\"query\":\"$1\"}"
}

# field NAME: the first value of the field in the text that is read.
field() {
    sed -n "s/.*\"$1\":\"\{0,1\}\([^,\"}]*\).*/\1/p" | head -1
    echo
}

ask 'mutation { updateCancellationConfig(input: { scope: DEFAULT, enabled: true }) { user_errors { code } } }' >/dev/null
selection='filter: { sku: \"RECALLED\" }, reason: \"other\", notify_customer: false'
began="$(seconds)"
ask "mutation { bulkCancelOrders(input: { $selection, dry_run: true, first: 1 }) { forecast { total canceled refused } \
    user_errors { code message } } }" >"$folder/forecast"
printf '%-45s %8s s\n' "dry run" "$(since "$began")"

began="$(seconds)"
job="$(ask "mutation { bulkCancelOrders(input: { $selection, orders_per_second: 100, idempotency_key: \\\"bench\\\" }) { \
    bulk_cancellation { id } user_errors { code message } } }" | field id)"
if [[ -z "$job" ]]; then
    echo "the job was refused: $(cat "$folder/forecast")" >&2
    exit 1
fi
printf '%-45s %8s s\n' "begin of the job" "$(since "$began")"

# The longest answer to a look at the job while its orders are canceled, in milliseconds.
longest=0
state=QUEUED
while [[ "$state" != DONE ]]; do
    sleep 0.5
    asked="$(seconds)"
    ask "{ bulkCancellation(id: \\\"$job\\\") { state total waiting canceled refused failed } }" >"$folder/job"
    took="$(awk -v from="$asked" -v to="$(seconds)" 'BEGIN { printf "%d", (to - from) * 1000 }')"
    ((took <= longest)) || longest="$took"
    state="$(field state <"$folder/job")"
    if [[ -z "$state" ]]; then
        cat "$folder/job" >&2
        exit 1
    fi
done
took="$(since "$began")"
printf '%-45s %8s s, %s orders a second\n' "the job" "$took" \
    "$(awk -v orders="$orders" -v took="$took" 'BEGIN { printf "%.0f", orders / took }')"
printf '%-45s %8s ms\n' "longest answer to a look at the job" "$longest"
printf '%-45s %8s MB\n' "memory of the server" \
    "$(awk '/^VmHWM:/ { printf "%.1f", $2 / 1024 }' "/proc/$server/status")"

refused=$((orders / 100))
expected="$orders 0 $((orders - refused)) $refused 0"
found="$(for name in total waiting canceled refused failed; do field "$name" <"$folder/job"; done | xargs)"
if [[ "$found" != "$expected" ]]; then
    echo "total, waiting, canceled, refused and failed are $found, not $expected" >&2
    exit 1
fi
"$program" doctor >"$folder/doctor" || {
    cat "$folder/doctor" >&2
    exit 1
}
