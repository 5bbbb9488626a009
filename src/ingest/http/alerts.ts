import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AdmitResult, Sender } from '../admission.ts';
import type { Agent } from '../agents/agent.ts';
import { QuietEvents } from '../agents/quiet.ts';
import { readAgents } from '../agents/table.ts';
import type { BodyLimits } from '../body.ts';
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

export interface Manner {
  /** Whether the answer says what became of each alert also when all went well. */
  readonly details: boolean;
  /** The last part of `/in/<token>`. */
  readonly pathToken?: string;
  /** Present: the path is that of another agent's format. */
  readonly format?: {
    readonly agent: Agent;
    /** Its senders send again what was not answered with success. */
    readonly resends: boolean;
    /** The answer to a body of another format. */
    readonly wrongStatus?: 400 | 422;
    /** Levels of nesting, where it needs more than alerts do. */
    readonly depthMax?: number;
    /** The largest body, where that is not a setting. */
    readonly bytesMax?: number;
  };
  /** The cluster that the path names. */
  readonly cluster?: string;
}

type From = Manner & { readonly sender: Sender };

/** A body on its way to the disk. */
interface Taken {
  readonly outline: Outline;
  readonly result: Promise<AdmitResult>;
  readonly quiet?: QuietEvents;
}

/** Takes a body of alerts, and answers when those that can be taken are on disk. */
export async function takeAlerts(
  door: Door,
  { raw }: FastifyRequest,
  reply: FastifyReply,
  manner: Manner,
): Promise<void> {
  const known = identify(door, raw, manner.pathToken);
  if (isRefusal(known)) return refuse(door, reply, known, connectionOf(raw.socket).sender);
  const { format } = manner;
  const sender = format?.resends === true ? { ...known, resends: true } : known;
  const lease = { memory: door.memory, heldBytes: 0, bytesMax: format?.bytesMax };
  try {
    const bytes = await readBodyBytes(raw, reply.raw, lease);
    const taken = isRefusal(bytes)
      ? bytes
      : takeBody(door, bytes, raw.headers['content-type'], { ...manner, sender });
    if (isRefusal(taken)) return refuse(door, reply, taken, sender);
    answer(door, reply, taken.outline, await taken.result, { ...manner, sender });
    // What is refused comes again, or is counted as that.
    if (reply.statusCode === 200) tellQuiet(door, sender, taken.quiet);
  } finally {
    release(lease);
  }
}

function tellQuiet({ deps }: Door, sender: Sender, quiet: QuietEvents | undefined): void {
  for (const one of quiet?.all() ?? []) deps.onQuiet?.({ ...one, sender });
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
  door: Door,
  bytes: Buffer,
  contentType: string | undefined,
  from: From,
): Taken | Refusal {
  const { settings, deps } = door;
  const { format, cluster, sender } = from;
  const body = readBody(bytes, contentType, limitsOf(settings, format));
  if (isRefusal(body)) return body;
  if (body.invalidUtf8) deps.onInvalidUtf8?.(sender);
  const alertsMax = settings.batchAlertsMax;
  const nowMs = deps.now?.() ?? Date.now();
  const settled = { detector: deps.detector(), tetragon: deps.tetragon() };
  const quiet = new QuietEvents();
  const context = { sender, nowMs, alertsMax, cluster, quiet, ...settled };
  const documents = readAgents(body.documents, context, format?.agent);
  if (isRefusal(documents)) return documents;
  const isSingle = ALONE.has(body.shape) && documents.length === 1;
  return { ...admit(door, outlineOf(isSingle, documents), documents, sender), quiet };
}

/** Shapes in which one document is no batch of one. */
const ALONE: ReadonlySet<string> = new Set(['single', 'text']);

function limitsOf(settings: Door['settings'], format: Manner['format']): BodyLimits {
  const { depthMax = DEPTH_MAX, bytesMax = settings.bodyBytesMax } = format ?? {};
  return { depthMax, bytesMaxSingle: bytesMax, alertsMax: settings.batchAlertsMax };
}

function admit(
  { deps }: Door,
  outline: Outline,
  documents: readonly unknown[],
  sender: Sender,
): Taken {
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
  { sender, details, format }: From,
): void {
  if (result.outcome === 'refused') {
    return refuse(door, reply, overload(result), sender, outline.count);
  }
  const tally = tallyOf(outline, result.items);
  if (format?.resends === true) {
    return answerBatch(door, reply, tally, sender, format.wrongStatus);
  }
  const [rejected] = tally.rejected;
  if (outline.single && !details && rejected) {
    return refuse(door, reply, { status: 422, ...rejected }, sender);
  }
  answerTally(door, reply, tally, sender, details);
}

/**
 * Whoever sends again sends the whole batch again, for any answer but success: one bad item must not
 * cause that, and what was shed must.
 */
function answerBatch(
  door: Door,
  reply: FastifyReply,
  tally: Tally,
  sender: Sender,
  wrongStatus: 400 | 422 = 422,
): void {
  const { accepted, duplicate, rejected } = tally;
  const shed = rejected.find(({ code }) => code === 'sender_share');
  if (shed !== undefined) {
    const { code, message } = shed;
    const refused = overload({ outcome: 'refused', code, message, retryAfterMs: 5000 });
    return refuse(door, reply, refused, sender, rejected.length);
  }
  const wrong = rejected.find(({ code }) => code === 'wrong_format');
  if (wrong !== undefined && accepted + duplicate === 0) {
    return refuse(door, reply, { status: wrongStatus, ...wrong }, sender);
  }
  for (const { code } of rejected) door.deps.onRejected({ code, alerts: 1, sender });
  door.deps.onRequest({ accepted: true });
  reply.send();
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
