{{/* Variables that the chart sets. */}}
{{- define "tocsin.env" -}}
{{- if .Values.tls.enabled }}
- { name: TOCSIN_INGEST_HTTP_TLS_CERT_FILE, value: /etc/tocsin-tls/tls.crt }
- { name: TOCSIN_INGEST_HTTP_TLS_KEY_FILE, value: /etc/tocsin-tls/tls.key }
- { name: TOCSIN_INGEST_HTTP_PLAIN_ADDRESS, value: '[::]:{{ include "tocsin.plainPort" . }}' }
{{- if .Values.tls.mutual }}
- { name: TOCSIN_INGEST_HTTP_TLS_CLIENT_CA_FILE, value: /etc/tocsin-tls/ca.crt }
{{- end }}
{{- end }}
{{- if .Values.exporterService.enabled }}
- { name: TOCSIN_METRICS_FALCO_EVENTS, value: 'true' }
{{- end }}
{{- range concat (dig "extraEnv" (list) .Values.config) .Values.extraEnv }}
- {{ toYaml . | nindent 2 | trim }}
{{- end }}
{{- end -}}

{{- define "tocsin.envFrom" -}}
{{- if include "tocsin.isSidekick" . }}
- secretRef: { name: {{ include "tocsin.fullname" . }}-config }
{{- with dig "existingSecret" "" .Values.config }}
- secretRef: { name: {{ . }} }
{{- end }}
{{- end }}
{{- with .Values.envFrom }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "tocsin.mounts" -}}
- { name: queue, mountPath: {{ include "tocsin.queueDirectory" . | quote }} }
- { name: tmp, mountPath: /tmp }
{{- if not (include "tocsin.isSidekick" .) }}
- { name: config, mountPath: /etc/tocsin, readOnly: true }
{{- end }}
{{- if include "tocsin.tlsSecret" . }}
- { name: tls, mountPath: {{ ternary "/etc/tocsin-tls" "/etc/certs/server" .Values.tls.enabled }}, readOnly: true }
{{- end }}
{{- range .Values.secretMounts }}
- { name: {{ printf "secret-%s" .name | trunc 63 | trimSuffix "-" }}, mountPath: {{ printf "/run/secrets/%s" .name }}, readOnly: true }
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* A mode of 288 is 0440, which not every parser of YAML takes for octal. */}}
{{- define "tocsin.volumes" -}}
- { name: tmp, emptyDir: { sizeLimit: 16Mi } }
{{- if not .Values.persistence.enabled }}
- { name: queue, emptyDir: { sizeLimit: {{ .Values.persistence.emptyDirSize }} } }
{{- end }}
{{- if not (include "tocsin.isSidekick" .) }}
- name: config
  secret:
    secretName: {{ default (printf "%s-config" (include "tocsin.fullname" .)) .Values.existingConfigSecret }}
    defaultMode: 288
{{- end }}
{{- with include "tocsin.tlsSecret" . }}
- name: tls
  secret: { secretName: {{ . }}, defaultMode: 288 }
{{- end }}
{{- range .Values.secretMounts }}
- name: {{ printf "secret-%s" .name | trunc 63 | trimSuffix "-" }}
  secret:
    secretName: {{ .name }}
    defaultMode: 288
    {{- with .items }}
    items: {{- toYaml . | nindent 6 }}
    {{- end }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* A probe: list of the root, the values and the path. Falcosidekick's second port may know /ping only. */}}
{{- define "tocsin.probe" -}}
{{- $path := ternary "/ping" (index . 2) (ne (include "tocsin.sidekickTls" (index . 0)) "") -}}
httpGet: { path: {{ $path }}, port: {{ include "tocsin.probePort" (index . 0) }} }
{{ toYaml (index . 1) }}
{{- end -}}

{{/*
Seconds that a pod may drain before SIGTERM: list of what it may at most, and whether its queue stays.
Empty: none.
*/}}
{{- define "tocsin.drainSeconds" -}}
{{- if and (not (index . 1)) (gt (int (index . 0)) 0) -}}{{- int (index . 0) -}}{{- end -}}
{{- end -}}

{{- define "tocsin.hubDrainSeconds" -}}
{{- if not (dig "preStop" nil .Values.lifecycle) -}}
{{- include "tocsin.drainSeconds" (list .Values.persistence.drainSeconds .Values.persistence.enabled) -}}
{{- end -}}
{{- end -}}

{{/* A hook that ends when nothing waits: list of seconds and the queue's directory. */}}
{{- define "tocsin.drainHook" -}}
exec:
  command: [/app/falcosidekick, drain, --timeout, {{ index . 0 }}s, --queue-directory, {{ index . 1 | quote }}]
{{- end -}}

{{- define "tocsin.lifecycle" -}}
{{- $hooks := merge (dict) .Values.lifecycle -}}
{{- with include "tocsin.hubDrainSeconds" . -}}
{{- $_ := set $hooks "preStop" (include "tocsin.drainHook" (list . (include "tocsin.queueDirectory" $)) | fromYaml) -}}
{{- end -}}
{{- with $hooks -}}{{- toYaml . -}}{{- end -}}
{{- end -}}

{{- define "tocsin.container" -}}
- name: tocsin
  image: {{ include "tocsin.image" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  {{- $args := ternary (list) (list "-c" "/etc/tocsin/config.yaml") (eq (include "tocsin.isSidekick" .) "true") }}
  {{- with concat $args (dig "extraArgs" (list) .Values.config) .Values.extraArgs }}
  args: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with include "tocsin.env" . | trim }}
  env: {{- . | nindent 4 }}
  {{- end }}
  {{- with include "tocsin.envFrom" . | trim }}
  envFrom: {{- . | nindent 4 }}
  {{- end }}
  ports:
    - { name: http, containerPort: {{ include "tocsin.httpPort" . }}, protocol: TCP }
    {{- with include "tocsin.grpcPort" . }}
    - { name: grpc, containerPort: {{ . }}, protocol: TCP }
    {{- end }}
    {{- with include "tocsin.exporterPort" . }}
    - { name: falco-exporter, containerPort: {{ . }}, protocol: TCP }
    {{- end }}
    {{- range include "tocsin.syslogPorts" . | fromYamlArray }}
    - { name: {{ .name }}, containerPort: {{ .port }}, protocol: {{ .protocol }} }
    {{- end }}
    {{- if include "tocsin.tls" . }}
    - { name: http-plain, containerPort: {{ include "tocsin.plainPort" . }}, protocol: TCP }
    {{- end }}
  startupProbe: {{- include "tocsin.probe" (list . .Values.startupProbe "/ping") | nindent 4 }}
  livenessProbe: {{- include "tocsin.probe" (list . .Values.livenessProbe "/ping") | nindent 4 }}
  readinessProbe: {{- include "tocsin.probe" (list . .Values.readinessProbe "/readyz") | nindent 4 }}
  {{- with include "tocsin.lifecycle" . }}
  lifecycle: {{- . | nindent 4 }}
  {{- end }}
  securityContext: {{- toYaml .Values.securityContext | nindent 4 }}
  resources: {{- toYaml .Values.resources | nindent 4 }}
  volumeMounts: {{- include "tocsin.mounts" . | trim | nindent 4 }}
{{- end -}}

{{- define "tocsin.spread" -}}
{{- $selector := dict "matchLabels" (include "tocsin.selectorLabels" . | fromYaml) -}}
{{- range .Values.topologySpreadConstraints }}
- {{ toYaml (merge (dict) . (dict "labelSelector" $selector)) | nindent 2 | trim }}
{{- end }}
{{- end -}}

{{/* `podAntiAffinity` is a short way to say what `affinity` says at length. */}}
{{- define "tocsin.affinity" -}}
{{- $affinity := merge (dict) .Values.affinity -}}
{{- $term := dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" (include "tocsin.selectorLabels" . | fromYaml)) -}}
{{- $wanted := dict
  "soft" (dict "preferredDuringSchedulingIgnoredDuringExecution" (list (dict "weight" 100 "podAffinityTerm" $term)))
  "hard" (dict "requiredDuringSchedulingIgnoredDuringExecution" (list $term)) -}}
{{- with .Values.podAntiAffinity -}}
{{- if not (hasKey $wanted .) -}}{{- fail (printf "podAntiAffinity: write soft, hard, or nothing; not %q" .) -}}{{- end -}}
{{- if not (hasKey $affinity "podAntiAffinity") -}}{{- $_ := set $affinity "podAntiAffinity" (get $wanted .) -}}{{- end -}}
{{- end -}}
{{- with $affinity -}}{{- toYaml . -}}{{- end -}}
{{- end -}}

{{/* Secrets for the registry; the falcosidekick chart lists names. */}}
{{- define "tocsin.pullSecrets" -}}
{{- range concat .Values.global.imagePullSecrets .Values.imagePullSecrets }}
- name: {{ kindIs "map" . | ternary (dig "name" "" (kindIs "map" . | ternary . (dict))) . }}
{{- end }}
{{- end -}}

{{- define "tocsin.podSpec" -}}
serviceAccountName: {{ include "tocsin.serviceAccount" . }}
automountServiceAccountToken: {{ or .Values.serviceAccount.automount (eq (include "tocsin.writesReports" .) "true") }}
enableServiceLinks: false
terminationGracePeriodSeconds: {{ add (int .Values.terminationGracePeriodSeconds) (int (include "tocsin.hubDrainSeconds" .)) }}
securityContext: {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with include "tocsin.pullSecrets" . | trim }}
imagePullSecrets: {{- . | nindent 2 }}
{{- end }}
{{- range $key := list "priorityClassName" "runtimeClassName" "schedulerName" "dnsPolicy" "dnsConfig" "hostAliases" "nodeSelector" "tolerations" }}
{{- with get $.Values $key }}
{{ toYaml (dict $key .) }}
{{- end }}
{{- end }}
{{- with include "tocsin.affinity" . }}
affinity: {{- . | nindent 2 }}
{{- end }}
{{- with include "tocsin.spread" . | trim }}
topologySpreadConstraints: {{- . | nindent 2 }}
{{- end }}
{{- with .Values.extraInitContainers }}
initContainers: {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  {{- include "tocsin.container" . | nindent 2 }}
  {{- with .Values.extraContainers }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumes: {{- include "tocsin.volumes" . | nindent 2 }}
{{- end -}}

{{- define "tocsin.podTemplate" -}}
{{- $annotations := merge (dict) .Values.podAnnotations -}}
{{- if or .Values.restartOnConfigChange (include "tocsin.isSidekick" .) -}}
{{- $_ := set $annotations "checksum/config" (include (print $.Template.BasePath "/config.yaml") . | sha256sum) -}}
{{- end -}}
metadata:
  labels: {{- toYaml (merge (include "tocsin.selectorLabels" . | fromYaml) .Values.podLabels .Values.customLabels) | nindent 4 }}
  {{- with $annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec: {{- include "tocsin.podSpec" . | nindent 2 }}
{{- end -}}
