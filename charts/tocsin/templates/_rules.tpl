{{/* Rules of the falcosidekick chart, for who asks for them or has its values. */}}
{{- define "tocsin.sidekickRules" -}}
{{- $isOld := eq (include "tocsin.isSidekick" .) "true" -}}
{{- $waits := dict "warning" "15m" "error" "15m" "critical" "15m" "alert" "5m" "emergency" "1m" -}}
{{- range $priority := list "warning" "error" "critical" "alert" "emergency" }}
{{- $settings := get $.Values.prometheusRules.alerts $priority | default dict }}
{{- if dig "enabled" $isOld $settings }}
- alert: {{ printf "Falco%sEventsRateHigh" (title $priority) }}
  expr: rate(falcosecurity_falcosidekick_falco_events_total{priority_raw={{ $priority | quote }}}[{{ dig "rate_interval" "5m" $settings }}]) > {{ dig "threshold" 0 $settings }}
  for: {{ get $waits $priority }}
  labels: { severity: {{ ternary "warning" "critical" (eq $priority "warning") }} }
  annotations: { summary: Alerts of priority {{ $priority }} come in at a high rate. }
{{- end }}
{{- end }}
{{- $settings := get .Values.prometheusRules.alerts "output" | default dict }}
{{- if dig "enabled" $isOld $settings }}
- alert: FalcoErrorOutputEventsRateHigh
  expr: sum by (destination) (rate(falcosecurity_falcosidekick_outputs_total{status="error"}[{{ dig "rate_interval" "5m" $settings }}])) > {{ dig "threshold" 0 $settings }}
  for: 1m
  labels: { severity: warning }
  annotations:
    summary: {{ "Attempts for {{ $labels.destination }} fail at a high rate." | quote }}
{{- end }}
{{- end -}}
