#!/usr/bin/env bash
# A MariaDB on a free port of this machine, in DIR, away from every other server.
#
#   mariadb.sh start DIR [OPTION of mariadbd]...   prints its URL
#   mariadb.sh stop DIR                            ends it and empties DIR
#
# Needs Debian's mariadb-server. Started by root, the server runs as the user `mysql`.
set -euo pipefail
. "$(dirname "$0")/common.sh"

usage="usage: mariadb.sh start DIR [OPTION]... | stop DIR"
action="${1:?$usage}"
dir="$(realpath -m "${2:?$usage}")"
shift 2

start() {
    own mysql "$dir"
    trap '[[ $? == 0 ]] || stop_all "$dir"' EXIT
    data_dir "$dir/server"
    free_port
    start_mariadb "$dir" server "$port" "$@"
    wait_for "$dir" server "SELECT 1" 1
    echo "mysql://root@127.0.0.1:$port/mysql"
}

case "$action" in
    start) start "$@" ;;
    stop) stop_all "$dir" ;;
    *) fail "$usage" ;;
esac
