#!/usr/bin/env bash
# PostgreSQL from Debian; what speaks its protocol (TimescaleDB) is the same to a client.
#   POSTGRES_ADDRESS        with and without TLS; POSTGRES_USER may do anything, POSTGRES_LIMITED_USER
#                           nothing until it is granted; both with POSTGRES_PASSWORD
#   POSTGRES_DATABASE       empty
#   POSTGRES_BIN            where psql is
NAME=postgres
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

svc_install() { svc_apt postgresql; svc_cert; }
svc_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1; }
svc_check() { svc_has postgres && [ -n "$(svc_bin)" ]; }

svc_start() {
  local port bin data="$RUN_DIR/data" fresh=0 password=tocsin-secret
  port="$(svc_port main)"; bin="$(svc_bin)"; svc_user_prefix
  if [ ! -e "$data/PG_VERSION" ]; then
    fresh=1
    printf %s "$password" >"$RUN_DIR/password"
    "${USER_PREFIX[@]}" "$bin/initdb" -D "$data" -U tocsin --pwfile="$RUN_DIR/password" \
      -A scram-sha-256 -E UTF8 --no-locale --no-sync >>"$LOG_FILE" 2>&1
    install -m 600 "$CACHE/tls/server.key" "$data/server.key"
    cp "$CACHE/tls/server.pem" "$data/server.crt"
  fi
  rm -f "$data/postmaster.pid"
  svc_env "POSTGRES_ADDRESS=localhost:$port" POSTGRES_USER=tocsin POSTGRES_LIMITED_USER=limited \
    "POSTGRES_PASSWORD=$password" POSTGRES_DATABASE=security "POSTGRES_CA=$CACHE/tls/ca.pem" \
    "POSTGRES_BIN=$bin"
  svc_spawn main "${USER_PREFIX[@]}" "$bin/postgres" -D "$data" -h localhost -p "$port" \
    -c unix_socket_directories= -c ssl=on -c shared_buffers=16MB
  svc_wait 30 main "$bin/pg_isready" -h localhost -p "$port"
  if [ $fresh = 1 ]; then
    PGPASSWORD="$password" "$bin/psql" -q -h localhost -p "$port" -U tocsin -d postgres \
      -c 'CREATE DATABASE security' -c "CREATE ROLE limited LOGIN PASSWORD '$password'" >>"$LOG_FILE" 2>&1
  fi
}

svc_main "$@"
