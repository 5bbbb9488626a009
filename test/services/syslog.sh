#!/usr/bin/env bash
# syslog-ng from Debian, which writes what it takes, parsed, as one JSON object a line to SYSLOG_FILE.
#   SYSLOG_ADDRESS (UDP, and TCP in lines: RFC 5424 and 3164)
# With SYSLOG_FORWARD_TCP and SYSLOG_FORWARD_UDP (ports) it also forwards all it takes there: over TCP
# as RFC 3164 in lines and as RFC 5424 counted, over UDP as RFC 3164.
#   SYSLOG_COUNTED_ADDRESS (TCP, octet-counted), SYSLOG_TLS_ADDRESS with SYSLOG_CA
NAME=syslog
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

svc_install() { svc_apt syslog-ng-core; svc_cert; }
svc_check() { svc_has syslog && command -v syslog-ng >/dev/null; }

svc_start() {
  local port counted tls forward=""
  if [[ -n "${SYSLOG_FORWARD_TCP:-}" ]]; then
    forward="destination hub {
      network(\"127.0.0.1\" port($SYSLOG_FORWARD_TCP) transport(tcp) persist-name(\"lines\"));
      syslog(\"127.0.0.1\" port($SYSLOG_FORWARD_TCP) transport(tcp) persist-name(\"counted\"));
      network(\"127.0.0.1\" port($SYSLOG_FORWARD_UDP) transport(udp)); };
    log { source(all); destination(hub); };"
  fi
  port="$(svc_port plain)"; counted="$(svc_port counted)"; tls="$(svc_port tls)"
  cat >"$RUN_DIR/syslog-ng.conf" <<CONF
@version: 3.38
options { keep-hostname(yes); use-dns(no); flush-lines(1); stats-freq(0); log-msg-size(1048576); };
source all {
  network(transport(udp) ip(127.0.0.1) port($port) flags(syslog-protocol) so-rcvbuf(4194304));
  network(transport(tcp) ip(127.0.0.1) port($port) flags(syslog-protocol));
  syslog(transport(tcp) ip(127.0.0.1) port($counted));
  syslog(transport(tls) ip(127.0.0.1) port($tls)
    tls(key-file("$CACHE/tls/server.key") cert-file("$CACHE/tls/server.pem") peer-verify(optional-untrusted)));
};
destination file { file("$RUN_DIR/taken.jsonl" template("\$(format-json --scope rfc5424 --key ISODATE)\n")); };
log { source(all); destination(file); };
$forward
CONF
  svc_env "SYSLOG_ADDRESS=127.0.0.1:$port" "SYSLOG_COUNTED_ADDRESS=127.0.0.1:$counted" \
    "SYSLOG_TLS_ADDRESS=localhost:$tls" "SYSLOG_CA=$CACHE/tls/ca.pem" "SYSLOG_FILE=$RUN_DIR/taken.jsonl"
  svc_spawn main syslog-ng -F --no-caps -f "$RUN_DIR/syslog-ng.conf" --persist-file="$RUN_DIR/persist" \
    --pidfile="$RUN_DIR/pid" --control="$RUN_DIR/control"
  svc_wait 20 main svc_tcp_open "$tls"
}

svc_main "$@"
