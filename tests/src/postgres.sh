# A throw-away PostgreSQL server: prints the folder of its socket once it answers, and lives until
# its standard input is closed, however its owner ends. Arguments: the folder of its programs.
set -eu
folder=$(mktemp -d /tmp/convergences-postgres-XXXXXX)
trap 'rm -rf "$folder"' EXIT
trap '' HUP INT TERM
"$1/initdb" --pgdata="$folder/data" --username=tests --auth=trust --encoding=UTF8 --no-sync >"$folder/log" 2>&1 || {
  cat "$folder/log" >&2
  exit 1
}
options="-c listen_addresses= -c unix_socket_directories=$folder -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
"$1/pg_ctl" start --wait --silent --pgdata="$folder/data" --log="$folder/log" --options="$options" >&2 || {
  cat "$folder/log" >&2
  exit 1
}
echo "$folder"
read -r _ || true
"$1/pg_ctl" stop --silent --mode=immediate --pgdata="$folder/data" >/dev/null 2>&1 || true
