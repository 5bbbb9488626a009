/**
 * The messages of OTLP 1 that are sent, by the names of their JSON form: number of the field, and
 * what it is.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/tree/v1.5.0/opentelemetry/proto
 */
export const MESSAGES = {
  TracesData: { resourceSpans: [1, 'ResourceSpans'] },
  ResourceSpans: { resource: [1, 'Resource'], scopeSpans: [2, 'ScopeSpans'] },
  ScopeSpans: { scope: [1, 'Scope'], spans: [2, 'Span'] },
  Span: {
    traceId: [1, 'hex'],
    spanId: [2, 'hex'],
    name: [5, 'text'],
    kind: [6, 'varint'],
    startTimeUnixNano: [7, 'fixed64'],
    endTimeUnixNano: [8, 'fixed64'],
    attributes: [9, 'KeyValue'],
    events: [11, 'Event'],
  },
  Event: { timeUnixNano: [1, 'fixed64'], name: [2, 'text'] },
  LogsData: { resourceLogs: [1, 'ResourceLogs'] },
  ResourceLogs: { resource: [1, 'Resource'], scopeLogs: [2, 'ScopeLogs'] },
  ScopeLogs: { scope: [1, 'Scope'], logRecords: [2, 'LogRecord'] },
  LogRecord: {
    timeUnixNano: [1, 'fixed64'],
    severityNumber: [2, 'varint'],
    severityText: [3, 'text'],
    body: [5, 'AnyValue'],
    attributes: [6, 'KeyValue'],
    observedTimeUnixNano: [11, 'fixed64'],
  },
  MetricsData: { resourceMetrics: [1, 'ResourceMetrics'] },
  ResourceMetrics: { resource: [1, 'Resource'], scopeMetrics: [2, 'ScopeMetrics'] },
  ScopeMetrics: { scope: [1, 'Scope'], metrics: [2, 'Metric'] },
  Metric: {
    name: [1, 'text'],
    description: [2, 'text'],
    unit: [3, 'text'],
    sum: [7, 'Sum'],
  },
  Sum: {
    dataPoints: [1, 'NumberDataPoint'],
    aggregationTemporality: [2, 'varint'],
    isMonotonic: [3, 'varint'],
  },
  NumberDataPoint: {
    startTimeUnixNano: [2, 'fixed64'],
    timeUnixNano: [3, 'fixed64'],
    asInt: [6, 'fixed64'],
    attributes: [7, 'KeyValue'],
  },
  Resource: { attributes: [1, 'KeyValue'] },
  Scope: { name: [1, 'text'] },
  KeyValue: { key: [1, 'text'], value: [2, 'AnyValue'] },
  AnyValue: { stringValue: [1, 'text'], arrayValue: [5, 'ArrayValue'] },
  ArrayValue: { values: [1, 'AnyValue'] },
} as const;
