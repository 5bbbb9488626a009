#!/usr/bin/env bash
# Prometheus from Debian, for promtool, which tests rules. No server: `start` says where it is.
NAME=prometheus
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

svc_install() { svc_apt prometheus; }
svc_check() { svc_has prometheus && command -v promtool >/dev/null; }
svc_start() { svc_env "PROMTOOL=$(command -v promtool)"; }
svc_main "$@"
