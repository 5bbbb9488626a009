{{/* A PodMonitor: list of the root, its values, and what it finds: name, pods, port, and the component of agents. */}}
{{- define "tocsin.podMonitor" -}}
{{- $root := index . 0 -}}
{{- $values := index . 1 -}}
{{- $found := index . 2 -}}
{{- $labels := merge (dict) $values.additionalLabels -}}
{{- with $found.component -}}{{- $_ := set $labels "app.kubernetes.io/component" . -}}{{- end -}}
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {{- include "tocsin.metadata" (list $root $found.name $labels dict $values.namespace) | nindent 2 }}
spec:
  namespaceSelector: { matchNames: [{{ include "tocsin.namespace" $root }}] }
  selector:
    matchLabels: {{- toYaml $found.pods | nindent 6 }}
  podMetricsEndpoints:
    - port: {{ $found.port }}
      path: /metrics
      {{- with $values.interval }}
      interval: {{ . }}
      {{- end }}
      {{- with $found.component }}
      # Rules about hubs leave these series out.
      relabelings:
        - { targetLabel: component, replacement: {{ . }} }
      {{- end }}
{{- end -}}

{{/* What of the Services is scraped: the other Services have the same pods behind them. */}}
{{- define "tocsin.scraped" -}}
namespaceSelector: { matchNames: [{{ include "tocsin.namespace" . }}] }
selector:
  matchLabels: {{- merge (dict "tocsin/endpoint" "alerts") (include "tocsin.selectorLabels" . | fromYaml) | toYaml | nindent 4 }}
{{- end -}}
