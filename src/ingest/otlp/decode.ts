import { WIRE, WireError, WireReader } from '../../proto/wire-reader.ts';
import type { JsonObject } from '../agents/agent.ts';

type Scalar = 'text' | 'hex' | 'base64' | 'int' | 'int64' | 'fixed64' | 'double' | 'bool';
type MessageName = keyof typeof MESSAGES;
type Row = readonly [name: string, kind: string, repeated?: 'repeated'];

/**
 * The messages of OTLP logs by number of their fields: the name in the JSON form, and what it is.
 * Traces, metrics and what no alert has a use for are stepped over.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/tree/v1.5.0/opentelemetry/proto
 */
const MESSAGES = {
  LogsData: { 1: ['resourceLogs', 'ResourceLogs', 'repeated'] },
  ResourceLogs: { 1: ['resource', 'Resource'], 2: ['scopeLogs', 'ScopeLogs', 'repeated'] },
  ScopeLogs: { 1: ['scope', 'Scope'], 2: ['logRecords', 'LogRecord', 'repeated'] },
  LogRecord: {
    1: ['timeUnixNano', 'fixed64'],
    2: ['severityNumber', 'int'],
    3: ['severityText', 'text'],
    5: ['body', 'AnyValue'],
    6: ['attributes', 'KeyValue', 'repeated'],
    9: ['traceId', 'hex'],
    10: ['spanId', 'hex'],
    11: ['observedTimeUnixNano', 'fixed64'],
    12: ['eventName', 'text'],
  },
  Resource: { 1: ['attributes', 'KeyValue', 'repeated'] },
  Scope: { 1: ['name', 'text'], 2: ['version', 'text'] },
  KeyValue: { 1: ['key', 'text'], 2: ['value', 'AnyValue'] },
  AnyValue: {
    1: ['stringValue', 'text'],
    2: ['boolValue', 'bool'],
    3: ['intValue', 'int64'],
    4: ['doubleValue', 'double'],
    5: ['arrayValue', 'ArrayValue'],
    6: ['kvlistValue', 'KeyValueList'],
    7: ['bytesValue', 'base64'],
  },
  ArrayValue: { 1: ['values', 'AnyValue', 'repeated'] },
  KeyValueList: { 1: ['values', 'KeyValue', 'repeated'] },
} as const satisfies Readonly<Record<string, Readonly<Record<number, Row>>>>;

/** Messages within each other. */
const DEPTH_MAX = 64;
/** Messages in one body: two bytes can be one, and take a hundred here. */
const MESSAGES_MAX = 500_000;

/**
 * An `ExportLogsServiceRequest` in Protocol Buffers' form, in its JSON form.
 *
 * @throws WireError
 */
export function decodeLogs(bytes: Buffer): JsonObject {
  return decodeMessage('LogsData', bytes, { depth: 0, budget: { messages: MESSAGES_MAX } });
}

interface Place {
  readonly depth: number;
  readonly budget: { messages: number };
}

function decodeMessage(name: MessageName, bytes: Buffer, { depth, budget }: Place): JsonObject {
  if (depth > DEPTH_MAX) throw new WireError(`it is nested deeper than ${DEPTH_MAX} levels`);
  if (--budget.messages < 0) throw new WireError(`it holds more than ${MESSAGES_MAX} messages`);
  const rows: Readonly<Record<number, Row>> = MESSAGES[name];
  const reader = new WireReader(bytes);
  const message: Record<string, unknown> = {};
  while (!reader.isAtEnd()) {
    const { id, kind } = reader.tag();
    const row = rows[id];
    if (row === undefined) {
      reader.skip(kind);
      continue;
    }
    const [member, type, repeated] = row;
    const value = readField(reader, kind, type, { depth: depth + 1, budget });
    if (repeated === undefined) message[member] = value;
    else ((message[member] ??= []) as unknown[]).push(value);
  }
  return message;
}

function readField(reader: WireReader, kind: number, type: string, place: Place): unknown {
  const scalar = SCALARS.get(type);
  const [wanted, read] = scalar ?? [WIRE.bytes, undefined];
  if (kind !== wanted) throw new WireError('a field is not of its type');
  if (read !== undefined) return read(reader);
  return decodeMessage(type as MessageName, reader.bytes(), place);
}

type ReadScalar = readonly [wire: number, read: (reader: WireReader) => unknown];

const SCALARS: ReadonlyMap<string, ReadScalar> = new Map<Scalar, ReadScalar>([
  ['text', [WIRE.bytes, (reader) => reader.bytes().toString('utf8')]],
  ['hex', [WIRE.bytes, (reader) => reader.bytes().toString('hex')]],
  ['base64', [WIRE.bytes, (reader) => reader.bytes().toString('base64')]],
  ['int', [WIRE.varint, (reader) => Number(BigInt.asIntN(32, reader.varint()))]],
  ['int64', [WIRE.varint, (reader) => String(BigInt.asIntN(64, reader.varint()))]],
  ['bool', [WIRE.varint, (reader) => reader.varint() !== 0n]],
  ['fixed64', [WIRE.fixed64, (reader) => String(reader.fixed64())]],
  ['double', [WIRE.fixed64, (reader) => reader.double()]],
]);
