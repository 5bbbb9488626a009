#!/usr/bin/env bash
# moto, from PyPI: the interfaces of AWS in one process (S3, SQS, SNS, Kinesis, Lambda, CloudWatch
# Logs, STS). It emulates AWS: it checks names and limits, but no signature.
#   MOTO_URL   any key pair will do; functions of Lambda answer without running
NAME=moto
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
VERSION=5.2.5
HOME_DIR="$CACHE/moto-$VERSION"

svc_install() { svc_once "moto-$VERSION" install_moto; }
install_moto() {
  [ -x "$HOME_DIR/bin/python" ] || python3 -m venv "$HOME_DIR"
  "$HOME_DIR/bin/python" -m pip install -q --no-input "moto[server]==$VERSION" >>"$LOG_FILE" 2>&1
}
svc_check() { svc_has moto && svc_has "moto-$VERSION"; }

svc_start() {
  local port; port="$(svc_port plain)"
  svc_env "MOTO_URL=http://127.0.0.1:$port"
  svc_spawn main "$HOME_DIR/bin/moto_server" -H 127.0.0.1 -p "$port"
  svc_wait 60 main curl -fsS "http://127.0.0.1:$port/moto-api/"
  curl -fsS -X POST "http://127.0.0.1:$port/moto-api/config" \
    -d '{"lambda": {"use_docker": false}}' >/dev/null
}

svc_main "$@"
