#!/usr/bin/env bash
# systemd from Debian, for systemd-analyze, which reads units. No server: `start` says where it is.
NAME=systemd
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

svc_install() { svc_apt systemd; }
svc_check() { command -v systemd-analyze >/dev/null; }

svc_start() { svc_env "SYSTEMD_ANALYZE=$(command -v systemd-analyze)"; }
svc_main "$@"
