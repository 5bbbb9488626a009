#!/usr/bin/env bash
# Postfix with Dovecot's SASL, from Debian: takes mail for everybody into one Maildir, but refuses
# gone@example.org for good and later@example.org for now.
#   SMTP_PLAIN_PORT     STARTTLS and a login are offered, nobody needs them
#   SMTP_STARTTLS_PORT  STARTTLS and a login are demanded
#   SMTP_TLS_PORT       TLS from the first byte, and a login
# Who logs in: tocsin / tocsin-secret, by JWT (HS256 with SMTP_JWT_SECRET, claim `sub`), or anonymously.
NAME=smtp
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# Postfix drops its privileges, so its folders cannot lie under a closed home directory.
BASE="/var/tmp/tocsin-services-$INSTANCE"
JWT_SECRET=tocsin-jwt-secret-of-32-characters

svc_install() { svc_apt postfix dovecot-core; svc_cert; }
svc_check() {
  svc_has smtp && command -v postfix dovecot >/dev/null || return 1
  [ "$(id -u)" = 0 ] || { echo 'needs root'; exit 1; }
}

svc_start() {
  mkdir -p "$BASE"/{etc,spool,data,mail,tls,dovecot/keys/default/HS256}; chmod 755 "$BASE"
  cp "$CACHE"/tls/{ca.pem,server.pem,server.key} "$BASE/tls/"; chmod 600 "$BASE/tls/server.key"
  chown postfix "$BASE/data"; chown nobody:nogroup "$BASE/mail"
  configure_dovecot; configure_postfix
  svc_env "SMTP_PLAIN_PORT=$(svc_port plain)" "SMTP_STARTTLS_PORT=$(svc_port starttls)" \
    "SMTP_TLS_PORT=$(svc_port tls)" SMTP_USER=tocsin SMTP_PASSWORD=tocsin-secret \
    "SMTP_JWT_SECRET=$JWT_SECRET" "SMTP_CA=$CACHE/tls/ca.pem" "SMTP_MAILDIR=$BASE/mail/all"
  # The master leaves the group it is started in, so its own pid is what counts.
  postfix -c "$BASE/etc" start >>"$LOG_FILE" 2>&1 </dev/null 9>&-
  svc_record main "$(tr -d ' ' <"$BASE/spool/pid/master.pid")"
  # One that was just killed is there until somebody has reaped it, and is taken for one that runs.
  rm -f "$BASE/dovecot/run/master.pid"
  svc_spawn dovecot dovecot -F -c "$BASE/dovecot/dovecot.conf"
  for name in plain starttls tls; do svc_wait 30 main svc_tcp_open "$(svc_port "$name")"; done
  svc_wait 30 dovecot test -S "$BASE/spool/private/auth"
}

configure_dovecot() {
  local dir="$BASE/dovecot"
  printf 'tocsin:{PLAIN}tocsin-secret\n' >"$dir/users"
  printf '%s' "$JWT_SECRET" | base64 >"$dir/keys/default/HS256/default"
  chmod -R a+rX "$dir"
  cat >"$dir/oauth2.conf" <<CONF
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=$dir/keys/
username_attribute = sub
CONF
  cat >"$dir/dovecot.conf" <<CONF
protocols =
base_dir = $dir/run
state_dir = $dir/state
instance_name = $INSTANCE
log_path = $LOG_FILE
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login anonymous xoauth2 oauthbearer
auth_failure_delay = 0
passdb {
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN $dir/users
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = $dir/oauth2.conf
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=/tmp
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  unix_listener $BASE/spool/private/auth {
    mode = 0666
  }
}
CONF
}

configure_postfix() {
  local login='-o smtpd_client_restrictions=permit_sasl_authenticated,reject'
  cat >"$BASE/etc/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $BASE/spool
data_directory = $BASE/data
maillog_file = $BASE/maillog
maillog_file_prefixes = $BASE
myhostname = localhost
mydestination =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access inline:{ { gone@example.org = 550 5.1.1 Nobody of that name }, { later@example.org = 450 4.7.1 Greylisted } }
smtpd_tls_cert_file = $BASE/tls/server.pem
smtpd_tls_key_file = $BASE/tls/server.key
smtpd_tls_security_level = may
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_sasl_security_options =
virtual_transport = virtual
transport_maps = static:virtual
virtual_mailbox_base = $BASE/mail
virtual_mailbox_maps = static:all/
virtual_mailbox_limit = 0
virtual_uid_maps = static:$(id -u nobody)
virtual_gid_maps = static:$(id -g nobody)
message_size_limit = 10240000
alias_maps =
CONF
  cat >"$BASE/etc/master.cf" <<CONF
127.0.0.1:$(svc_port plain) inet n - n - - smtpd
127.0.0.1:$(svc_port starttls) inet n - n - - smtpd -o smtpd_tls_security_level=encrypt $login
127.0.0.1:$(svc_port tls) inet n - n - - smtpd -o smtpd_tls_wrappermode=yes $login
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
CONF
}

svc_main "$@"
if [ "${1:-}" = stop ]; then rm -rf "$BASE"; fi
