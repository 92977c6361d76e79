#!/usr/bin/env bash
# A pgbouncer in transaction mode on a free port of this machine, in DIR, before a PostgreSQL that is there already.
#
#   pgbouncer.sh start DIR [URL]   prints the URL of URL's database through pgbouncer; URL is that of a PostgreSQL
#                                  server, TEST_POSTGRES_URL or this machine's unless it is given
#   pgbouncer.sh stop DIR          ends it and empties DIR
#
# Needs Debian's pgbouncer. Started by root, it runs as the user `postgres`.
set -euo pipefail
. "$(dirname "$0")/common.sh"

usage="usage: pgbouncer.sh start DIR [URL] | stop DIR"
action="${1:?$usage}"
dir="$(realpath -m "${2:?$usage}")"

start() {
    command -v pgbouncer >/dev/null || fail "no pgbouncer: install it"
    # postgres://USER[:PASSWORD]@HOST[:PORT]/NAME[?...]
    local account="${1#*://}" user password="" server server_port=5432 name
    name="${account#*/}"
    account="${account%%/*}"
    server="${account##*@}"
    user="${account%@*}"
    [[ "$user" != *:* ]] || password="${user#*:}" user="${user%%:*}"
    [[ "$server" != *:* ]] || server_port="${server##*:}" server="${server%%:*}"

    own postgres "$dir"
    trap '[[ $? == 0 ]] || stop_all "$dir"' EXIT
    free_port
    cat >"$dir/users.txt" <<USERS
"$user" "$password"
USERS
    # Four connections to the server for any number of clients: who relies on a connection of its own fails soon.
    cat >"$dir/pgbouncer.ini" <<SETTINGS
[databases]
* = host=$server port=$server_port
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = trust
auth_file = $dir/users.txt
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
SETTINGS
    own postgres "$dir"
    as postgres
    "${as[@]}" pgbouncer "$dir/pgbouncer.ini" >>"$dir/pgbouncer.log" 2>&1 </dev/null &
    started "$dir" pgbouncer
    for _ in $(seq 1200); do
        is_running "$dir" pgbouncer || fail "pgbouncer ended: $(tail -n 5 "$dir/pgbouncer.log")"
        if listens "$port"; then
            echo "postgres://$user@127.0.0.1:$port/$name"
            return
        fi
        sleep 0.1
    done
    fail "pgbouncer does not listen: $(tail -n 5 "$dir/pgbouncer.log")"
}

case "$action" in
    start) start "${3:-${TEST_POSTGRES_URL:-postgres://postgres@127.0.0.1:5432/postgres}}" ;;
    stop) stop_all "$dir" ;;
    *) fail "$usage" ;;
esac
