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
{{- if include "tocsin.tls" . }}
- { name: http-plain, port: {{ include "tocsin.plainPort" . }}, targetPort: http-plain, protocol: TCP }
{{- end }}
{{- end -}}
