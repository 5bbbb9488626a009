#!/usr/bin/env bash
# Fetches every real server that the tests speak to. What cannot be had is named at the end, and its
# tests are skipped.
cd "$(dirname "${BASH_SOURCE[0]}")"
failed=()
for script in *.sh; do
  # kube-apiserver is built for ten minutes or more: `npm run test:kube` does that.
  case "$script" in lib.sh | install.sh | kube-apiserver.sh) continue ;; esac
  printf '%s\n' "${script%.sh}"
  bash "$script" install || failed+=("${script%.sh}")
done
[ ${#failed[@]} -eq 0 ] || { printf 'not installed: %s\n' "${failed[*]}" >&2; exit 1; }
