{{/* "true" where the configuration is in the form of the falcosidekick chart: no key is the hub's. */}}
{{- define "tocsin.isSidekick" -}}
{{- $native := .Files.Get "files/native-keys.txt" | splitList "\n" -}}
{{- $found := list -}}
{{- range $key, $_ := .Values.config -}}
{{- if has $key $native -}}{{- $found = append $found $key -}}{{- end -}}
{{- end -}}
{{- if and .Values.config (not $found) -}}true{{- end -}}
{{- end -}}

{{/* Keys of the falcosidekick chart that are the chart's own, and no setting of Falcosidekick's. */}}
{{- define "tocsin.chartKeys" -}}
existingSecret extraEnv extraArgs tlsserver.existingSecret tlsserver.servercrt tlsserver.serverkey tlsserver.cacrt aws.useirsa azure.podIdentityClientID azure.podIdentityName azure.workloadIdentityClientID gcp.workloadIdentityServiceAccount
{{- end -}}

{{/*
Variables of Falcosidekick's, as YAML, from a tree: list of the tree, its path and the chart's keys.
Numbers come as floats, of which a large one would be written as 1e+06.
*/}}
{{- define "tocsin.variables" -}}
{{- $path := index . 1 -}}
{{- $own := index . 2 -}}
{{- range $key, $value := index . 0 }}
{{- $name := ternary $key (printf "%s.%s" $path $key) (eq $path "") }}
{{- $variable := $name | upper | replace "." "_" }}
{{- if or (has $name $own) (kindIs "invalid" $value) }}
{{- else if kindIs "map" $value }}
{{- include "tocsin.variables" (list $value $name $own) }}
{{- else if kindIs "slice" $value }}
{{ $variable }}: {{ join "," $value | quote }}
{{- else if and (kindIs "float64" $value) (eq (floor $value) $value) }}
{{ $variable }}: {{ $value | int64 | toString | quote }}
{{- else }}
{{ $variable }}: {{ $value | toString | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What the falcosidekick chart set by itself, and Falcosidekick would not; of sections in use only. */}}
{{- define "tocsin.sidekickDefaults" -}}
alertmanager: { dropeventthresholds: '10000:critical, 1000:critical, 100:critical, 10:warning, 1:warning' }
cliq: { useemoji: true }
elasticsearch: { batching: { enabled: true } }
quickwit: { apiendpoint: /api/v1 }
syslog: { protocol: tcp }
timescaledb: { hypertablename: falco_events }
{{- end -}}

{{/* The falcosidekick chart's `config` as variables. It calls one key otherwise than Falcosidekick. */}}
{{- define "tocsin.sidekickVariables" -}}
{{- $defaults := include "tocsin.sidekickDefaults" . | fromYaml -}}
{{- $config := deepCopy .Values.config -}}
{{- range $section, $values := $defaults -}}
{{- if hasKey $config $section -}}
{{- $_ := set $config $section (merge (get $config $section) $values) -}}
{{- end -}}
{{- end -}}
{{- if dig "alertmanager" "expireafter" "" $config -}}
{{- $_ := set $config.alertmanager "expiresafter" $config.alertmanager.expireafter -}}
{{- $_ := unset $config.alertmanager "expireafter" -}}
{{- end -}}
{{- if dig "aws" "useirsa" false $config -}}
{{- $_ := set $config "aws" (omit $config.aws "rolearn" "externalid") -}}
{{- end -}}
{{- include "tocsin.variables" (list $config "" (include "tocsin.chartKeys" . | trim | splitList " ")) -}}
{{- end -}}

{{/* "true" where the port for alerts speaks TLS, for whatever reason. */}}
{{- define "tocsin.tls" -}}
{{- $native := dig "ingest" "http" "tls" nil .Values.config -}}
{{- if or .Values.tls.enabled $native (include "tocsin.sidekickTls" .) -}}true{{- end -}}
{{- end -}}

{{- define "tocsin.sidekickTls" -}}
{{- if and (include "tocsin.isSidekick" .) (dig "tlsserver" "deploy" false .Values.config) -}}true{{- end -}}
{{- end -}}

{{/* The Secret with the certificate of the hub, under the names of the form of the configuration. */}}
{{- define "tocsin.tlsSecret" -}}
{{- if .Values.tls.enabled -}}
{{- default (printf "%s-tls" (include "tocsin.fullname" .)) .Values.tls.existingSecret -}}
{{- else if include "tocsin.sidekickTls" . -}}
{{- default (printf "%s-certs" (include "tocsin.fullname" .)) (dig "tlsserver" "existingSecret" "" .Values.config) -}}
{{- end -}}
{{- end -}}

{{/* Ports in the container: list of an address `host:port` and the port without one. */}}
{{- define "tocsin.portOf" -}}
{{- default (index . 1) (regexFind "[0-9]+$" (index . 0)) -}}
{{- end -}}
{{- define "tocsin.httpPort" -}}
{{- include "tocsin.portOf" (list (dig "ingest" "http" "address" "" .Values.config) "2801") -}}
{{- end -}}
{{- define "tocsin.grpcPort" -}}
{{- if hasKey (dig "ingest" dict .Values.config) "grpc" -}}
{{- include "tocsin.portOf" (list (dig "ingest" "grpc" "address" "" .Values.config) "2803") -}}
{{- end -}}
{{- end -}}
{{/* falco-exporter's metrics; empty: its place is not taken. An empty section is one, too. */}}
{{- define "tocsin.exporterPort" -}}
{{- if hasKey (dig "metrics" dict .Values.config) "falcoExporter" -}}
{{- include "tocsin.portOf" (list (dig "metrics" "falcoExporter" "address" "" .Values.config) "9376") -}}
{{- end -}}
{{- end -}}
{{/* Ports of syslog, as a list of {name, port, protocol}; an empty section is one, too. */}}
{{- define "tocsin.syslogPorts" -}}
{{- $syslog := dig "ingest" "syslog" nil .Values.config | default dict -}}
{{- range $name, $port := dict "udp" "5514" "tcp" "5514" "tls" "6514" }}
{{- if hasKey $syslog $name }}
- name: syslog-{{ $name }}
  port: {{ include "tocsin.portOf" (list (dig "address" "" (get $syslog $name | default dict)) $port) }}
  protocol: {{ ternary "UDP" "TCP" (eq $name "udp") }}
{{- end }}
{{- end }}
{{- end -}}
{{- define "tocsin.plainPort" -}}
{{- $old := dig "tlsserver" "notlsport" "2810" .Values.config | toString -}}
{{- include "tocsin.portOf" (list (dig "ingest" "http" "plain" "address" "" .Values.config) $old) -}}
{{- end -}}

{{/* The port of probes and metrics: that without TLS. */}}
{{- define "tocsin.probePort" -}}
{{- ternary "http-plain" "http" (eq (include "tocsin.tls" .) "true") -}}
{{- end -}}

{{- define "tocsin.queueDirectory" -}}
{{- dig "queue" "directory" "/var/lib/tocsin" .Values.config -}}
{{- end -}}

{{/* Name of the second Service; empty: none. */}}
{{- define "tocsin.alias" -}}
{{- $name := .Values.aliasService.name -}}
{{- if eq $name "auto" -}}
{{- $name = "" -}}
{{- if include "tocsin.isSidekick" . -}}
{{- $name = include "tocsin.releaseName" (list .Release.Name "falcosidekick") -}}
{{- end -}}
{{- end -}}
{{- if ne $name (include "tocsin.fullname" .) -}}{{- $name -}}{{- end -}}
{{- end -}}

{{/* "true" where the hub writes PolicyReports, as far as the chart can see. */}}
{{- define "tocsin.writesReports" -}}
{{- $found := or .Values.rbac.policyReports (dig "policyreport" "enabled" false .Values.config) -}}
{{- range dig "outputs" (dict) .Values.config -}}
{{- if eq (dig "type" "" .) "policyreport" -}}{{- $found = true -}}{{- end -}}
{{- end -}}
{{- if $found -}}true{{- end -}}
{{- end -}}
