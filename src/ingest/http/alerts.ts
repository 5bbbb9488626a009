import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AdmitResult, Sender } from '../admission.ts';
import { DocumentError, readBody } from '../body.ts';
import type { Refusal } from './answer.ts';
import { isRefusal, jsonBody, sendJson } from './answer.ts';
import { readBodyBytes, release } from './body-bytes.ts';
import { connectionOf } from './connection.ts';
import type { Door } from './door.ts';
import { identify } from './identify.ts';
import { refuse, statusFor } from './refuse.ts';
import type { Outline, Tally } from './tally.ts';
import { outlineOf, tallyOf } from './tally.ts';
import { testAlert, testTooSoon } from './test-alert.ts';

/** Levels of nesting in an alert. */
const DEPTH_MAX = 32;

interface Manner {
  /** Whether the answer says what became of each alert also when all went well. */
  readonly details: boolean;
  /** The last part of `/in/<token>`. */
  readonly pathToken?: string;
}

/** A body on its way to the disk. */
interface Taken {
  readonly outline: Outline;
  readonly result: Promise<AdmitResult>;
}

/** Takes a body of alerts, and answers when those that can be taken are on disk. */
export async function takeAlerts(
  door: Door,
  { raw }: FastifyRequest,
  reply: FastifyReply,
  { details, pathToken }: Manner,
): Promise<void> {
  const sender = identify(door, raw, pathToken);
  if (isRefusal(sender)) return refuse(door, reply, sender, connectionOf(raw.socket).sender);
  const lease = { memory: door.memory, heldBytes: 0 };
  try {
    const bytes = await readBodyBytes(raw, reply.raw, lease);
    const taken = isRefusal(bytes)
      ? bytes
      : takeBody(door, bytes, raw.headers['content-type'], sender);
    if (isRefusal(taken)) return refuse(door, reply, taken, sender);
    answer(door, reply, taken.outline, await taken.result, { sender, details });
  } finally {
    release(lease);
  }
}

/** Makes the hub's own test alert. A body is ignored. */
export async function takeTest(
  door: Door,
  { raw }: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const sender = identify(door, raw, undefined);
  if (isRefusal(sender)) return refuse(door, reply, sender, connectionOf(raw.socket).sender);
  const nowMs = door.deps.now?.() ?? Date.now();
  const tooSoon = testTooSoon(door, nowMs);
  if (tooSoon) return refuse(door, reply, tooSoon, sender);
  const documents = [testAlert(nowMs)];
  const result = await door.deps.admission.admit(documents, { ...sender, test: true });
  answer(door, reply, outlineOf(true, documents), result, { sender, details: false });
}

function takeBody(
  { settings, deps }: Door,
  bytes: Buffer,
  contentType: string | undefined,
  sender: Sender,
): Taken | Refusal {
  const body = readBody(bytes, contentType, {
    depthMax: DEPTH_MAX,
    alertsMax: settings.batchAlertsMax,
    bytesMaxSingle: settings.bodyBytesMax,
  });
  if (isRefusal(body)) return body;
  if (body.invalidUtf8) deps.onInvalidUtf8?.(sender);
  const { documents } = body;
  const outline = outlineOf(body.shape === 'single', documents);
  const values =
    outline.errors.size === 0
      ? documents
      : documents.filter((one) => !(one instanceof DocumentError));
  const result = values.length === 0 ? NOTHING : deps.admission.admit(values, sender);
  return { outline, result };
}

function answer(
  door: Door,
  reply: FastifyReply,
  outline: Outline,
  result: AdmitResult,
  { sender, details }: { readonly sender: Sender; readonly details: boolean },
): void {
  if (result.outcome === 'refused') {
    return refuse(door, reply, overload(result), sender, outline.count);
  }
  const tally = tallyOf(outline, result.items);
  const [rejected] = tally.rejected;
  if (outline.single && !details && rejected) {
    return refuse(door, reply, { status: 422, ...rejected }, sender);
  }
  answerTally(door, reply, tally, sender, details);
}

/** One bad alert does not spoil the others: only where nothing was taken is the answer an error. */
function answerTally(
  door: Door,
  reply: FastifyReply,
  tally: Tally,
  sender: Sender,
  details: boolean,
): void {
  const { accepted, duplicate, rejected } = tally;
  for (const { code } of rejected) door.deps.onRejected({ code, alerts: 1, sender });
  const useful = accepted + duplicate > 0 || rejected.length === 0;
  door.deps.onRequest({ accepted: useful });
  if (details || rejected.length > 0) {
    sendJson(reply, useful ? 200 : statusFor(door, 422), jsonBody(tally));
  } else {
    reply.send();
  }
}

const NOTHING: Promise<AdmitResult> = Promise.resolve({ outcome: 'stored', items: [] });

/** 429 where the sender is the one who sends too much, 503 where the hub cannot take more. */
function overload({ code, message, retryAfterMs }: AdmitResult & { outcome: 'refused' }): Refusal {
  const ofSender = code === 'rate_limited' || code === 'sender_share';
  return {
    status: ofSender ? 429 : 503,
    code,
    message,
    headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) },
  };
}
