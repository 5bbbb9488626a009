#!/usr/bin/env bash
# RabbitMQ from Debian, with the management plugin to make queues and read them.
#   RABBITMQ_ADDRESS, RABBITMQ_TLS_ADDRESS   RABBITMQ_USER with RABBITMQ_PASSWORD may do anything
#   RABBITMQ_API                             of the management plugin
NAME=rabbitmq
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

svc_install() { svc_apt rabbitmq-server; svc_cert; }
svc_check() { svc_has rabbitmq && [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ]; }

svc_start() {
  local port tls_port api_port dir="$CACHE/tls"
  port="$(svc_port plain)"; tls_port="$(svc_port tls)"; api_port="$(svc_port api)"
  mkdir -p "$RUN_DIR/mnesia" "$RUN_DIR/home"
  cat >"$RUN_DIR/rabbitmq.conf" <<CONF
listeners.tcp.1 = 127.0.0.1:$port
listeners.ssl.1 = 127.0.0.1:$tls_port
ssl_options.cacertfile = $dir/ca.pem
ssl_options.certfile = $dir/server.pem
ssl_options.keyfile = $dir/server.key
management.tcp.ip = 127.0.0.1
management.tcp.port = $api_port
default_user = tocsin
default_pass = tocsin-secret
log.console = true
log.console.level = warning
log.file = false
disk_free_limit.absolute = 50MB
CONF
  echo '[rabbitmq_management].' >"$RUN_DIR/plugins"
  svc_env "RABBITMQ_ADDRESS=127.0.0.1:$port" "RABBITMQ_TLS_ADDRESS=localhost:$tls_port" \
    "RABBITMQ_API=http://127.0.0.1:$api_port/api" RABBITMQ_USER=tocsin \
    RABBITMQ_PASSWORD=tocsin-secret "RABBITMQ_CA=$dir/ca.pem"
  # Started here, for the server would start one that outlives it.
  svc_spawn epmd epmd -port "$(svc_port epmd)" -address 127.0.0.1
  svc_wait 10 epmd svc_tcp_open "$(svc_port epmd)"
  # The server's own script: Debian's changes the user. The cookie lies in a home of its own.
  svc_spawn main env HOME="$RUN_DIR/home" ERL_EPMD_PORT="$(svc_port epmd)" \
    RABBITMQ_NODENAME="tocsin$port@localhost" RABBITMQ_DIST_PORT="$(svc_port dist)" \
    RABBITMQ_CONFIG_FILE="$RUN_DIR/rabbitmq.conf" RABBITMQ_MNESIA_BASE="$RUN_DIR/mnesia" \
    RABBITMQ_LOG_BASE="$RUN_DIR" RABBITMQ_LOGS=- RABBITMQ_ENABLED_PLUGINS_FILE="$RUN_DIR/plugins" \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+S 2:2 +sbwt none' \
    /usr/lib/rabbitmq/bin/rabbitmq-server
  svc_wait 90 main curl -fsS -u tocsin:tocsin-secret "http://127.0.0.1:$api_port/api/overview"
  svc_wait 30 main svc_tcp_open "$port"
}

svc_main "$@"
