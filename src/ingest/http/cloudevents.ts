import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { JsonError, parseLossless } from '../../json.ts';
import type { BodyDocuments, BodyLimits, BodyRefusal } from '../body.ts';
import { mediaType } from '../media-type.ts';
import { isRefusal, type Refusal } from './answer.ts';
import { connectionOf } from './connection.ts';
import type { Door } from './door.ts';
import { identify } from './identify.ts';
import { refuse } from './refuse.ts';

const EVENT_TYPE = 'application/cloudevents';
const PREFIX = 'ce-';
/** Names that an attribute may have; an event has few. */
const ATTRIBUTE = /^[a-z0-9]{1,64}$/;

/**
 * An event whose attributes are headers and whose data is the body (binary mode), as one document in
 * the form of the others. Undefined: the request is none, and the body says what it is.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export function readBinaryEvent(
  bytes: Buffer,
  headers: IncomingHttpHeaders,
  limits: BodyLimits,
): BodyDocuments | BodyRefusal | Refusal | undefined {
  const type = mediaType(headers['content-type']);
  if (type.startsWith(EVENT_TYPE)) return JSON_EVENTS.test(type) ? undefined : UNKNOWN_FORMAT;
  if (headers['ce-specversion'] === undefined) return undefined;
  const attributes = attributesIn(headers);
  if (attributes === undefined) return BAD_HEADER;
  if (bytes.length > limits.bytesMaxSingle) return tooLarge(limits);
  const data = dataIn(bytes, type, limits);
  if (data instanceof JsonError) {
    const { code, message, position } = data;
    return { status: 400, code, message, position };
  }
  const event = { ...attributes, data };
  return { shape: 'single', documents: [event], invalidUtf8: !isUtf8(bytes) };
}

const JSON_EVENTS = /^application\/cloudevents(?:-batch)?(?:\+json)?$/;
const JSON_DATA = /^(?:[^/]+\/json|.*\+json)$/;

function dataIn(bytes: Buffer, type: string, { depthMax }: BodyLimits): unknown {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (text === '') return undefined;
  if (type !== '' && !JSON_DATA.test(type)) return text;
  try {
    return parseLossless(text, { depthMax });
  } catch (error) {
    if (error instanceof JsonError) return error;
    throw error;
  }
}

function attributesIn(headers: IncomingHttpHeaders): Record<string, string> | undefined {
  const attributes: [string, string][] = [];
  for (const [header, value] of Object.entries(headers)) {
    const name = header.slice(PREFIX.length);
    if (!header.startsWith(PREFIX) || !ATTRIBUTE.test(name) || name === 'data') continue;
    const decoded = decodeHeader(String(value));
    if (decoded === undefined) return undefined;
    attributes.push([name, decoded]);
  }
  return Object.fromEntries(attributes);
}

const QUOTED = /^"(?:[^"\\]|\\.)*"$/;
const ENCODED = /(?:%[\da-f]{2})+/gi;

/** Undoes quotes and one round of percent-encoding; undefined where that gives no UTF-8. */
function decodeHeader(value: string): string | undefined {
  const plain = QUOTED.test(value) ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value;
  try {
    return plain.replaceAll(ENCODED, decodeURIComponent);
  } catch {
    return undefined;
  }
}

function tooLarge({ bytesMaxSingle }: BodyLimits): Refusal {
  const message = `The data of one event may have at most ${bytesMaxSingle} bytes.`;
  return { status: 413, code: 'body_too_large', message };
}

const UNKNOWN_FORMAT: Refusal = {
  status: 415,
  code: 'content_type_unknown',
  message: 'Events are taken as JSON only: application/cloudevents+json, or binary mode.',
};

const BAD_HEADER: Refusal = {
  status: 400,
  code: 'invalid_event',
  message: 'A ce- header is not percent-encoded UTF-8.',
};

/**
 * Agrees to be sent events: senders ask, so that they cannot be made to flood somebody else.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md#4-abuse-protection
 */
export function agree(
  door: Door,
  { raw }: FastifyRequest,
  reply: FastifyReply,
  { pathToken, otherwise }: { readonly pathToken?: string; readonly otherwise: Refusal },
): void {
  const { sender } = connectionOf(raw.socket);
  const isAsked = raw.headers['webhook-request-origin'] !== undefined;
  if (!isAsked) return refuse(door, reply, otherwise, sender, 0);
  const known = identify(door, raw, pathToken);
  if (isRefusal(known)) return refuse(door, reply, known, sender, 0);
  const headers = { allow: 'POST', 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '*' };
  reply.headers(headers).send();
}
