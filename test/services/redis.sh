#!/usr/bin/env bash
# Redis from Debian, which keeps what it answered for across a kill.
#   REDIS_ADDRESS, REDIS_TLS_ADDRESS   the password of the default user is REDIS_PASSWORD
#   REDIS_USER                         may only add to a stream called falco; the same password
NAME=redis
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

svc_install() { svc_apt redis-server; svc_cert; }
svc_check() { svc_has redis && command -v redis-server >/dev/null; }

svc_start() {
  local port tls_port dir="$CACHE/tls" password=tocsin-secret
  port="$(svc_port plain)"; tls_port="$(svc_port tls)"
  cat >"$RUN_DIR/redis.conf" <<CONF
bind 127.0.0.1
port $port
tls-port $tls_port
tls-cert-file $dir/server.pem
tls-key-file $dir/server.key
tls-ca-cert-file $dir/ca.pem
tls-auth-clients no
dir $RUN_DIR
appendonly yes
appendfsync always
save ""
requirepass $password
user adder on >$password ~falco +xadd +select
CONF
  svc_env "REDIS_ADDRESS=127.0.0.1:$port" "REDIS_TLS_ADDRESS=localhost:$tls_port" \
    REDIS_USER=adder "REDIS_PASSWORD=$password" "REDIS_CA=$dir/ca.pem"
  svc_spawn main redis-server "$RUN_DIR/redis.conf"
  svc_wait 20 main redis-cli -p "$port" --no-auth-warning -a "$password" ping
}

svc_main "$@"
