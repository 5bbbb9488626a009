{{/*
The Service that `service.type` is about. With values of the falcosidekick chart it is the one of the old
name, so that an address of a load balancer, or a port of the nodes, stays.
*/}}
{{- define "tocsin.exposed" -}}
{{- $alias := ternary (include "tocsin.alias" .) "" (eq (include "tocsin.isSidekick" .) "true") -}}
{{- default (include "tocsin.fullname" .) $alias -}}
{{- end -}}

{{/* How a Service is reached: list of the root and its name. */}}
{{- define "tocsin.exposure" -}}
{{- $service := (index . 0).Values.service -}}
{{- if eq (index . 1) (include "tocsin.exposed" (index . 0)) -}}
type: {{ $service.type }}
{{- range $key := list "loadBalancerIP" "loadBalancerClass" "loadBalancerSourceRanges" "externalTrafficPolicy" "trafficDistribution" "ipFamilyPolicy" "ipFamilies" }}
{{- with get $service $key }}
{{ toYaml (dict $key .) }}
{{- end }}
{{- end }}
{{- else -}}
type: ClusterIP
{{- end }}
{{- end -}}

{{/* The port for alerts of a Service: list of the root and its name. */}}
{{- define "tocsin.alertPort" -}}
{{- $service := (index . 0).Values.service -}}
name: http
port: {{ $service.port }}
targetPort: http
protocol: TCP
{{- if and $service.nodePort (eq (index . 1) (include "tocsin.exposed" (index . 0))) }}
nodePort: {{ $service.nodePort }}
{{- end }}
{{- end -}}

{{- define "tocsin.servicePorts" -}}
- {{ include "tocsin.alertPort" (list . (include "tocsin.fullname" .)) | nindent 2 | trim }}
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
