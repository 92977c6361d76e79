# What the scripts of this folder share; it is sourced. Every process that a script starts has its id in a file
# DIR/NAME.pid, so that `stop` ends exactly these.

fail() {
    echo "$*" >&2
    exit 1
}

# Whether something listens on port $1 of this machine.
listens() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Each script has sixteen ports of its own to begin with, below those that the system gives to clients, so that
# scripts which run at the same time do not choose the same ones.
next_port=$((20000 + $$ % 750 * 16))

# free_port: sets `port` to one on which no program listens.
free_port() {
    while listens "$next_port"; do
        next_port=$((next_port + 1))
    done
    port=$next_port
    next_port=$((next_port + 1))
}

# as USER: sets `as` to what runs a command as USER when root asks, because servers refuse to run as root.
as() {
    as=()
    [[ "$(id -u)" != 0 ]] || as=(setpriv --reuid "$1" --regid "$1" --init-groups --)
}

# own USER DIR: makes DIR, which belongs to USER when root asks.
own() {
    mkdir -p "$2"
    [[ "$(id -u)" != 0 ]] || chown -R "$1:" "$2"
}

# is_running DIR NAME: whether the process of DIR/NAME.pid lives and is one that works in DIR.
is_running() {
    local process
    process="$(cat "$1/$2.pid" 2>/dev/null)" && [[ -n "$process" ]] || return 1
    tr '\0' ' ' 2>/dev/null <"/proc/$process/cmdline" | grep -qF -- "$1/"
}

# started DIR NAME: notes the id of the process that was just started, and waits until it is no copy of the script.
started() {
    echo $! >"$1/$2.pid"
    for _ in $(seq 3000); do
        is_running "$1" "$2" && return
        kill -0 $! 2>/dev/null || return 0
        sleep 0.02
    done
}

# stop_all DIR: ends every process of DIR, by force after half a minute, and empties DIR.
stop_all() {
    local file name
    for file in "$1"/*.pid; do
        name="$(basename "$file" .pid)"
        is_running "$1" "$name" && kill -TERM "$(cat "$file")"
    done
    for file in "$1"/*.pid; do
        name="$(basename "$file" .pid)"
        for _ in $(seq 150); do
            is_running "$1" "$name" || break
            sleep 0.2
        done
        is_running "$1" "$name" && kill -KILL "$(cat "$file")"
    done
    rm -rf "${1:?}"/*
}

# data_dir DIR: a fresh data directory of MariaDB, in which root has no password.
data_dir() {
    own mysql "$1"
    # Temporary tables of installations that run at the same time have the same names.
    own mysql "$1.tmp"
    as mysql
    "${as[@]}" mariadb-install-db --no-defaults --datadir="$1" --tmpdir="$1.tmp" --skip-test-db \
        --auth-root-authentication-method=normal >"$1.log" 2>&1 || fail "no data directory: $(tail -n 5 "$1.log")"
}

# start_mariadb DIR NAME PORT OPTIONS...: starts a small server over DIR/NAME, whose id is then in DIR/NAME.pid.
start_mariadb() {
    local dir="$1" name="$2" server_port="$3"
    shift 3
    as mysql
    "${as[@]}" mariadbd --no-defaults --datadir="$dir/$name" --socket="$dir/$name.sock" \
        --port="$server_port" --bind-address=127.0.0.1 --skip-name-resolve --skip-log-bin \
        --innodb-use-native-aio=0 --innodb-flush-log-at-trx-commit=2 \
        --innodb-buffer-pool-size=32M --innodb-log-file-size=16M --innodb-log-buffer-size=2M \
        --key-buffer-size=1M --aria-pagecache-buffer-size=1M --performance-schema=OFF --max-connections=100 \
        "$@" >>"$dir/$name.log" 2>&1 </dev/null &
    started "$dir" "$name"
}

# wait_for DIR NAME QUERY WANTED: until the server of DIR/NAME answers QUERY with WANTED; fails after four minutes.
wait_for() {
    local answer
    for _ in $(seq 1200); do
        is_running "$1" "$2" || fail "$2 ended: $(grep -E 'ERROR|error' "$1/$2.log" | tail -n 5)"
        answer="$(mariadb --no-defaults -uroot -S "$1/$2.sock" -NBe "$3" 2>/dev/null)" || answer=""
        [[ "$answer" == "$4" ]] && return
        sleep 0.2
    done
    fail "$2 does not answer \`$3\` with \`$4\` but with \`$answer\`: $(tail -n 5 "$1/$2.log")"
}
