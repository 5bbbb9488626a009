import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { Admission, AdmitResult, ItemResult, Sender } from '../../src/ingest/admission.ts';
import { AGENTS } from './agent-settings.ts';
import type { HttpIngestDeps } from '../../src/ingest/http/door.ts';
import { createHttpIngest, type HttpIngest } from '../../src/ingest/http/server.ts';
import type { HttpSettings } from '../../src/ingest/http/settings.ts';

/** An HTTP door on a port of its own, before an admission that keeps everything in memory. */
export interface OpenDoor {
  readonly ingest: HttpIngest;
  readonly settings: HttpSettings;
  readonly port: number;
  readonly plainPort: number;
  /** What was admitted, with its sender, oldest first. */
  readonly admitted: { readonly documents: readonly unknown[]; readonly sender: Sender }[];
  readonly rejected: { code: string; alerts: number; sender: Sender }[];
  readonly requests: { accepted: boolean }[];
  readonly logged: { readonly fields: object; readonly text: string }[];
  readonly invalidUtf8: Sender[];
  readonly quiet: { readonly agent: string; readonly hostname: string; readonly count: number }[];
  /** What the next admissions answer instead of taking alerts. */
  refuseWith(result: AdmitResult | undefined): void;
  /** Admissions wait until the promise resolves. */
  waitFor(gate: Promise<void> | undefined): void;
}

export const OPEN_SETTINGS: HttpSettings = {
  address: '127.0.0.1:0',
  auth: { tokens: [], basic: [], paths: [] },
  bodyBytesMax: 64 * 1024,
  batchBytesMax: 256 * 1024,
  batchAlertsMax: 100,
  connectionsMax: 100,
  connectionsPerSenderMax: 50,
  requestTimeout: 15_000,
};

export async function openDoor(
  t: TestContext,
  settings: Partial<HttpSettings> = {},
  overrides: Partial<HttpIngestDeps> = {},
): Promise<OpenDoor> {
  let refusal: AdmitResult | undefined;
  let gate: Promise<void> | undefined;
  const seen = { admitted: [], rejected: [], requests: [], logged: [] } as Pick<
    OpenDoor,
    'admitted' | 'rejected' | 'requests' | 'logged'
  >;
  const told = { invalidUtf8: [], quiet: [] } as Pick<OpenDoor, 'invalidUtf8' | 'quiet'>;
  const log = (fields: object, text: string) => void seen.logged.push({ fields, text });
  const admission: Admission = {
    async admit(documents, sender) {
      await gate;
      if (refusal) return refusal;
      seen.admitted.push({ documents, sender });
      return { outcome: 'stored', items: documents.map(judge) };
    },
  };
  const whole = { ...OPEN_SETTINGS, ...settings };
  const ingest = createHttpIngest({
    settings: whole,
    sidekickStatus: false,
    admission,
    agents: () => AGENTS,
    ready: () => ({ ready: true, detail: { queue: 'volume' } }),
    metrics: (accept) => Promise.resolve({ contentType: accept ?? 'text/plain', body: 'up 1\n' }),
    onRejected: (one) => void seen.rejected.push(one),
    onRequest: (one) => void seen.requests.push(one),
    onInvalidUtf8: (sender) => void told.invalidUtf8.push(sender),
    onQuiet: ({ agent, hostname, count }) => void told.quiet.push({ agent, hostname, count }),
    log: { info: log, warn: log, error: log },
    ...overrides,
  });
  const { main, plain } = await ingest.listen();
  t.after(() => ingest.close(0));
  return {
    ...seen,
    ...told,
    ingest,
    settings: whole,
    port: main.port,
    plainPort: plain?.port ?? 0,
    refuseWith: (result) => void (refusal = result),
    waitFor: (promise) => void (gate = promise),
  };
}

/** An alert has a rule; one whose uuid is `again` came before. */
function judge(document: unknown): ItemResult {
  const { rule, uuid } = document as { rule?: string; uuid?: string };
  if (!rule) return { outcome: 'rejected', code: 'rule_missing', message: 'The rule is missing.' };
  return { outcome: uuid === 'again' ? 'duplicate' : 'accepted', uuid: uuid ?? 'new' };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** One request, as most senders make it. */
export async function request(port: number, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
  return { status: response.status, headers: response.headers, body: await response.text() };
}

export function post(
  port: number,
  body: string | Buffer<ArrayBuffer>,
  headers = {},
  path = '/',
): Promise<Answer> {
  return request(port, path, { method: 'POST', body, headers });
}

/** A sender that writes bytes as it likes. */
export interface RawSender {
  readonly socket: Socket;
  /** Everything received so far. */
  text(): string;
  /** Resolves when `pattern` has been received. */
  received(pattern: RegExp): Promise<string>;
  /** Resolves with everything received when the other side has closed. */
  closed(): Promise<string>;
}

export async function rawSender(t: TestContext, port: number): Promise<RawSender> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: false });
  t.after(() => socket.destroy());
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
  await once(socket, 'connect');
  return {
    socket,
    text: () => text,
    closed: () => closed,
    async received(pattern) {
      while (!pattern.test(text)) {
        if (socket.closed) throw new Error(`closed before ${pattern} came: ${text}`);
        await Promise.race([once(socket, 'data'), closed]);
      }
      return text;
    },
  };
}
