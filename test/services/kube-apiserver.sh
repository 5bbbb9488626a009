#!/usr/bin/env bash
# A Kubernetes control plane of two processes: kube-apiserver, built once from the module
# k8s.io/kubernetes (with kubectl, in ten minutes or more), on etcd from Debian. Objects are checked,
# stored and audited. There is no controller, no scheduler and no kubelet: pods do not run.
#
#   KUBE_AUDIT_WEBHOOK   where audit events are posted to; none: they are not written
#   KUBE_AUDIT_LEVEL     Metadata (default), Request or RequestResponse
#   KUBE_AUDIT_POLICY    a file that says it for each kind, in place of KUBE_AUDIT_LEVEL
#   KUBE_AUDIT_MODE      batch (default), blocking or blocking-strict
NAME=kube-apiserver
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
VERSION=1.34.3
BIN="$CACHE/kubernetes-$VERSION"
TLS="$CACHE/tls"
TOKEN=tocsin-secret

svc_install() { svc_apt etcd-server; svc_cert; svc_once "kubernetes-$VERSION" build; }
svc_check() {
  svc_has "kubernetes-$VERSION" && command -v etcd >/dev/null ||
    { echo 'is not installed: npm run test:kube'; exit 1; }
}

# The module replaces its parts by folders of its own (./staging/...), with which `go install` refuses
# it. So it is built inside another module, which names the published modules of the same version.
build() {
  local work="$CACHE/build/kubernetes-$VERSION" module program
  command -v go >/dev/null || svc_die "needs Go"
  mkdir -p "$work" "$BIN"
  module="$(cd "$work" && go mod download -json "k8s.io/kubernetes@v$VERSION" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')"
  sed -E -e 's#^module .*#module local/kubernetes#' \
    -e "s#=> \./staging/src/(\S+)#=> \1 v0.${VERSION#1.}#" \
    -e "0,/^require \(/s##require (\n\tk8s.io/kubernetes v$VERSION#" "$module/go.mod" >"$work/go.mod"
  cp "$module/go.sum" "$work/go.sum"; chmod u+w "$work"/go.*
  {
    printf '//go:build tools\n\npackage kubernetes\n\nimport (\n'
    for program in kube-apiserver kubectl; do printf '\t_ "k8s.io/kubernetes/cmd/%s"\n' "$program"; done
    printf ')\n'
  } >"$work/tools.go"
  (
    cd "$work"
    export GOFLAGS='-buildvcs=false -mod=mod'
    nice go mod tidy
    nice go build -ldflags "-s -w $(version_flags)" -o "$BIN/" \
      k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kubectl
  ) >>"$LOG_FILE" 2>&1
  rm -rf "$work"
}
# What the programs say of themselves; clients look at it.
version_flags() {
  local minor="${VERSION#1.}" package=k8s.io/component-base/version
  printf -- '-X %s.gitVersion=v%s -X %s.gitMajor=1 -X %s.gitMinor=%s' \
    $package "$VERSION" $package $package "${minor%.*}"
}

svc_start() {
  local port etcd audit=()
  port="$(svc_port https)"; etcd="http://127.0.0.1:$(svc_port etcd)"
  mkdir -p "$RUN_DIR/certificates"
  printf '%s,admin,1,"system:masters"\n' "$TOKEN" >"$RUN_DIR/tokens.csv"
  [ -s "$RUN_DIR/account.key" ] || openssl genrsa -out "$RUN_DIR/account.key" 2048 2>/dev/null
  kubeconfig "https://127.0.0.1:$port" "\"certificate-authority\":\"$TLS/ca.pem\"" "\"token\":\"$TOKEN\"" \
    >"$RUN_DIR/kubeconfig"
  if [ -n "${KUBE_AUDIT_WEBHOOK:-}" ]; then audit_policy; fi
  svc_env "KUBECONFIG=$RUN_DIR/kubeconfig" "KUBE_URL=https://127.0.0.1:$port" "KUBE_TOKEN=$TOKEN" \
    "KUBE_CA=$TLS/ca.pem" "KUBECTL=$BIN/kubectl"
  svc_spawn etcd etcd --data-dir "$RUN_DIR/etcd" --log-level error \
    --listen-client-urls "$etcd" --advertise-client-urls "$etcd" \
    --listen-peer-urls "http://127.0.0.1:$(svc_port peer)" \
    --initial-advertise-peer-urls "http://127.0.0.1:$(svc_port peer)" \
    --initial-cluster "default=http://127.0.0.1:$(svc_port peer)"
  svc_wait 30 etcd curl -fsS "$etcd/health"
  svc_spawn main "$BIN/kube-apiserver" --etcd-servers="$etcd" --bind-address=127.0.0.1 \
    --advertise-address=127.0.0.1 --secure-port="$port" --cert-dir="$RUN_DIR/certificates" \
    --tls-cert-file="$TLS/server.pem" --tls-private-key-file="$TLS/server.key" \
    --token-auth-file="$RUN_DIR/tokens.csv" --authorization-mode=RBAC \
    --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$RUN_DIR/account.key" \
    --service-account-signing-key-file="$RUN_DIR/account.key" \
    --service-cluster-ip-range=10.0.0.0/24 --allow-privileged=true \
    --disable-admission-plugins=ServiceAccount --endpoint-reconciler-type=none "${audit[@]}"
  svc_wait 90 main curl -fsS --max-time 5 --cacert "$TLS/ca.pem" -H "Authorization: Bearer $TOKEN" \
    "https://127.0.0.1:$port/readyz"
}

kubeconfig() { # SERVER CLUSTER_MEMBERS USER_MEMBERS
  printf '{"apiVersion":"v1","kind":"Config","current-context":"test","contexts":[{"name":"test","context":{"cluster":"test","user":"test"}}],"clusters":[{"name":"test","cluster":{"server":"%s"%s}}],"users":[{"name":"test","user":{%s}}]}\n' \
    "$1" "${2:+,$2}" "${3:-}"
}

# Everything but what the server asks of itself and what probes ask; it sets `audit`.
audit_policy() {
  kubeconfig "$KUBE_AUDIT_WEBHOOK" >"$RUN_DIR/audit.kubeconfig"
  cat >"$RUN_DIR/audit.yaml" <<POLICY
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - { level: None, users: ['system:apiserver'] }
  - { level: None, nonResourceURLs: ['/readyz*', '/livez*', '/healthz*'] }
  - { level: ${KUBE_AUDIT_LEVEL:-Metadata} }
POLICY
  audit=(--audit-policy-file="${KUBE_AUDIT_POLICY:-$RUN_DIR/audit.yaml}"
    --audit-webhook-config-file="$RUN_DIR/audit.kubeconfig"
    --audit-webhook-mode="${KUBE_AUDIT_MODE:-batch}" --audit-webhook-batch-max-wait=1s
    --audit-webhook-initial-backoff=1s)
}
svc_main "$@"
