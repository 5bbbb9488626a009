import { isUtf8 } from 'node:buffer';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { JsonError, parseLossless } from '../../json.ts';
import { WireError } from '../../proto/wire-reader.ts';
import type { Sender } from '../admission.ts';
import type { JsonObject } from '../agents/agent.ts';
import { mediaType } from '../media-type.ts';
import { isObject } from '../normalise/members.ts';
import { type Encoding, exportResponse, rpcStatus } from '../otlp/answer.ts';
import { decodeLogs } from '../otlp/decode.ts';
import { takeLogs } from '../otlp/logs.ts';
import { contextOf } from './alerts.ts';
import { isRefusal, type Refusal } from './answer.ts';
import { readBodyBytes, release } from './body-bytes.ts';
import { connectionOf } from './connection.ts';
import type { Door } from './door.ts';
import { identify } from './identify.ts';
import { countRefused } from './refuse.ts';
import { overload } from './verdict.ts';

/** Collectors send thousands of records at once. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;
/** Four levels of JSON for each level of a value. */
const DEPTH_MAX = 128;

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ['application/x-protobuf', 'protobuf'],
  ['application/protobuf', 'protobuf'],
  ['application/json', 'json'],
]);
const TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const;

/**
 * Takes log records, and answers when the alerts among them are on disk.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export async function takeExport(
  door: Door,
  { raw }: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const type = mediaType(raw.headers['content-type']);
  const encoding = ENCODINGS.get(type);
  const answer = { reply, encoding: encoding ?? 'json' };
  const sender = identify(door, raw, undefined);
  if (isRefusal(sender)) return refuse(door, answer, sender, connectionOf(raw.socket).sender);
  if (encoding === undefined) return refuse(door, answer, UNKNOWN_TYPE, sender);
  const lease = { memory: door.memory, heldBytes: 0, bytesMax: BODY_BYTES_MAX };
  try {
    const bytes = await readBodyBytes(raw, reply.raw, lease);
    const request = isRefusal(bytes)
      ? { refusal: bytes }
      : readRequest(door, bytes, encoding, sender);
    if ('refusal' in request) refuse(door, answer, request.refusal, sender);
    else await store(door, answer, request.logs, sender);
  } catch (error) {
    // Who has gone away hears nothing.
    if (raw.destroyed && !raw.complete) throw error;
    door.deps.log.error({ err: error }, 'a request with log records failed');
    refuse(door, answer, FAULT, sender);
  } finally {
    release(lease);
  }
}

interface Answer {
  readonly reply: FastifyReply;
  readonly encoding: Encoding;
}

type Request = { readonly logs: JsonObject } | { readonly refusal: Refusal };

function readRequest({ deps }: Door, bytes: Buffer, encoding: Encoding, sender: Sender): Request {
  try {
    if (encoding === 'protobuf') return { logs: decodeLogs(bytes) };
    if (!isUtf8(bytes)) deps.onInvalidUtf8?.(sender);
    const logs = parseLossless(bytes.toString('utf8'), { depthMax: DEPTH_MAX });
    return isRequest(logs) ? { logs } : { refusal: NO_REQUEST };
  } catch (error) {
    if (error instanceof JsonError) {
      return { refusal: { status: 400, code: error.code, message: error.message } };
    }
    if (!(error instanceof WireError)) throw error;
    const message = `The body is no ExportLogsServiceRequest: ${error.message}.`;
    return { refusal: { status: 400, code: 'unreadable', message } };
  }
}

/** Names that are not known count for nothing, so an object without any is an empty request. */
function isRequest(logs: unknown): logs is JsonObject {
  return isObject(logs) && Array.isArray(logs['resourceLogs'] ?? []);
}

async function store(door: Door, answer: Answer, logs: JsonObject, sender: Sender): Promise<void> {
  const { deps } = door;
  const taken = await takeLogs(logs, contextOf(door, { sender }), deps.admission);
  if ('status' in taken) return refuse(door, answer, taken, sender);
  if ('outcome' in taken) return refuse(door, answer, overload(taken), sender);
  for (const code of taken.codes) deps.onRejected({ code, alerts: 1, sender });
  for (const one of taken.quiet) deps.onQuiet?.({ ...one, sender });
  deps.onRequest({ accepted: true });
  send(answer, 200, exportResponse(answer.encoding, taken.partial));
}

function refuse(door: Door, answer: Answer, refusal: Refusal, sender: Sender): void {
  const { status, code, message, headers } = refusal;
  countRefused(door, refusal, sender);
  if (headers) answer.reply.headers(headers);
  send(answer, status, rpcStatus(answer.encoding, status, `${code}: ${message}`));
}

function send({ reply, encoding }: Answer, status: number, body: Buffer): void {
  reply.code(status).header('content-type', TYPES[encoding]).send(body);
}

/** Senders throw records away after a 500, and send them again after this. */
const FAULT: Refusal = {
  status: 503,
  code: 'internal',
  message: 'A fault in the hub: its log says more. Send the records again.',
  headers: { 'retry-after': '5' },
};

const UNKNOWN_TYPE: Refusal = {
  status: 415,
  code: 'content_type_unknown',
  message: 'Send application/x-protobuf or application/json.',
};

const NO_REQUEST: Refusal = {
  status: 400,
  code: 'not_an_object',
  message: 'The body is JSON, but no ExportLogsServiceRequest.',
};
