#!/usr/bin/env bash
# helm and kubeconform as Go modules, and the schemas of Kubernetes that kubernetes-validate on PyPI
# ships: what checks charts without a cluster. No server: `start` prints where things are.
NAME=helm
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
HELM_VERSION=v3.22.0 KUBECONFORM_VERSION=v0.8.0 SCHEMAS_VERSION=1.37.0
# From the oldest that the chart takes to the newest there is.
KUBE_VERSIONS=(1.25.0 1.34.0 1.37.0)

svc_install() {
  svc_once "helm-$HELM_VERSION-$KUBECONFORM_VERSION" install_programs
  svc_once "kube-schemas-$SCHEMAS_VERSION-${KUBE_VERSIONS[*]// /-}" install_schemas
}
svc_check() { svc_has helm && [ -x "$CACHE/bin/helm" ]; }

install_programs() {
  local module
  command -v go >/dev/null || svc_die "needs Go"
  mkdir -p "$CACHE/bin"
  for module in "helm.sh/helm/v3/cmd/helm@$HELM_VERSION" "github.com/yannh/kubeconform/cmd/kubeconform@$KUBECONFORM_VERSION"; do
    GOBIN="$CACHE/bin" nice go install -ldflags '-s -w' "$module" >>"$LOG_FILE" 2>&1 ||
      { svc_log_tail; svc_die "go install $module failed"; }
  done
}

# The schemas call themselves by URL, which kubeconform would fetch: each refers to the file beside it
# instead.
install_schemas() {
  local directory="$RUN_DIR/wheel"
  rm -rf "$directory"; mkdir -p "$directory" "$CACHE/kube-schemas"
  python3 -m pip download -q --no-deps --no-input -d "$directory" \
    "kubernetes-validate==$SCHEMAS_VERSION" >>"$LOG_FILE" 2>&1
  python3 - "$directory"/kubernetes_validate-*.whl "$CACHE/kube-schemas" "${KUBE_VERSIONS[@]}" <<'PY'
import json, os, sys, zipfile
wheel, out, *versions = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for version in versions:
        os.makedirs(f"{out}/{version}", exist_ok=True)
        names = [n for n in archive.namelist() if f"v{version}-local-strict/" in n and n.endswith(".json")]
        if not names: sys.exit(f"no schemas of Kubernetes {version}")
        for name in names:
            text = archive.read(name).decode().replace('"/api/_definitions.json#', '"_definitions.json#')
            schema = json.loads(text)
            schema.pop("$id", None)
            with open(f"{out}/{version}/{os.path.basename(name)}", "w") as file: json.dump(schema, file)
PY
}

svc_start() {
  svc_env "HELM=$CACHE/bin/helm" "KUBECONFORM=$CACHE/bin/kubeconform" \
    "KUBE_SCHEMAS=$CACHE/kube-schemas" "KUBE_VERSIONS=${KUBE_VERSIONS[*]}"
}
svc_main "$@"
