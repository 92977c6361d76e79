#!/usr/bin/env bash
# Three nodes of MariaDB Galera on free ports of this machine, in DIR, away from every other server.
#
#   galera.sh start DIR [wsrep_retry_autocommit]   prints the URL of each node, one a line, node 1 first
#   galera.sh stop DIR                             ends the nodes and empties DIR
#
# Needs Debian's mariadb-server, galera-4 and rsync. Started by root, the nodes run as the user `mysql`.
set -euo pipefail
. "$(dirname "$0")/common.sh"

usage="usage: galera.sh start DIR [wsrep_retry_autocommit] | stop DIR"
action="${1:?$usage}"
dir="$(realpath -m "${2:?$usage}")"
provider=/usr/lib/galera/libgalera_smm.so
nodes="node1 node2 node3"

start() {
    [[ -e "$provider" ]] || fail "no $provider: install galera-4"
    command -v rsync >/dev/null || fail "no rsync: install it"
    own mysql "$dir"
    trap '[[ $? == 0 ]] || stop_all "$dir"' EXIT
    data_dir "$dir/node1"
    own mysql "$dir/node2"
    own mysql "$dir/node3"
    local -A listen group increment transfer
    local members=""
    for node in $nodes; do
        free_port && listen[$node]=$port
        free_port && group[$node]=$port
        free_port && increment[$node]=$port
        free_port && transfer[$node]=$port
        members+="127.0.0.1:${group[$node]},"
    done
    # A node of a busy machine may be silent for seconds, and is no dead one. At the end all nodes leave together, and wait
    # for each other only for a moment.
    local patience="evs.suspect_timeout=PT30S;evs.inactive_timeout=PT60S;pc.wait_prim_timeout=PT120S;pc.linger=PT2S"
    # Node 1 founds the cluster; each of the others joins when the one before it has its data.
    local address="gcomm://"
    for node in $nodes; do
        start_mariadb "$dir" "$node" "${listen[$node]}" \
            --binlog-format=ROW --innodb-autoinc-lock-mode=2 \
            --wsrep-on=ON --wsrep-provider="$provider" --wsrep-cluster-address="$address" \
            --wsrep-cluster-name="countermand_${group[node1]}" --wsrep-node-name="$node" \
            --wsrep-node-address=127.0.0.1 --wsrep-retry-autocommit="${1:-1}" \
            --wsrep-sst-method=rsync --wsrep-sst-receive-address="127.0.0.1:${transfer[$node]}" \
            --wsrep-provider-options="gmcast.listen_addr=tcp://127.0.0.1:${group[$node]};ist.recv_addr=127.0.0.1:${increment[$node]};gcache.size=32M;$patience"
        wait_for "$dir" "$node" "SHOW STATUS LIKE 'wsrep_local_state_comment'" $'wsrep_local_state_comment\tSynced'
        address="gcomm://${members%,}"
    done
    for node in $nodes; do
        wait_for "$dir" "$node" "SHOW STATUS LIKE 'wsrep_cluster_size'" $'wsrep_cluster_size\t3'
    done
    for node in $nodes; do
        echo "mysql://root@127.0.0.1:${listen[$node]}/mysql"
    done
}

case "$action" in
    start) start "${3:-1}" ;;
    stop) stop_all "$dir" ;;
    *) fail "$usage" ;;
esac
