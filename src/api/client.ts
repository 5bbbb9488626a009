import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as startRequest } from '../node-http.ts';
import { type Control, ControlError } from './contract.ts';
import { ANSWER_BYTES_MAX, type Endpoint, ENDPOINTS } from './endpoints.ts';

/**
 * A hub on this machine, asked over its control socket. `operator`: who asks, for the hub's log.
 *
 * Every call rejects with `ControlError`: `no_hub` when nobody answers, `timeout`, `hub_gone`,
 * `bad_answer` when it is no hub that answers, or the hub's own code.
 */
export function createControlClient(socketPath: string, operator = 'unknown'): Control {
  const call = async <Result>(name: keyof Control, input: object = {}): Promise<Result> =>
    (await ask({ socketPath, operator, endpoint: ENDPOINTS[name], input })) as Result;
  return {
    status: () => call('status'),
    alerts: (filter) => call('alerts', filter),
    why: (uuid) => call('why', { uuid }),
    deadList: (limit) => call('deadList', { limit }),
    deadShow: async (id) => (await call('deadShow', { id })) ?? undefined,
    deadReplay: (selection) => call('deadReplay', selection),
    deadDrop: (selection) => call('deadDrop', selection),
    queueCheck: () => call('queueCheck'),
    drain: (request) => call('drain', request),
    outputTest: (name) => call('outputTest', { name }),
    outputDrop: (name) => call('outputDrop', { name }),
    outputResend: (name) => call('outputResend', { name }),
    reload: () => call('reload'),
  };
}

interface Question {
  readonly socketPath: string;
  readonly operator: string;
  readonly endpoint: Endpoint;
  readonly input: object;
}

async function ask(question: Question): Promise<unknown> {
  const { timeoutMs } = question.endpoint;
  const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  try {
    const { status, text } = await exchange(question, signal);
    const value: unknown = JSON.parse(text);
    if (status === 200) return value;
    const { code, message } = value as { code: string; message: string };
    throw new ControlError(code, message);
  } catch (error) {
    if (error instanceof ControlError) throw error;
    const { socketPath } = question;
    if (signal?.aborted) {
      throw new ControlError('timeout', `The hub at ${socketPath} did not answer in time.`);
    }
    throw failureOf(error as NodeJS.ErrnoException, socketPath);
  }
}

async function exchange(
  { socketPath, operator, endpoint, input }: Question,
  signal: AbortSignal | undefined,
): Promise<{ status: number | undefined; text: string }> {
  const { method, path } = endpoint;
  const isRead = method === 'GET';
  const options: RequestOptions = {
    socketPath,
    method,
    path: isRead ? `${path}?${queryOf(input).toString()}` : path,
    headers: { 'tocsin-operator': operator, 'content-type': 'application/json' },
    agent: false,
    ...(signal === undefined ? {} : { signal }),
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = startRequest(options, resolve).on('error', reject);
    request.end(isRead ? undefined : JSON.stringify(input));
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > ANSWER_BYTES_MAX) throw new SyntaxError('too long');
    chunks.push(chunk);
  }
  return { status: response.statusCode, text: Buffer.concat(chunks).toString() };
}

function queryOf(input: object): URLSearchParams {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([key, value]): [string, string] => [key, String(value)]));
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  ENOTDIR: 'part of the path is a file',
  ECONNREFUSED: 'the hub that made this socket is gone',
  EACCES: "only the hub's own user and root may open it",
  EPERM: "only the hub's own user and root may open it",
};

function failureOf({ code = '', message }: NodeJS.ErrnoException, socketPath: string): Error {
  const reason = REASONS[code];
  if (reason !== undefined) {
    return new ControlError('no_hub', `No hub answers at ${socketPath}: ${reason}.`);
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    const text = `The hub at ${socketPath} ended before it answered.`;
    return new ControlError('hub_gone', text);
  }
  const text = `What answers at ${socketPath} is no hub, or of another version: ${message}`;
  return new ControlError('bad_answer', text);
}
