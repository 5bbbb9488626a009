#!/usr/bin/env bash
# Mosquitto from Debian (MQTT 3.1.1 and 5), which remembers who has subscribed across a kill.
#   MQTT_ADDRESS, MQTT_TLS_ADDRESS   MQTT_USER with MQTT_PASSWORD may do anything, and MQTT_OTHER_USER
#                                    nothing but publish to falco/#
NAME=mosquitto
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

svc_install() { svc_apt mosquitto; svc_cert; }
svc_check() { svc_has mosquitto && command -v mosquitto mosquitto_passwd >/dev/null; }

svc_start() {
  local port tls_port
  port="$(svc_port plain)"; tls_port="$(svc_port tls)"
  mosquitto_passwd -b -c "$RUN_DIR/passwords" tocsin tocsin-secret
  mosquitto_passwd -b "$RUN_DIR/passwords" other tocsin-secret
  printf 'user tocsin\ntopic readwrite #\nuser other\ntopic write falco/#\n' >"$RUN_DIR/rights"
  chmod 700 "$RUN_DIR/passwords" "$RUN_DIR/rights"
  cat >"$RUN_DIR/mosquitto.conf" <<CONF
user root
allow_anonymous false
password_file $RUN_DIR/passwords
acl_file $RUN_DIR/rights
persistence true
persistence_location $RUN_DIR/
autosave_interval 1
max_queued_messages 0
max_packet_size 200000
listener $port 127.0.0.1
listener $tls_port 127.0.0.1
certfile $CACHE/tls/server.pem
keyfile $CACHE/tls/server.key
CONF
  svc_env "MQTT_ADDRESS=127.0.0.1:$port" "MQTT_TLS_ADDRESS=localhost:$tls_port" MQTT_USER=tocsin \
    MQTT_OTHER_USER=other MQTT_PASSWORD=tocsin-secret "MQTT_CA=$CACHE/tls/ca.pem"
  svc_spawn main mosquitto -c "$RUN_DIR/mosquitto.conf"
  svc_wait 20 main svc_tcp_open "$port"
}

svc_main "$@"
