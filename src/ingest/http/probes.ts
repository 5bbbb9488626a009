import type { FastifyReply, FastifyRequest } from 'fastify';
import { jsonBody, sendJson } from './answer.ts';
import type { Door } from './door.ts';

/** Answers for those who ask how the hub is; the first two are Falcosidekick's, byte for byte. */

const PONG = Buffer.from('pong\n');
const HEALTHY = Buffer.from('{"status": "ok"}');

export function ping(_: FastifyRequest, reply: FastifyReply): void {
  reply.header('content-type', 'text/plain; charset=utf-8').send(PONG);
}

export function health(_: FastifyRequest, reply: FastifyReply): void {
  sendJson(reply, 200, HEALTHY);
}

export function readiness(door: Door, reply: FastifyReply): void {
  const { ready, detail } = door.deps.ready();
  const readyNow = ready && !door.draining;
  const body = jsonBody({ ...detail, ready: readyNow, draining: door.draining });
  sendJson(reply, readyNow ? 200 : 503, body);
}

export async function metrics(
  door: Door,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { contentType, body } = await door.deps.metrics(request.headers.accept);
  reply.header('content-type', contentType).send(body);
}
