#!/usr/bin/env bash
# Prepares a store with the people and live sessions of SESSIONS_FILE, then serves it.
# usage: start.sh BINARY RUN_DIR SESSIONS_FILE    (RUN_DIR holds convergences.toml, filled in)
set -euo pipefail
binary=$1 run=$2 sessions=$3
here=$(cd "$(dirname "$0")" && pwd)
loader=$(dirname "$binary")/load_sessions
if [ ! -x "$loader" ]; then
  (cd "$here" && cargo build --release --locked --package convergences-tests --bin load_sessions)
  loader=${CARGO_TARGET_DIR:-$here/../../target}/release/load_sessions
fi
umask 077
openssl rand -hex 32 >"$run/master.key"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=portail.example.org \
  -addext subjectAltName=DNS:portail.example.org -keyout "$run/portail.key" -out "$run/portail.pem" 2>/dev/null
"$loader" "$run/convergences.toml" "$sessions" >"$run/cookies"
exec "$binary" serve --config "$run/convergences.toml"
