import type { FastifyReply } from 'fastify';
import type { AdmitResult, Sender } from '../admission.ts';
import { jsonBody, type Refusal, sendJson } from './answer.ts';
import type { Door } from './door.ts';
import type { From } from './manner.ts';
import { refuse, statusFor } from './refuse.ts';
import { type Outline, type Tally, tallyOf } from './tally.ts';

/** Answers what became of a body. */
export function answer(
  door: Door,
  reply: FastifyReply,
  outline: Outline,
  result: AdmitResult,
  from: From,
): void {
  const { sender, details, format } = from;
  if (result.outcome === 'refused') {
    return refuse(door, reply, overload(result), sender, outline.count);
  }
  const tally = tallyOf(outline, result.items);
  if (format?.resends === true) {
    const shed = shedOf(tally);
    if (shed !== undefined) return refuse(door, reply, shed, sender, tally.rejected.length);
    if (!format.heedsErrors) return answerBatch(door, reply, tally, from);
  }
  const [rejected] = tally.rejected;
  if (outline.single && !details && rejected) {
    const status = statusOf(rejected.code, format);
    return refuse(door, reply, { status, ...rejected }, sender);
  }
  answerTally(door, reply, tally, sender, details);
}

/** What is not of the path's format. */
const WRONG: ReadonlySet<string> = new Set(['wrong_format', 'invalid_event']);

function statusOf(code: string, format: From['format']): number {
  return (WRONG.has(code) ? format?.wrongStatus : undefined) ?? 422;
}

/** What was shed must come again, with all that was not. */
function shedOf({ rejected }: Tally): Refusal | undefined {
  const shed = rejected.find(({ code }) => code === 'sender_share');
  if (shed === undefined) return undefined;
  const { code, message } = shed;
  return overload({ outcome: 'refused', code, message, retryAfterMs: 5000 });
}

/**
 * Whoever sends again sends the whole batch again, for any answer but success: one bad item must not
 * cause that.
 */
function answerBatch(
  door: Door,
  reply: FastifyReply,
  tally: Tally,
  { sender, format }: From,
): void {
  const { accepted, duplicate, rejected } = tally;
  const wrong = rejected.find(({ code }) => code === 'wrong_format');
  if (wrong !== undefined && accepted + duplicate === 0) {
    return refuse(door, reply, { status: statusOf(wrong.code, format), ...wrong }, sender);
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

/** 429 where the sender is the one who sends too much, 503 where the hub cannot take more. */
export function overload({
  code,
  message,
  retryAfterMs,
}: AdmitResult & { outcome: 'refused' }): Refusal {
  const ofSender = code === 'rate_limited' || code === 'sender_share';
  return {
    status: ofSender ? 429 : 503,
    code,
    message,
    headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) },
  };
}
