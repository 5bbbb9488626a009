import type { ServerUnaryCall } from '@grpc/grpc-js';
import { WireError } from '../../proto/wire-reader.ts';
import type { Sender } from '../admission.ts';
import type { JsonObject } from '../agents/agent.ts';
import { exportResponse } from '../otlp/answer.ts';
import { decodeLogs } from '../otlp/decode.ts';
import { takeLogs } from '../otlp/logs.ts';
import type { Door } from './door.ts';
import { anonymous, identify } from './identify.ts';
import { LOG_RECORDS_MAX } from './limits.ts';
import { type CallStatus, invalidArgument, statusOfRefusal, wordOf } from './status.ts';

export type LogsCall = ServerUnaryCall<Buffer, Buffer>;

/** The bytes of the answer, or how the call ends. */
export type LogsAnswer = { readonly response: Buffer } | { readonly status: CallStatus };

/** Senders throw records away after INTERNAL, and send them again after this. */
const FAULT = {
  outcome: 'refused',
  code: 'internal',
  message: 'a fault in the hub, its log says more; send the records again',
  retryAfterMs: 5000,
} as const;

/** One Export call of OpenTelemetry's LogsService. */
export async function serveLogs(door: Door, call: LogsCall): Promise<LogsAnswer> {
  const { deps } = door;
  try {
    const identified = identify(door.authenticator, call);
    if ('status' in identified) return told(door, anonymous(call), identified.status);
    const { sender } = identified;
    const logs = readLogs(call.request);
    return 'status' in logs ? told(door, sender, logs.status) : await store(door, logs, sender);
  } catch (error) {
    deps.log.error({ err: error }, 'a request with log records failed');
    return { status: statusOfRefusal(FAULT) };
  }
}

function told({ deps }: Door, sender: Sender, status: CallStatus): LogsAnswer {
  deps.onRejected({ code: wordOf(status), alerts: 1, sender });
  return { status };
}

function readLogs(request: Buffer): { logs: JsonObject } | { readonly status: CallStatus } {
  try {
    return { logs: decodeLogs(request) };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const text = `the request is no ExportLogsServiceRequest: ${error.message}`;
    return { status: invalidArgument('unreadable', text) };
  }
}

async function store(
  door: Door,
  { logs }: { readonly logs: JsonObject },
  sender: Sender,
): Promise<LogsAnswer> {
  const { deps } = door;
  const context = { ...deps.agents(), sender, nowMs: Date.now(), alertsMax: LOG_RECORDS_MAX };
  const taken = await takeLogs(logs, context, deps.admission);
  if ('status' in taken) return told(door, sender, invalidArgument(taken.code, taken.message));
  if ('outcome' in taken) return told(door, sender, statusOfRefusal(taken));
  for (const code of taken.codes) deps.onRejected({ code, alerts: 1, sender });
  for (const one of taken.quiet) deps.onQuiet?.({ ...one, sender });
  return { response: exportResponse('protobuf', taken.partial) };
}
