#!/usr/bin/env bash
# Prometheus from Debian, for promtool, which tests rules: `start` says where it is.
# With PROMETHEUS_ALERTMANAGER (host:port) it also runs, and has an alert for it that is always on; with
# PROMETHEUS_TARGET (host:port) it runs and reads the metrics there each second, as those of a pod.
NAME=prometheus
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

svc_install() { svc_apt prometheus; }
svc_check() { svc_has prometheus && command -v promtool >/dev/null; }

svc_start() {
  local port
  svc_env "PROMTOOL=$(command -v promtool)"
  if [[ -z "${PROMETHEUS_ALERTMANAGER:-}${PROMETHEUS_TARGET:-}" ]]; then return 0; fi
  port="$(svc_port http)"
  cat >"$RUN_DIR/prometheus.yml" <<CONF
global: { evaluation_interval: 1s, scrape_interval: 1s }
rule_files: ['$RUN_DIR/rules.yml']
CONF
  [[ -z "${PROMETHEUS_ALERTMANAGER:-}" ]] || cat >>"$RUN_DIR/prometheus.yml" <<CONF
alerting: { alertmanagers: [{ static_configs: [{ targets: ['$PROMETHEUS_ALERTMANAGER'] }] }] }
CONF
  [[ -z "${PROMETHEUS_TARGET:-}" ]] || cat >>"$RUN_DIR/prometheus.yml" <<CONF
scrape_configs:
  - job_name: tocsin
    static_configs: [{ targets: ['$PROMETHEUS_TARGET'], labels: { namespace: falco, pod: tocsin-0 } }]
CONF
  cat >"$RUN_DIR/rules.yml" <<'CONF'
groups:
  - name: always
    rules:
      - alert: AlwaysOn
        expr: vector(1)
        labels: { severity: critical, namespace: shop }
        annotations: { summary: 'It is on: {{ $value }}.' }
CONF
  svc_env "PROMETHEUS_URL=http://127.0.0.1:$port"
  svc_spawn main prometheus --config.file="$RUN_DIR/prometheus.yml" \
    --storage.tsdb.path="$RUN_DIR/data" --web.listen-address="127.0.0.1:$port" \
    --rules.alert.resend-delay=1s --log.level=warn
  svc_wait 30 main curl -fsS "http://127.0.0.1:$port/-/ready"
}
svc_main "$@"
