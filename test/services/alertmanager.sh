#!/usr/bin/env bash
# Alertmanager from Debian: takes alerts and keeps them in memory, and has nobody to tell.
# With ALERTMANAGER_RECEIVER (a URL) it posts them there, resolved ones too.
NAME=alertmanager
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

svc_install() { svc_apt prometheus-alertmanager; }
svc_check() { svc_has alertmanager && command -v prometheus-alertmanager >/dev/null; }

svc_start() {
  local port webhook=""
  if [[ -n "${ALERTMANAGER_RECEIVER:-}" ]]; then
    webhook="    webhook_configs: [{ url: '$ALERTMANAGER_RECEIVER', send_resolved: true }]"
  fi
  port="$(svc_port http)"
  cat >"$RUN_DIR/alertmanager.yml" <<CONF
route: { receiver: all, group_wait: 100ms, group_interval: 1s, repeat_interval: 4h }
receivers:
  - name: all
$webhook
CONF
  svc_env "ALERTMANAGER_URL=http://127.0.0.1:$port" "ALERTMANAGER_ADDRESS=127.0.0.1:$port" \
    "ALERTMANAGER_VERSION=$(prometheus-alertmanager --version 2>&1 | sed -n 's/.*version \([0-9.]*\).*/\1/p')"
  svc_spawn main prometheus-alertmanager --config.file="$RUN_DIR/alertmanager.yml" \
    --storage.path="$RUN_DIR/data" --web.listen-address="127.0.0.1:$port" \
    --cluster.listen-address= --log.level=warn
  svc_wait 20 main curl -fsS "http://127.0.0.1:$port/-/ready"
}
svc_main "$@"
