#!/usr/bin/env bash
# auditd from Debian, with the kernel of this machine: one daemon a machine, so one instance of this.
#   AUDITD_LOG (its log file), AUDITD_WATCHED (a directory: what is written there has the key
#   tocsin_write), AUDITD_WATCHED_PROGRAM (a program: who runs it has the key tocsin_run)
# With AUDITD_REMOTE_PORT audisp-remote sends all it has to that port of loopback, as text; with the
# files AUDITD_TLS_CERT, AUDITD_TLS_KEY and AUDITD_TLS_CA through stunnel.
NAME=auditd
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

svc_install() { svc_apt auditd audispd-plugins stunnel4; }
svc_check() {
  svc_has auditd && command -v auditd auditctl ausearch >/dev/null || { echo "auditd is not installed"; return 1; }
  auditctl -s >/dev/null 2>&1 || { echo "the kernel has no audit, or does not give it to this user"; return 1; }
  [ "$(auditctl -s | sed -n 's/^pid //p')" = 0 ] || { echo "another auditd has the kernel's audit"; return 1; }
}

svc_tunnel() {
  local port="$1"
  cat >"$RUN_DIR/stunnel.conf" <<CONF
foreground = yes
pid =
client = yes
[tocsin]
accept = 127.0.0.1:$port
connect = 127.0.0.1:$AUDITD_REMOTE_PORT
cert = $AUDITD_TLS_CERT
key = $AUDITD_TLS_KEY
CAfile = $AUDITD_TLS_CA
verifyChain = yes
checkHost = localhost
CONF
  svc_spawn tunnel stunnel4 "$RUN_DIR/stunnel.conf"
  svc_wait 20 tunnel svc_tcp_open "$port"
}

svc_start() {
  local remote="${AUDITD_REMOTE_PORT:-1060}"
  local etc="$RUN_DIR/etc" watched="$RUN_DIR/watched" program="$RUN_DIR/program"
  mkdir -p "$etc/plugins.d" "$watched"
  cp /bin/true "$program"
  if [ -n "${AUDITD_TLS_CERT:-}" ]; then remote="$(svc_port tunnel)"; svc_tunnel "$remote"; fi
  cat >"$etc/auditd.conf" <<CONF
log_file = $RUN_DIR/audit.log
log_format = ENRICHED
log_group = root
flush = INCREMENTAL_ASYNC
freq = 1
max_log_file = 50
num_logs = 2
max_log_file_action = ROTATE
space_left = 2
admin_space_left = 1
space_left_action = IGNORE
admin_space_left_action = IGNORE
disk_full_action = IGNORE
disk_error_action = IGNORE
plugin_dir = $etc/plugins.d
CONF
  cat >"$etc/plugins.d/au-remote.conf" <<CONF
active = $([ -n "${AUDITD_REMOTE_PORT:-}" ] && echo yes || echo no)
direction = out
path = /sbin/audisp-remote
type = always
format = string
CONF
  cat >"$etc/audisp-remote.conf" <<CONF
remote_server = 127.0.0.1
port = $remote
transport = tcp
queue_file = $RUN_DIR/remote.queue
mode = immediate
queue_depth = 10240
format = ascii
network_retry_time = 1
max_tries_per_record = 100
heartbeat_timeout = 0
CONF
  chmod -R go-w "$etc"
  chmod 640 "$etc"/*.conf "$etc"/plugins.d/*.conf
  # audisp-remote looks for its settings in one place only. The kernel keeps rules when auditd ends.
  svc_spawn main unshare -m sh -c "mount --bind '$etc' /etc/audit || exit
    trap 'auditctl -D; auditctl -e 0; kill \$daemon' TERM
    auditd -n -s enable -c '$etc' & daemon=\$!
    wait; wait"
  svc_wait 20 main test -s "$RUN_DIR/audit.log"
  auditctl -D >>"$LOG_FILE" 2>&1
  auditctl -a always,exit -F dir="$watched" -F perm=wa -k tocsin_write >>"$LOG_FILE" 2>&1
  auditctl -a always,exit -F path="$program" -F perm=x -k tocsin_run >>"$LOG_FILE" 2>&1
  svc_env "AUDITD_LOG=$RUN_DIR/audit.log" "AUDITD_WATCHED=$watched" "AUDITD_WATCHED_PROGRAM=$program"
}

svc_main "$@"
