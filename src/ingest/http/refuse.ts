import type { FastifyReply } from 'fastify';
import type { Sender } from '../admission.ts';
import { type Refusal, refusalBody, sendJson } from './answer.ts';
import type { Door } from './door.ts';

/** Answers that nothing of a request was taken, and counts it. `alerts`: how many it carried. */
export function refuse(
  door: Door,
  reply: FastifyReply,
  refusal: Refusal,
  sender: Sender,
  alerts = 1,
): void {
  countRefused(door, refusal, sender, alerts);
  if (refusal.headers) reply.headers(refusal.headers);
  sendJson(reply, statusFor(door, refusal.status), refusalBody(refusal));
}

export function countRefused({ deps }: Door, { code }: Refusal, sender: Sender, alerts = 1): void {
  deps.onRequest({ accepted: false });
  deps.onRejected({ code, alerts, sender });
}

/** Falcosidekick answers 400 to whatever is no alert. */
export function statusFor({ sidekickStatus }: Door, status: number): number {
  return sidekickStatus && status === 422 ? 400 : status;
}
