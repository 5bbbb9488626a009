{{- define "tocsin.agentName" -}}
{{- include "tocsin.fullname" . }}-agent
{{- end -}}

{{- define "tocsin.agentLabels" -}}
{{- toYaml (merge (dict "app.kubernetes.io/component" "agent") (include "tocsin.selectorLabels" . | fromYaml)) -}}
{{- end -}}

{{/* "true" where the hub of this release has a certificate of the chart's, whose authority the agent trusts. */}}
{{- define "tocsin.agentTrustsChart" -}}
{{- with .Values.agent.hub -}}
{{- if and (not .caSecret) (not .address) (not .plaintext) $.Values.tls.enabled -}}true{{- end -}}
{{- end -}}
{{- end -}}

{{- define "tocsin.agentCaSecret" -}}
{{- ternary (include "tocsin.tlsSecret" .) .Values.agent.hub.caSecret (eq (include "tocsin.agentTrustsChart" .) "true") -}}
{{- end -}}

{{/* The output that goes to the hub, as YAML. */}}
{{- define "tocsin.agentOutput" -}}
{{- $hub := .Values.agent.hub -}}
{{- $service := printf "%s.%s.svc:%v" (include "tocsin.fullname" .) (include "tocsin.namespace" .) .Values.service.grpcPort -}}
type: tocsin
address: {{ default $service $hub.address | quote }}
{{- if $hub.plaintext }}
plaintext: true
{{- end }}
{{- if $hub.tokenSecret }}
token: ${file:/run/secrets/hub-token/token}
{{- end }}
{{- if or $hub.certificateSecret (include "tocsin.agentCaSecret" .) }}
tls:
  {{- if $hub.certificateSecret }}
  certFile: /run/secrets/hub-certificate/tls.crt
  keyFile: /run/secrets/hub-certificate/tls.key
  {{- end }}
  {{- if include "tocsin.agentCaSecret" . }}
  caFile: /run/secrets/hub-ca/ca.crt
  {{- end }}
{{- end }}
{{- end -}}

{{/*
What the chart says of the agent's configuration, under what `agent.config` says. Probes and metrics
need a port of the pod: with a token nobody sends there who could not send to the hub.
*/}}
{{- define "tocsin.agentConfig" -}}
{{- $http := dict "address" "[::]:2801" -}}
{{- if .Values.agent.hub.tokenSecret -}}
{{- $_ := set $http "auth" (dict "tokens" (list (dict "name" "agent" "token" "${file:/run/secrets/hub-token/token}"))) -}}
{{- end -}}
{{- $made := dict
  "ingest" (dict "http" $http)
  "queue" (dict "directory" "/var/lib/tocsin" "bytesMax" "256MiB" "whenFull" "reject")
  "outputs" (dict "hub" (merge (deepCopy .Values.agent.hub.settings) (include "tocsin.agentOutput" . | fromYaml))) -}}
{{- toYaml (merge (deepCopy .Values.agent.config) $made) -}}
{{- end -}}

{{/* Empty where the queue outlives the pod. */}}
{{- define "tocsin.agentDrainSeconds" -}}
{{- include "tocsin.drainSeconds" (list .Values.agent.queue.drainSeconds .Values.agent.queue.hostPath) -}}
{{- end -}}

{{/* Mistakes that would leave an agent without a hub. */}}
{{- define "tocsin.agentChecks" -}}
{{- if not .Values.agent.hub.address -}}
{{- if not (include "tocsin.grpcPort" .) -}}
{{- fail "agent.enabled: the hub takes no gRPC: set config.ingest.grpc, or name another hub in agent.hub.address" -}}
{{- else -}}
{{- $tls := dig "ingest" "grpc" "tls" nil .Values.config -}}
{{- if and (not $tls) (not .Values.agent.hub.plaintext) -}}
{{- fail "agent.enabled: config.ingest.grpc has no tls: set it, or agent.hub.plaintext=true" -}}
{{- end -}}
{{- if and $tls .Values.agent.hub.plaintext -}}
{{- fail "agent.hub.plaintext: config.ingest.grpc has tls, which the agent must speak, too" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Host paths, as a list of {name, path}. */}}
{{- define "tocsin.agentPaths" -}}
{{- range $at, $path := .Values.agent.hostPaths }}
- { name: host-{{ $at }}, path: {{ $path | quote }} }
{{- end }}
{{- end -}}

{{/* Secrets that the agent proves itself and knows the hub by, as a list of {name, secret, keys}. */}}
{{- define "tocsin.agentSecrets" -}}
{{- with .Values.agent.hub.tokenSecret }}
- { name: hub-token, secret: {{ . | quote }}, keys: [token] }
{{- end }}
{{- with .Values.agent.hub.certificateSecret }}
- { name: hub-certificate, secret: {{ . | quote }}, keys: [tls.crt, tls.key] }
{{- end }}
{{- with include "tocsin.agentCaSecret" . }}
- { name: hub-ca, secret: {{ . | quote }}, keys: [ca.crt] }
{{- end }}
{{- end -}}

{{- define "tocsin.agentVolumes" -}}
- { name: tmp, emptyDir: { sizeLimit: 16Mi } }
{{- if .Values.agent.queue.hostPath }}
- { name: queue, hostPath: { path: {{ .Values.agent.queue.hostPath | quote }}, type: DirectoryOrCreate } }
{{- else }}
- { name: queue, emptyDir: { sizeLimit: {{ .Values.agent.queue.emptyDirSize }} } }
{{- end }}
- { name: config, secret: { secretName: {{ include "tocsin.agentName" . }}, defaultMode: 288 } }
{{- range include "tocsin.agentSecrets" . | fromYamlArray }}
- name: {{ .name }}
  secret:
    secretName: {{ .secret }}
    defaultMode: 288
    items:
      {{- range .keys }}
      - { key: {{ . }}, path: {{ . }} }
      {{- end }}
{{- end }}
{{- range include "tocsin.agentPaths" . | fromYamlArray }}
- { name: {{ .name }}, hostPath: { path: {{ .path | quote }}, type: Directory } }
{{- end }}
{{- end -}}

{{- define "tocsin.agentMounts" -}}
- { name: queue, mountPath: {{ (include "tocsin.agentConfig" . | fromYaml).queue.directory | quote }} }
- { name: tmp, mountPath: /tmp }
- { name: config, mountPath: /etc/tocsin, readOnly: true }
{{- range include "tocsin.agentSecrets" . | fromYamlArray }}
- { name: {{ .name }}, mountPath: /run/secrets/{{ .name }}, readOnly: true }
{{- end }}
{{- range include "tocsin.agentPaths" . | fromYamlArray }}
- { name: {{ .name }}, mountPath: {{ .path | quote }}, readOnly: true }
{{- end }}
{{- end -}}
