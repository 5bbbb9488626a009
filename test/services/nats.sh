#!/usr/bin/env bash
# NATS with JetStream, from Debian.
#   NATS_ADDRESS        clients in the clear: NATS_USER, who may do anything, and NATS_LIMITED_USER, who
#                       may publish to falco.> alone; both with NATS_PASSWORD
#   NATS_TLS_ADDRESS    TLS is demanded, and an NKEY with NATS_SEED is let in; nothing is stored there
NAME=nats
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# The pair in NATS's own documentation of NKEYs.
SEED=SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY
PUBLIC_KEY=UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4

svc_install() { svc_apt nats-server; svc_cert; }
svc_check() { svc_has nats && command -v nats-server >/dev/null; }

svc_start() {
  local port tls_port
  port="$(svc_port plain)"; tls_port="$(svc_port tls)"
  cat >"$RUN_DIR/plain.conf" <<CONF
listen: 127.0.0.1:$port
jetstream { store_dir: "$RUN_DIR/js", max_file: 256MB }
authorization {
  users: [
    { user: tocsin, password: tocsin-secret }
    { user: limited, password: tocsin-secret, permissions: { publish: "falco.>", subscribe: "answers.>" } }
  ]
}
CONF
  cat >"$RUN_DIR/tls.conf" <<CONF
listen: 127.0.0.1:$tls_port
tls { cert_file: "$CACHE/tls/server.pem", key_file: "$CACHE/tls/server.key" }
authorization { users: [{ nkey: $PUBLIC_KEY }] }
CONF
  svc_env "NATS_ADDRESS=127.0.0.1:$port" "NATS_TLS_ADDRESS=localhost:$tls_port" "NATS_SEED=$SEED" \
    NATS_USER=tocsin NATS_LIMITED_USER=limited NATS_PASSWORD=tocsin-secret "NATS_CA=$CACHE/tls/ca.pem"
  svc_spawn main nats-server -c "$RUN_DIR/plain.conf"
  svc_spawn tls nats-server -c "$RUN_DIR/tls.conf"
  svc_wait 20 main svc_tcp_open "$port"
  svc_wait 20 tls svc_tcp_open "$tls_port"
}

svc_main "$@"
