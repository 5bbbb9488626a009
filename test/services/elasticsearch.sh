#!/usr/bin/env bash
# Elasticsearch: one node of the real server, from the integ-test zip that Elastic publishes to Maven
# Central: the server, HTTP and x-pack, few modules, no JDK. It has no `GET /`, and no data lifecycle.
#   ELASTICSEARCH_VERSION     8.19.21 (Java 17) or 9.5.3 (Java 21)
#   ELASTICSEARCH_SECURITY=1  HTTPS and basic authentication, as tocsin / tocsin-secret
NAME=elasticsearch
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
VERSIONS=(8.19.21 9.5.3)
VERSION="${ELASTICSEARCH_VERSION:-${VERSIONS[0]}}"
HOME_DIR="$CACHE/elasticsearch-$VERSION"

java_needed() { case "$VERSION" in 8.*) echo 17 ;; *) echo 21 ;; esac; }
svc_install() {
  svc_cert
  for version in "${VERSIONS[@]}"; do svc_once "elasticsearch-$version" unpack "$version"; done
}
unpack() {
  svc_mvn unpack -DoutputDirectory="$CACHE" \
    -Dartifact="org.elasticsearch.distribution.integ-test-zip:elasticsearch:$1:zip"
  chmod +x "$CACHE/elasticsearch-$1"/bin/*
}
svc_check() {
  svc_has "elasticsearch-$VERSION" || return 1
  svc_pick_java "$(java_needed)" || { echo "$VERSION needs Java $(java_needed)"; exit 1; }
}

svc_start() {
  local port transport config="$RUN_DIR/config" scheme=http auth=()
  svc_user_prefix
  svc_pick_java "$(java_needed)"; export ES_JAVA_HOME="$SVC_JAVA_HOME" ES_PATH_CONF="$config"
  port="$(svc_port http)"; transport="$(svc_port transport)"
  rm -rf "$config"; cp -r "$HOME_DIR/config" "$config"
  mkdir -p "$RUN_DIR/data" "$RUN_DIR/logs" "$RUN_DIR/tmp"
  cat >"$config/elasticsearch.yml" <<CONF
cluster.name: tocsin-tests
node.name: n1
discovery.type: single-node
network.host: 127.0.0.1
http.port: $port
transport.port: $transport
path.data: $RUN_DIR/data
path.logs: $RUN_DIR/logs
cluster.routing.allocation.disk.threshold_enabled: false
action.auto_create_index: true
xpack.security.enrollment.enabled: false
CONF
  if [ "${ELASTICSEARCH_SECURITY:-0}" = 1 ]; then
    scheme=https; auth=(-u tocsin:tocsin-secret --cacert "$CACHE/tls/ca.pem")
    secure "$config"
  else
    echo 'xpack.security.enabled: false' >>"$config/elasticsearch.yml"
  fi
  svc_env "ELASTICSEARCH_URL=$scheme://127.0.0.1:$port" "ELASTICSEARCH_VERSION=$VERSION" \
    ELASTICSEARCH_USER=tocsin ELASTICSEARCH_PASSWORD=tocsin-secret "ELASTICSEARCH_CA=$CACHE/tls/ca.pem"
  ES_TMPDIR="$RUN_DIR/tmp" ES_JAVA_OPTS='-Xms512m -Xmx512m -XX:TieredStopAtLevel=1' \
    svc_spawn main "${USER_PREFIX[@]}" "$HOME_DIR/bin/elasticsearch"
  svc_wait 120 main curl -fsS -m 5 "${auth[@]}" \
    "$scheme://127.0.0.1:$port/_cluster/health?wait_for_status=yellow&timeout=1s"
}
secure() {
  mkdir -p "$1/tls"; cp "$CACHE"/tls/{server.pem,server.key,ca.pem} "$1/tls/"
  cat >>"$1/elasticsearch.yml" <<CONF
xpack.security.enabled: true
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.key: tls/server.key
xpack.security.http.ssl.certificate: tls/server.pem
CONF
  "${USER_PREFIX[@]}" "$HOME_DIR/bin/elasticsearch-users" useradd tocsin -p tocsin-secret \
    -r superuser >>"$LOG_FILE" 2>&1
}
svc_main "$@"
