import type { IncomingMessage, ServerResponse } from 'node:http';
import { QueueError } from '../queue/queue.ts';
import { type Control, ControlError } from './contract.ts';
import { ANSWER_BYTES_MAX } from './endpoints.ts';
import { inputProblem } from './input.ts';
import { type Route, routes } from './routes.ts';

export interface AnswerDeps {
  readonly control: Control;
  /** Called before something is changed. */
  readonly audit: (entry: AuditEntry) => void;
  /** Called with what a `Control` threw that is not meant for the one who asks. */
  readonly onFault?: (error: unknown) => void;
}

export interface AuditEntry {
  /** The function of `Control`. */
  readonly action: string;
  /** Its input. Credentials in a URL are left out. */
  readonly detail: Readonly<Record<string, unknown>>;
  /** Who asks, by their own account: only the hub's user and root can open the socket. */
  readonly by: string;
}

/** Answers one request, whatever it is. */
export async function answer(
  deps: AnswerDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, body } = await carryOut(deps, request).catch((error: unknown) => {
    const isGone = request.destroyed && !request.complete;
    if (!isGone && !isForAsker(error)) deps.onFault?.(error);
    return refusalOf(error);
  });
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${body}\n`);
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

async function carryOut({ control, audit }: AnswerDeps, request: IncomingMessage): Promise<Answer> {
  const url = URL.parse(request.url ?? '', 'http://hub');
  const route = routeOf(request.method, url?.pathname);
  const text = await readBody(request);
  const sent = route.method === 'GET' ? Object.fromEntries(url!.searchParams) : parse(text);
  const problem = inputProblem(route, sent);
  if (problem !== undefined) throw new Refusal(400, 'invalid_input', problem);
  if (route.method === 'POST') audit(auditEntry(route, sent as object, request));
  return { status: 200, body: boundedJson(await route.handle(control, sent)) };
}

type ErrorForAsker = Refusal | ControlError | QueueError;

function isForAsker(error: unknown): error is ErrorForAsker {
  return error instanceof Refusal || error instanceof ControlError || error instanceof QueueError;
}

function refusalOf(error: unknown): Answer {
  const { code, message } = isForAsker(error) ? error : FAULT;
  const status = error instanceof Refusal ? error.status : isForAsker(error) ? 409 : 500;
  return { status, body: JSON.stringify({ code, message }) };
}

const FAULT = { code: 'internal', message: 'A fault in the hub: its log says more.' };

function routeOf(method: string | undefined, path: string | undefined): Route {
  const there = routes.filter((route) => route.path === path);
  const route = there.find((one) => one.method === method);
  if (route !== undefined) return route;
  if (there.length === 0) throw new Refusal(404, 'not_found', 'There is no such route.');
  const allowed = there.map((one) => one.method).join(', ');
  throw new Refusal(405, 'method_not_allowed', `Use ${allowed} here.`);
}

const BODY_BYTES_MAX = 64 * 1024;

/** What is too long is read to its end all the same, or the sender would not see the answer. */
async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  if (size <= BODY_BYTES_MAX) return Buffer.concat(chunks).toString();
  const message = `The body has more than ${BODY_BYTES_MAX / 1024} KiB: ask for less at once.`;
  throw new Refusal(413, 'body_too_large', message);
}

function parse(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new Refusal(400, 'invalid_json', 'The body is not valid JSON.');
  }
}

const WHO_LENGTH_MAX = 128;

function auditEntry({ name }: Route, input: object, { headers }: IncomingMessage): AuditEntry {
  const who = headers['tocsin-operator'];
  const by = typeof who === 'string' ? who.slice(0, WHO_LENGTH_MAX) : 'unknown';
  const isHandOver = name === 'drain' && 'to' in input;
  return {
    action: name,
    detail: isHandOver ? { ...input, to: withoutCredentials(String(input.to)) } : { ...input },
    by,
  };
}

/** Tokens stand in a URL's user, password, path or query: its origin is enough to say where to. */
function withoutCredentials(url: string): string {
  return URL.parse(url)?.origin ?? 'an unreadable URL';
}

/** A list is written item by item, so that a long one costs little more than the bound. */
function boundedJson(value: unknown): string {
  const items = Array.isArray(value) ? value : [value];
  const written: string[] = [];
  let size = 0;
  for (const item of items) {
    const json = JSON.stringify(item);
    size += Buffer.byteLength(json) + 1;
    if (size > ANSWER_BYTES_MAX - 2) throw ANSWER_TOO_LARGE;
    written.push(json);
  }
  return Array.isArray(value) ? `[${written.join(',')}]` : written.join('');
}

const ANSWER_TOO_LARGE = new Refusal(
  409,
  'answer_too_large',
  'These are too many or too large alerts for one answer: ask for fewer, by limit or by time.',
);
