import type { FastifyReply } from 'fastify';

/** Why a request gets nothing but an error. `code` is stable. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Where in the body, when that is known. */
  readonly position?: number | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Tells it from what a step answers when all goes well. */
export function isRefusal<T extends object>(value: T): value is Extract<T, { status: number }> {
  return 'status' in value;
}

/** One line: Falco's `echo: true` prints it among its alerts. */
export function refusalBody({ code, message, position }: Refusal): Buffer {
  return jsonBody({ code, message, position });
}

/** As bytes: Fastify would add a charset to the type of a string. */
export function jsonBody(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

export function sendJson(reply: FastifyReply, status: number, body: Buffer): void {
  reply.code(status).header('content-type', 'application/json').send(body);
}
