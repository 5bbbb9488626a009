#!/usr/bin/env bash
# What the scripts of real servers share. Sourced, never run: a script sets NAME, defines svc_install
# and svc_start, perhaps svc_check, and ends with `svc_main "$@"`.
#
#   ./NAME.sh install   fetches the server into the cache
#   ./NAME.sh check     fails, and says on stdout why, when it cannot be started here
#   ./NAME.sh start     starts it, waits until it answers, prints KEY=VALUE lines
#   ./NAME.sh kill      ends it with SIGKILL; `start` then finds its data, on the same ports
#   ./NAME.sh stop      ends it and forgets its data
#   ./NAME.sh env       prints the KEY=VALUE lines again
#
# TOCSIN_SERVICES_CACHE is where servers and their state live (~/.cache/tocsin-services),
# TOCSIN_SERVICES_INSTANCE tells servers of one kind apart that run side by side.
set -euo pipefail

: "${NAME:?lib.sh: set NAME before sourcing}"
CACHE="${TOCSIN_SERVICES_CACHE:-${HOME:-/root}/.cache/tocsin-services}"
INSTANCE="$NAME${TOCSIN_SERVICES_INSTANCE:+-$TOCSIN_SERVICES_INSTANCE}"
RUN_DIR="$CACHE/run/$INSTANCE"
LOG_FILE="$RUN_DIR/log"
ENV_FILE="$RUN_DIR/env"

svc_say() { printf '%s: %s\n' "$NAME" "$*" >&2; }
svc_die() { svc_say "$*"; exit 1; }
svc_log_tail() { tail -n 30 "$LOG_FILE" >&2 2>/dev/null || true; }

# --- ports -------------------------------------------------------------------
# svc_port NAME : a free loopback port, the same at every start of this instance.
# svc_port 0    : any free one, another each time.
svc_port() {
  local remembered="$RUN_DIR/port.${1:-0}"
  local port
  if [ "${1:-0}" = 0 ]; then svc_free_port; return; fi
  if [ ! -s "$remembered" ]; then
    # Nobody listens on one yet that is remembered for another door: it may come up again.
    port="$(svc_free_port)"
    while cat "$RUN_DIR"/port.* 2>/dev/null | grep -qx "$port"; do port="$(svc_free_port)"; done
    echo "$port" >"$remembered"
  fi
  cat "$remembered"
}
svc_free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => {
    console.log(s.address().port); s.close(); })'
}
svc_tcp_open() { (exec 3<>"/dev/tcp/${2:-127.0.0.1}/$1") 2>/dev/null; }

# --- processes ---------------------------------------------------------------
# A pid file holds "pid starttime", so that another process with the same pid is not taken for ours.
svc_starttime() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
svc_pidfile() { echo "$RUN_DIR/${1:-main}.pid"; }
svc_pid() { local pid _; read -r pid _ <"$(svc_pidfile "${1:-main}")"; echo "$pid"; }
svc_record() { printf '%s %s\n' "$2" "$(svc_starttime "$2")" >"$(svc_pidfile "$1")"; }
svc_alive() {
  local file pid started
  file="$(svc_pidfile "${1:-main}")"
  [ -s "$file" ] || return 1
  read -r pid started <"$file"
  [ "$(svc_starttime "$pid")" = "$started" ] &&
    ! grep -q '^State:[[:space:]]*Z' "/proc/$pid/status" 2>/dev/null
}
# svc_spawn ROLE command... : run detached, in a process group of its own
svc_spawn() {
  local role="$1"; shift
  setsid "$@" >>"$LOG_FILE" 2>&1 </dev/null 9>&- &
  svc_record "$role" "$!"
}
# svc_wait SECONDS ROLE command... : until the command succeeds; fails early when ROLE has died.
# A machine that is slow and busy gets five times as long.
svc_wait() {
  local limit="$(($1 * 5))" role="$2" i; shift 2
  for ((i = 0; i < limit * 5; i++)); do
    if [ "$role" != - ] && ! svc_alive "$role"; then svc_log_tail; svc_die "died while starting"; fi
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.2
  done
  svc_log_tail
  svc_die "not ready after ${limit} s"
}
# svc_end ROLE SIGNAL
svc_end() {
  local role="$1" signal="$2" pid i
  if svc_alive "$role"; then
    pid="$(svc_pid "$role")"
    kill "-$signal" "$pid" 2>/dev/null || true
    for ((i = 0; i < 200; i++)); do svc_alive "$role" || break; sleep 0.1; done
    kill -KILL -- "-$pid" 2>/dev/null || true
  fi
  rm -f "$(svc_pidfile "$role")"
}
svc_end_all() {
  local file
  for file in "$RUN_DIR"/*.pid; do
    if [ -e "$file" ]; then svc_end "$(basename "$file" .pid)" "$1"; fi
  done
}
svc_env() { printf '%s\n' "$@" >"$ENV_FILE"; }

# --- installing --------------------------------------------------------------
# svc_once WHAT command... : run the command once per cache, under a lock
svc_once() {
  local stamp="$CACHE/stamps/$1"; shift
  [ -e "$stamp" ] && return 0
  mkdir -p "$CACHE/stamps"
  set +e # a condition would switch errexit off inside, and stamp an installation that failed
  (
    set -e
    flock 9
    if [ ! -e "$stamp" ]; then "$@"; : >"$stamp"; fi
  ) 9>"$CACHE/.lock"
  set -e
  [ -e "$stamp" ] || { svc_log_tail; svc_die "is not installed"; }
}
svc_has() { [ -e "$CACHE/stamps/$1" ]; }
# svc_apt package... : the packages that are missing, without starting what they bring
svc_apt() {
  local missing=() package policy=/usr/sbin/policy-rc.d ours=0 done=1
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ ! -e $policy ]; then printf '#!/bin/sh\nexit 101\n' >$policy; chmod +x $policy; ours=1; fi
  export DEBIAN_FRONTEND=noninteractive
  if ! apt-get install -y --no-install-recommends "${missing[@]}" >>"$LOG_FILE" 2>&1; then
    { apt-get update -qq && apt-get install -y --no-install-recommends "${missing[@]}"; } >>"$LOG_FILE" 2>&1 || done=0
  fi
  if [ $ours = 1 ]; then rm -f $policy; fi
  [ $done = 1 ] || { svc_log_tail; svc_die "apt-get install ${missing[*]} failed"; }
}
# svc_mvn GOAL option... : a goal of Maven's dependency plugin
svc_mvn() {
  (cd "$RUN_DIR" && mvn -q -B "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:$1" "${@:2}") \
    >>"$LOG_FILE" 2>&1 || { svc_log_tail; svc_die "mvn $1 failed"; }
}
# svc_pick_java N : sets SVC_JAVA_HOME to the newest JDK of at least version N, or to nothing
svc_pick_java() {
  local dir version best=0
  SVC_JAVA_HOME=''
  for dir in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    [ -x "$dir/bin/java" ] || continue
    version="$("$dir/bin/java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)"
    if [ "${version:-0}" -ge "$1" ] && [ "$version" -gt "$best" ]; then
      SVC_JAVA_HOME="$dir"; best="$version"
    fi
  done
  [ -n "$SVC_JAVA_HOME" ]
}
# svc_user_prefix : sets USER_PREFIX, to put before the command of a server that refuses root. A user
# namespace shows it uid 1000, while the kernel still sees the owner of our files.
svc_user_prefix() {
  USER_PREFIX=()
  if [ "$(id -u)" = 0 ]; then USER_PREFIX=(unshare --user --map-user=1000 --map-group=1000 --); fi
}
# svc_cert : a throw-away authority and a certificate for localhost, in $CACHE/tls
svc_cert() { svc_once tls svc_make_cert; }
svc_make_cert() {
  local dir="$CACHE/tls"
  mkdir -p "$dir"
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj '/CN=Tocsin test authority' \
    -keyout "$dir/ca.key" -out "$dir/ca.pem" 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj '/CN=localhost' \
    -keyout "$dir/server.key" -out "$dir/server.csr" 2>/dev/null
  cat >"$dir/ext" <<EXT
subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1
basicConstraints=CA:FALSE
extendedKeyUsage=serverAuth,clientAuth
EXT
  openssl x509 -req -in "$dir/server.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial \
    -days 3650 -extfile "$dir/ext" -out "$dir/server.pem" 2>/dev/null
  openssl pkcs12 -export -in "$dir/server.pem" -inkey "$dir/server.key" -certfile "$dir/ca.pem" \
    -name localhost -passout pass:changeit -out "$dir/server.p12"
}

# --- the command line ----------------------------------------------------------
svc_check() { svc_has "$NAME"; } # a script with versions, or needs, says it better
svc_checked() { svc_check || { echo 'is not installed: npm run services'; return 1; }; }
svc_started() {
  local status=0
  if ! svc_alive main; then
    svc_checked >&2 || svc_die "cannot be started here"
    svc_end_all KILL
    set +e # see svc_once
    (set -e; svc_start)
    status=$?
    set -e
    if [ $status != 0 ]; then svc_end_all KILL; svc_die "does not start (log: $LOG_FILE)"; fi
  fi
  cat "$ENV_FILE"
}
svc_main() {
  case "${1:-}" in install | start) mkdir -p "$RUN_DIR" ;; esac
  case "${1:-}" in
    install)
      svc_install
      mkdir -p "$CACHE/stamps"; : >"$CACHE/stamps/$NAME"
      svc_alive main || rm -rf "$RUN_DIR" ;;
    check) svc_checked ;;
    start) svc_started ;;
    kill) svc_end_all KILL ;;
    stop) svc_end_all TERM; rm -rf "$RUN_DIR" ;;
    env) cat "$ENV_FILE" ;;
    *) echo "usage: $0 install|check|start|kill|stop|env" >&2; exit 2 ;;
  esac
}
