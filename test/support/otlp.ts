import protobuf from 'protobufjs';

/** OTLP's own definitions, as far as they are sent. */
const PROTO = `
syntax = "proto3";
message TracesData { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; string name = 5; int32 kind = 6;
  fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9; repeated Event events = 11;
  message Event { fixed64 time_unix_nano = 1; string name = 2; }
}
message LogsData { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message ScopeLogs { InstrumentationScope scope = 1; repeated LogRecord log_records = 2; }
message LogRecord {
  fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3;
  AnyValue body = 5; repeated KeyValue attributes = 6; fixed64 observed_time_unix_nano = 11;
}
message MetricsData { repeated ResourceMetrics resource_metrics = 1; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message ScopeMetrics { InstrumentationScope scope = 1; repeated Metric metrics = 2; }
message Metric { string name = 1; string description = 2; string unit = 3; Sum sum = 7; }
message Sum {
  repeated NumberDataPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3;
}
message NumberDataPoint {
  fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; sfixed64 as_int = 6;
  repeated KeyValue attributes = 7;
}
message Resource { repeated KeyValue attributes = 1; }
message InstrumentationScope { string name = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; ArrayValue array_value = 5; } }
message ArrayValue { repeated AnyValue values = 1; }
`;

const { root } = protobuf.parse(PROTO);

/** A message in its JSON form, read back from the other; ids are in hex. */
export function decodeOtlp(name: string, bytes: Uint8Array): unknown {
  const type = root.lookupType(name);
  const message = type.toObject(type.decode(bytes), { longs: String, bytes: String });
  return JSON.parse(JSON.stringify(message), idsInHex as (key: string, value: unknown) => unknown);
}

function idsInHex(name: string, value: unknown): unknown {
  if (name !== 'traceId' && name !== 'spanId') return value;
  return Buffer.from(value as string, 'base64').toString('hex');
}
