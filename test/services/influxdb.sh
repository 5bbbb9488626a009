#!/usr/bin/env bash
# InfluxDB 1 from Debian.
#   INFLUXDB_URL         INFLUXDB_USER with INFLUXDB_PASSWORD may do anything
#   INFLUXDB_DATABASE    empty
NAME=influxdb
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

svc_install() { svc_apt influxdb; }
svc_check() { svc_has influxdb && command -v influxd >/dev/null; }

svc_start() {
  local port url
  port="$(svc_port http)"; url="http://127.0.0.1:$port"
  cat >"$RUN_DIR/influxdb.conf" <<CONF
reporting-disabled = true
bind-address = "127.0.0.1:$(svc_port rpc)"
[meta]
  dir = "$RUN_DIR/meta"
[data]
  dir = "$RUN_DIR/data"
  wal-dir = "$RUN_DIR/wal"
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:$port"
  auth-enabled = true
  log-enabled = false
CONF
  svc_env "INFLUXDB_URL=$url" INFLUXDB_DATABASE=falco INFLUXDB_USER=tocsin \
    INFLUXDB_PASSWORD=tocsin-secret
  svc_spawn main influxd run -config "$RUN_DIR/influxdb.conf"
  svc_wait 30 main curl -fsS "$url/ping"
  curl -fsS "$url/query" --data-urlencode \
    "q=CREATE USER tocsin WITH PASSWORD 'tocsin-secret' WITH ALL PRIVILEGES" >>"$LOG_FILE" || true
  curl -fsS -u tocsin:tocsin-secret "$url/query" --data-urlencode 'q=CREATE DATABASE falco' >>"$LOG_FILE"
}

svc_main "$@"
