#!/usr/bin/env bash
# OpenSearch: one node of the real server, all modules and no security, from the integ-test zip that
# the project publishes to Maven Central. Needs Java 21.
NAME=opensearch
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
VERSION=3.6.0
HOME_DIR="$CACHE/opensearch-$VERSION"

svc_install() { svc_once "opensearch-$VERSION" unpack; }
unpack() {
  local fresh="$RUN_DIR/unpacked"
  svc_mvn unpack -DoutputDirectory="$fresh" \
    -Dartifact="org.opensearch.distribution.integ-test-zip:opensearch:$VERSION:zip"
  rm -rf "$HOME_DIR"; mv "$fresh"/* "$HOME_DIR"; chmod +x "$HOME_DIR"/bin/*
}
svc_check() {
  svc_has "opensearch-$VERSION" || return 1
  svc_pick_java 21 || { echo "$VERSION needs Java 21"; exit 1; }
}

svc_start() {
  local port transport config="$RUN_DIR/config"
  svc_user_prefix; svc_pick_java 21
  port="$(svc_port http)"; transport="$(svc_port transport)"
  rm -rf "$config"; cp -r "$HOME_DIR/config" "$config"
  mkdir -p "$RUN_DIR/data" "$RUN_DIR/logs" "$RUN_DIR/tmp"
  cat >"$config/opensearch.yml" <<CONF
cluster.name: tocsin-tests
node.name: n1
discovery.type: single-node
network.host: 127.0.0.1
http.port: $port
transport.port: $transport
path.data: $RUN_DIR/data
path.logs: $RUN_DIR/logs
cluster.routing.allocation.disk.threshold_enabled: false
CONF
  svc_env "OPENSEARCH_URL=http://127.0.0.1:$port" "OPENSEARCH_VERSION=$VERSION"
  OPENSEARCH_JAVA_HOME="$SVC_JAVA_HOME" OPENSEARCH_PATH_CONF="$config" \
    OPENSEARCH_TMPDIR="$RUN_DIR/tmp" OPENSEARCH_JAVA_OPTS='-Xms512m -Xmx512m -XX:TieredStopAtLevel=1' \
    svc_spawn main "${USER_PREFIX[@]}" "$HOME_DIR/bin/opensearch"
  svc_wait 120 main curl -fsS -m 5 \
    "http://127.0.0.1:$port/_cluster/health?wait_for_status=yellow&timeout=1s"
}
svc_main "$@"
