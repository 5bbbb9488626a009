{{- define "tocsin.servicePorts" -}}
- name: http
  port: {{ .Values.service.port }}
  targetPort: http
  protocol: TCP
  {{- with .Values.service.nodePort }}
  nodePort: {{ . }}
  {{- end }}
{{- if include "tocsin.grpcPort" . }}
- { name: grpc, port: {{ .Values.service.grpcPort }}, targetPort: grpc, protocol: TCP, appProtocol: kubernetes.io/h2c }
{{- end }}
{{- with include "tocsin.exporterPort" . }}
- { name: falco-exporter, port: {{ . }}, targetPort: falco-exporter, protocol: TCP }
{{- end }}
{{- range include "tocsin.syslogPorts" . | fromYamlArray }}
- { name: {{ .name }}, port: {{ .port }}, targetPort: {{ .name }}, protocol: {{ .protocol }} }
{{- end }}
{{- if include "tocsin.tls" . }}
- { name: http-plain, port: {{ include "tocsin.plainPort" . }}, targetPort: http-plain, protocol: TCP }
{{- end }}
{{- end -}}

{{/* Where the API server finds the hub; empty: by no address of the chart's. */}}
{{- define "tocsin.auditAddress" -}}
{{- if .Values.audit.enabled -}}{{- .Values.audit.clusterIP -}}{{- end -}}
{{- end -}}

{{- define "tocsin.auditPath" -}}
/k8s-audit{{ with .Values.audit.cluster }}/{{ . | urlquery }}{{ end }}
{{- end -}}
