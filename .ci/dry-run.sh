# Sourced by what publishes: `run` runs a command, or with --dry-run prints it.
dry_run=false

dry_run_if() {
  case "$1" in
    --dry-run) dry_run=true ;;
    '') ;;
    *) echo "$1: only --dry-run is known" >&2; exit 2 ;;
  esac
}
is_dry_run() { [ "$dry_run" = true ]; }
run() {
  if is_dry_run; then echo "would run: $*"; else "$@"; fi
}
