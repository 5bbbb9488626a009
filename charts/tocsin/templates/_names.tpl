{{- define "tocsin.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Name of all objects, the release's name first. */}}
{{- define "tocsin.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- include "tocsin.releaseName" (list .Release.Name (include "tocsin.name" .)) -}}
{{- end -}}
{{- end -}}

{{/* What a chart of this name would be called in this release, as `helm create` has it. */}}
{{- define "tocsin.releaseName" -}}
{{- $release := index . 0 -}}
{{- $name := index . 1 -}}
{{- ternary $release (printf "%s-%s" $release $name) (contains $name $release) | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "tocsin.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "tocsin.selectorLabels" -}}
app.kubernetes.io/name: {{ include "tocsin.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: hub
{{- end -}}

{{/* Name, namespace, labels and annotations of an object: list of root, name, labels, annotations, and a namespace of its own. */}}
{{- define "tocsin.metadata" -}}
{{- $root := index . 0 -}}
{{- $own := dict
  "app.kubernetes.io/version" $root.Chart.AppVersion
  "app.kubernetes.io/managed-by" $root.Release.Service
  "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_") -}}
{{- $selector := include "tocsin.selectorLabels" $root | fromYaml -}}
{{- $annotations := merge (dict) (index . 3) $root.Values.customAnnotations -}}
name: {{ index . 1 }}
namespace: {{ default (include "tocsin.namespace" $root) (rest . | rest | rest | rest | first) }}
labels:
  {{- toYaml (merge (dict) (index . 2) $own $selector $root.Values.customLabels) | nindent 2 }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "tocsin.serviceAccount" -}}
{{- $made := ternary (include "tocsin.fullname" .) "default" .Values.serviceAccount.create -}}
{{- default $made .Values.serviceAccount.name -}}
{{- end -}}

{{/* "true" where the values name Falcosidekick's image, as a copy of all its chart's values does. */}}
{{- define "tocsin.isSidekickImage" -}}
{{- if hasSuffix "falcosecurity/falcosidekick" .Values.image.repository -}}true{{- end -}}
{{- end -}}

{{/* The image in Chart.yaml: registry, repository and tag, as YAML. */}}
{{- define "tocsin.ownImage" -}}
{{- $image := (index (index .Chart.Annotations "artifacthub.io/images" | fromYamlArray) 0).image -}}
{{- $registry := regexFind "^[^/]+[.:][^/]*/" $image | trimSuffix "/" -}}
registry: {{ $registry | quote }}
repository: {{ $image | trimPrefix (printf "%s/" $registry) | regexFind "^[^:]+" | quote }}
tag: {{ regexFind "[^:]+$" $image | quote }}
digest: ""
{{- end -}}

{{- define "tocsin.image" -}}
{{- $own := include "tocsin.ownImage" . | fromYaml -}}
{{- $image := .Values.image -}}
{{- if include "tocsin.isSidekickImage" . -}}
{{- $image = $own -}}
{{- else if not $image.repository -}}
{{- $image = dict "registry" (default $own.registry $image.registry) "repository" $own.repository "tag" (default $own.tag $image.tag) "digest" $image.digest -}}
{{- end -}}
{{- $base := list (default $image.registry .Values.global.imageRegistry) $image.repository | compact | join "/" -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $base $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $base (default .Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end -}}
