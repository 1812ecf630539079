{{/* The parts of a pod that the restricted Pod Security Standard asks for. */}}
{{- define "lockstep.podSecurityContext" -}}
runAsNonRoot: true
{{- with .Values.runAsUser }}
runAsUser: {{ . }}
{{- end }}
{{- with .Values.runAsGroup }}
runAsGroup: {{ . }}
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "lockstep.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/*
The settings of an app, in its pods and not in a ConfigMap: a pod of the release before that starts again must not get settings
that its release does not know. Takes a dict with `root` and `app`.
*/}}
{{- define "lockstep.env" -}}
{{- $ := .root -}}
{{- $secrets := $.Values.secrets -}}
{{- range $name, $value := $.Values.config }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
- name: PORT
  value: "8080"
- name: MANAGEMENT_PORT
  value: "9090"
- name: LOCKSTEP_DRAIN_TIMEOUT
  value: {{ $.Values.drainSeconds }}s
{{ include "lockstep.secretEnv" (dict "env" "DATABASE_URL" "from" $secrets.databaseUrl) }}
{{- if eq .app "proxy" }}
- name: UPSTREAM_URL
  value: {{ $.Values.proxy.upstreamUrl | quote }}
- name: LOCKSTEP_PROXY_ROUTES
  value: {{ $.Values.proxy.routes | toJson | quote }}
{{- else }}
{{ include "lockstep.secretEnv" (dict "env" "LOCKSTEP_SECRET_KEY" "from" $secrets.secretKey) }}
{{- if $secrets.secretKeyOld.name }}
{{ include "lockstep.secretEnv" (dict "env" "LOCKSTEP_SECRET_KEY_OLD" "from" $secrets.secretKeyOld) }}
{{- end }}
{{- if $secrets.otlpHeaders.name }}
{{ include "lockstep.secretEnv" (dict "env" "OTEL_EXPORTER_OTLP_HEADERS" "from" $secrets.otlpHeaders) }}
{{- end }}
{{- if $.Values.config.KAFKA_SASL_MECHANISM }}
{{ include "lockstep.secretEnv" (dict "env" "KAFKA_SASL_USERNAME" "from" $secrets.kafkaUsername) }}
{{ include "lockstep.secretEnv" (dict "env" "KAFKA_SASL_PASSWORD" "from" $secrets.kafkaPassword) }}
{{- end }}
{{- end }}
{{- if eq .app "gateway" }}
{{ include "lockstep.secretEnv" (dict "env" "LOCKSTEP_ADMIN_KEY" "from" $secrets.adminKey) }}
{{- if $secrets.stripeWebhookSecret.name }}
{{ include "lockstep.secretEnv" (dict "env" "STRIPE_WEBHOOK_SECRET" "from" $secrets.stripeWebhookSecret) }}
{{- end }}
{{- if $secrets.webhookSecret.name }}
{{ include "lockstep.secretEnv" (dict "env" "WEBHOOKSECRET" "from" $secrets.webhookSecret) }}
{{- end }}
{{- end }}
{{- with $.Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "lockstep.probe" -}}
httpGet:
  path: /health/{{ . }}
  port: management
timeoutSeconds: 5
{{- end -}}

{{- define "lockstep.topologySpread" -}}
{{- $constraints := dict "topology.kubernetes.io/zone" .root.Values.topologySpread.zone "kubernetes.io/hostname" .root.Values.topologySpread.node -}}
{{- range $key, $policy := $constraints }}
{{- if ne $policy "none" }}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: {{ $policy }}
  labelSelector:
    matchLabels:
      {{- include "lockstep.selector" (pick $ "root" "app") | nindent 6 }}
  # Pods of the release before do not count.
  matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end }}
{{- end -}}
