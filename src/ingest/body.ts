import { isUtf8 } from 'node:buffer';
import { isExactNumber } from '../alert.ts';
import { JsonError, parseLossless } from '../json.ts';
import { mediaType } from './media-type.ts';
import { readVerbatim } from './verbatim.ts';

export interface BodyLimits {
  /** Levels of nesting in one document. */
  readonly depthMax: number;
  /** Documents in one body. */
  readonly alertsMax: number;
  /** Bytes of a document that is not an element of an array. */
  readonly bytesMaxSingle: number;
}

/** A part of a body that is no document, as a line of NDJSON; the others stand. */
export class DocumentError {
  readonly code:
    | 'invalid_json'
    | 'too_deep'
    | 'body_too_large'
    | 'line_too_long'
    | 'line_no_room'
    | 'wrong_format'
    | 'not_an_alert'
    | 'not_an_event'
    | 'invalid_event'
    | 'below_minimum'
    | 'loop';
  readonly message: string;
  /** 1-based, blank lines counted; undefined for what is no line. */
  readonly line: number | undefined;

  constructor(code: DocumentError['code'], message: string, line?: number) {
    this.code = code;
    this.message = message;
    this.line = line;
  }
}

export interface BodyDocuments {
  readonly shape: 'single' | 'array' | 'ndjson' | 'text';
  /**
   * In order: `VerbatimDocument`s, other values as `parseLossless` returns them, and in NDJSON
   * `DocumentError`s; of a text, its lines.
   */
  readonly documents: readonly unknown[];
  /** Whether bytes that are no UTF-8 were replaced by U+FFFD. */
  readonly invalidUtf8: boolean;
}

/** Why the whole body was refused. */
export interface BodyRefusal {
  readonly code:
    | 'body_empty'
    | 'body_too_large'
    | 'too_many_alerts'
    | 'invalid_json'
    | 'too_deep'
    | 'not_an_object';
  readonly status: 400 | 413;
  readonly message: string;
  /** Index into the decoded text, in UTF-16 units. */
  readonly position?: number;
}

export type BodyResult = BodyDocuments | BodyRefusal;

/**
 * Takes a body apart into documents. The bytes decide, as they did in Falcosidekick: an object, an
 * array or one object a line. The content type only tells NDJSON of a single line, and lines of
 * text.
 */
export function readBody(
  bytes: Buffer,
  contentType: string | undefined,
  limits: BodyLimits,
): BodyResult {
  const body = withoutByteOrderMark(bytes);
  const start = skipSpace(body, 0);
  if (start === body.length) {
    return refuse('body_empty', 400, 'The body is empty: send an alert as JSON.');
  }
  const type = mediaType(contentType);
  if (NDJSON_TYPES.has(type) || isSeveralLines(body, start)) return readLines(body, limits);
  const isArray = body[start] === OPENING_BRACKET;
  const isObject = body[start] === OPENING_BRACE;
  if (type === 'text/plain' && !isArray && !isObject) {
    return readText(body, limits);
  }
  if (isObject && body.length > limits.bytesMaxSingle) {
    return refuse('body_too_large', 413, tooLarge(limits));
  }
  return readDocument(body, isArray ? limits.depthMax + 1 : limits.depthMax, limits);
}

const NDJSON_TYPES = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl']);

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const OPENING_BRACKET = 0x5b;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

function withoutByteOrderMark(bytes: Buffer): Buffer {
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return isMarked ? bytes.subarray(3) : bytes;
}

/** An object that ends a line and another that begins the next never occur within one document. */
function isSeveralLines(body: Buffer, start: number): boolean {
  const lineEnd = body.indexOf(LINE_FEED, start);
  if (lineEnd === -1) return false;
  let last = lineEnd - 1;
  while (isSpace(body[last])) last--;
  return body[last] === CLOSING_BRACE && body[skipSpace(body, lineEnd)] === OPENING_BRACE;
}

function skipSpace(body: Buffer, from: number): number {
  let at = from;
  while (isSpace(body[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB;
}

function readDocument(body: Buffer, depthMax: number, limits: BodyLimits): BodyResult {
  const value = parse(body, depthMax);
  if (value instanceof JsonError) {
    const { code, message, position } = value;
    return { ...refuse(code, 400, message), position };
  }
  const invalidUtf8 = !isUtf8(body);
  if (Array.isArray(value)) {
    if (value.length > limits.alertsMax) return refuse('too_many_alerts', 413, tooMany(limits));
    return { shape: 'array', documents: value, invalidUtf8 };
  }
  if (typeof value !== 'object' || value === null || isExactNumber(value)) {
    return refuse('not_an_object', 400, 'The body is JSON, but neither an object nor an array.');
  }
  return { shape: 'single', documents: [value], invalidUtf8 };
}

function readLines(body: Buffer, limits: BodyLimits): BodyResult {
  const documents: unknown[] = [];
  let line = 0;
  let end: number;
  for (let start = 0; start < body.length; start = end + 1) {
    // Blank lines count, too, or a body of nothing else would keep the process busy.
    if (line++ === limits.alertsMax) return refuse('too_many_alerts', 413, tooMany(limits));
    const lineFeed = body.indexOf(LINE_FEED, start);
    end = lineFeed === -1 ? body.length : lineFeed;
    const bytes = body.subarray(start, end);
    if (skipSpace(bytes, 0) < bytes.length) documents.push(readLine(bytes, line, limits));
  }
  return { shape: 'ndjson', documents, invalidUtf8: !isUtf8(body) };
}

function readLine(bytes: Buffer, line: number, limits: BodyLimits): unknown {
  if (bytes.length > limits.bytesMaxSingle) {
    return new DocumentError('body_too_large', tooLarge(limits), line);
  }
  const value = parse(bytes, limits.depthMax);
  return value instanceof JsonError ? new DocumentError(value.code, value.message, line) : value;
}

/** What Falco sends with `json_output: false`: a line at a time, in which no line break is raw. */
function readText(body: Buffer, limits: BodyLimits): BodyResult {
  if (body.length > limits.bytesMaxSingle) {
    return refuse('body_too_large', 413, tooLarge(limits));
  }
  const lines = body
    .toString('utf8')
    .trimEnd()
    .split('\n', limits.alertsMax + 1);
  if (lines.length > limits.alertsMax) return refuse('too_many_alerts', 413, tooMany(limits));
  const documents = lines.filter((line) => line.trim() !== '');
  return { shape: 'text', documents, invalidUtf8: !isUtf8(body) };
}

function parse(bytes: Buffer, depthMax: number): unknown {
  try {
    return readVerbatim(bytes) ?? parseLossless(bytes.toString('utf8'), { depthMax });
  } catch (error) {
    if (error instanceof JsonError) return error;
    throw error;
  }
}

function tooLarge(limits: BodyLimits): string {
  return `A single alert may have at most ${limits.bytesMaxSingle} bytes.`;
}

function tooMany(limits: BodyLimits): string {
  return `A body may hold at most ${limits.alertsMax} alerts: send them in several.`;
}

function refuse(
  code: BodyRefusal['code'],
  status: BodyRefusal['status'],
  message: string,
): BodyRefusal {
  return { code, status, message };
}
