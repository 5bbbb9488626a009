import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { percentile } from './statistics.ts';

/**
 * The sender, in a process of its own: keep-alive connections, on each of which the next request
 * goes when the answer to the last has come. Written on sockets, because an HTTP client would cost
 * more than the servers it measures.
 */

export interface LoadOrder {
  readonly door: 'http' | 'grpcStream' | 'grpcBatch';
  readonly port: number;
  readonly connections: number;
  /** 1: a request is one alert; more: NDJSON, or a batch of gRPC's. */
  readonly alertsPerRequest: number;
  /** Requests a second of all connections together; absent: the next goes with the last answer. */
  readonly requestsPerSecond?: number;
  /** Ends after so many alerts, or so much time. */
  readonly alertsMax?: number;
  readonly durationMs?: number;
}

export interface LoadReport {
  readonly kind: 'load';
  /** Alerts that were answered with 200. */
  readonly alerts: number;
  /** Requests answered with anything else, or not at all. */
  readonly failures: number;
  readonly durationMs: number;
  /** From when a request was due to its whole answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Without those that have a uuid: sent again, they would be recognised and not stored. */
const corpus = readFileSync(new URL('../data/corpus/falco-alerts.ndjson', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .filter((line) => !line.includes('"uuid":'));

process.on('message', (order: LoadOrder) => {
  void run(order).then((report) => process.send?.({ kind: 'load', ...report }));
});

async function run(order: LoadOrder): Promise<Omit<LoadReport, 'kind'>> {
  if (order.door !== 'http') {
    const { push } = await import('./grpc-load.ts');
    return push(order, corpus);
  }
  const tally = createTally(order);
  const requests = requestsOf(order);
  let next = 0;
  const takeRequest = (): Buffer => requests[next++ % requests.length] as Buffer;
  const { connections, requestsPerSecond = Number.POSITIVE_INFINITY } = order;
  const intervalMs = (connections / requestsPerSecond) * 1000;
  const startedAtMs = performance.now();
  const senders = Array.from({ length: connections }, (_, at) =>
    keepSending(order.port, takeRequest, tally, {
      intervalMs,
      firstAtMs: startedAtMs + (intervalMs * at) / connections,
    }),
  );
  await Promise.all(senders);
  const durationMs = performance.now() - startedAtMs;
  const { alerts, failures, latenciesMs } = tally;
  return {
    alerts,
    failures,
    durationMs,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
  };
}

interface Tally {
  alerts: number;
  failures: number;
  readonly latenciesMs: number[];
  /** Whether another request may be sent. */
  goesOn(): boolean;
  answered(ok: boolean, latencyMs: number): void;
}

function createTally({ alertsMax, durationMs, alertsPerRequest }: LoadOrder): Tally {
  const endMs = performance.now() + (durationMs ?? Number.POSITIVE_INFINITY);
  let left = Math.ceil((alertsMax ?? Number.POSITIVE_INFINITY) / alertsPerRequest);
  const tally: Tally = {
    alerts: 0,
    failures: 0,
    latenciesMs: [],
    goesOn: () => left-- > 0 && performance.now() < endMs,
    answered(ok, latencyMs) {
      tally.latenciesMs.push(latencyMs);
      if (ok) tally.alerts += alertsPerRequest;
      else tally.failures += 1;
    },
  };
  return tally;
}

function requestsOf({ alertsPerRequest }: LoadOrder): Buffer[] {
  const type = alertsPerRequest === 1 ? 'application/json' : 'application/x-ndjson';
  return corpus.map((_, at) => {
    const lines = Array.from(
      { length: alertsPerRequest },
      (_, i) => corpus[(at + i) % corpus.length],
    );
    const body = Buffer.from(lines.join('\n'));
    const head =
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\n` +
      `Content-Length: ${body.length}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), body]);
  });
}

interface Pace {
  readonly firstAtMs: number;
  /** 0: as soon as the last answer has come. */
  readonly intervalMs: number;
}

/** Resolves when the tally says that it is enough. */
function keepSending(
  port: number,
  takeRequest: () => Buffer,
  tally: Tally,
  { firstAtMs, intervalMs }: Pace,
): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let dueAtMs = firstAtMs;
    let sentAtMs = 0;
    let answer = '';

    function sendNext(): void {
      const waitMs = dueAtMs - performance.now();
      if (!tally.goesOn()) socket.destroy();
      else if (waitMs > 0) setTimeout(send, waitMs);
      else send();
    }

    function send(): void {
      if (socket.destroyed) return;
      sentAtMs = performance.now();
      socket.write(takeRequest());
    }

    socket.setEncoding('latin1');
    socket.on('connect', sendNext);
    socket.on('data', (text: string) => {
      answer += text;
      if (!isWhole(answer)) return;
      const nowMs = performance.now();
      // Timers are early, too, by less than a millisecond.
      tally.answered(answer.startsWith('HTTP/1.1 200'), nowMs - Math.min(dueAtMs, sentAtMs));
      answer = '';
      dueAtMs = intervalMs === 0 ? nowMs : dueAtMs + intervalMs;
      sendNext();
    });
    socket.on('error', () => {
      tally.failures += 1;
    });
    socket.on('close', () => resolve());
  });
}

/** Both kinds of server answer with a length, or in one empty chunk. */
function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf('\r\n\r\n');
  if (headEnd === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1];
  if (length === undefined) return answer.endsWith('0\r\n\r\n');
  return answer.length >= headEnd + 4 + Number(length);
}
