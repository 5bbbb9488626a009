import { ChannelCredentials, type ClientDuplexStream } from '@grpc/grpc-js';
import type { Priority } from '../../src/alert.ts';
import { connect, type WireAck } from '../support/grpc-ingest.ts';
import type { HubProcess, Lifetime } from '../support/hub-process.ts';
import { alertsWhile, type NumberedAlert } from '../support/numbered-alerts.ts';
import { createPoster } from '../support/posting.ts';

/** Senders that write down what they were promised, and when. They do not send again. */

export const WAYS = ['single', 'ndjson', 'grpc'] as const;
/** One alert a request, many a request, or a gRPC stream. */
export type Way = (typeof WAYS)[number];

export interface Sender {
  readonly way: Way;
  readonly sent: Set<string>;
  readonly acknowledged: Set<string>;
  /** When each was acknowledged, on the monotonic clock. */
  readonly acknowledgedAtMs: Map<string, number>;
  /** When each was sent. */
  readonly sentAtMs: ReadonlyMap<string, number>;
  /** From an alert's way out to its answer, of those that were acknowledged. */
  readonly latenciesMs: number[];
  /** Requests by status; a stream has none. */
  readonly answers: ReadonlyMap<number, number>;
  /** Sends the next alerts; resolves when all have an answer, or never will. */
  send(count: number): Promise<void>;
}

type Address = Pick<HubProcess, 'origin' | 'grpc'>;

/** Each has numbers of its own. */
export const NUMBERS_EACH = 10_000_000;
/** Requests of one sender that are under way at most. */
const CONNECTIONS = 32;

export interface SenderOptions {
  /** Tells the senders of one row apart. */
  readonly place?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly connections?: number;
  /** Makes each alert longer. */
  readonly padding?: string;
  /** Of which its alerts are, in turn; default: of all. */
  readonly priorities?: readonly Priority[];
  /** The address it sends from. */
  readonly localAddress?: string;
}

/** A sender for each way. */
export function createSenders(
  lifetime: Lifetime,
  hub: Address,
  ways: readonly Way[] = WAYS,
  options: SenderOptions = {},
): Sender[] {
  return ways.map((way, place) => createSender(lifetime, hub, way, { place, ...options }));
}

export function createSender(
  lifetime: Lifetime,
  hub: Address,
  way: Way,
  options: SenderOptions = {},
): Sender {
  const { place = 0, headers = {}, connections = CONNECTIONS, localAddress } = options;
  const alerts = alertsWhile({ goesOn: true }, place * NUMBERS_EACH, options);
  const take = (count: number): NumberedAlert[] =>
    Array.from({ length: count }, () => alerts.next().value as NumberedAlert);
  const poster = createPoster(lifetime, hub, {
    connections,
    headers,
    ...(localAddress !== undefined && { localAddress }),
  });
  const book = createBook();
  const stream = way === 'grpc' ? createStream(lifetime, hub, book) : undefined;

  async function post(...alerts: readonly NumberedAlert[]): Promise<void> {
    for (const { uuid } of alerts) book.send(uuid);
    await poster.post(...alerts);
    for (const { uuid } of alerts) {
      if (poster.acknowledged.has(uuid)) book.acknowledge(uuid);
    }
  }

  return {
    way,
    ...book,
    answers: poster.answers,
    async send(count) {
      const next = take(count);
      if (stream !== undefined) await stream(next);
      else if (way === 'ndjson') await post(...next);
      else await Promise.all(next.map((alert) => post(alert)));
    },
  };
}

function createBook() {
  const book = {
    sent: new Set<string>(),
    sentAtMs: new Map<string, number>(),
    acknowledged: new Set<string>(),
    acknowledgedAtMs: new Map<string, number>(),
    latenciesMs: [] as number[],
  };
  return {
    ...book,
    send(uuid: string): void {
      book.sent.add(uuid);
      book.sentAtMs.set(uuid, performance.now());
    },
    acknowledge(uuid: string): void {
      const nowMs = performance.now();
      book.acknowledged.add(uuid);
      book.acknowledgedAtMs.set(uuid, nowMs);
      book.latenciesMs.push(nowMs - (book.sentAtMs.get(uuid) ?? nowMs));
    },
  };
}

type Book = ReturnType<typeof createBook>;

/** A stream that is opened again when it ended; what was under way then, nobody promised to keep. */
function createStream(
  lifetime: Lifetime,
  hub: Address,
  book: Book,
): (alerts: readonly NumberedAlert[]) => Promise<void> {
  const client = connect(lifetime, hub.grpc(), ChannelCredentials.createInsecure(), {
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.min_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 300,
    'grpc.use_local_subchannel_pool': 1,
  });
  let running: Running | undefined;
  lifetime.after(() => running?.call.cancel());
  return async (alerts) => {
    running =
      running === undefined || running.isOver() ? follow(client.push().call, book) : running;
    await running.send(alerts);
  };
}

interface Running {
  readonly call: ClientDuplexStream<object, WireAck>;
  isOver(): boolean;
  send(alerts: readonly NumberedAlert[]): Promise<void>;
}

function follow(call: ClientDuplexStream<object, WireAck>, book: Book): Running {
  const pending = new Map<number, string>();
  const rejected = new Set<number>();
  let seq = 0;
  let acked = 0;
  let isOver = false;
  let news = Promise.withResolvers<void>();
  call.on('data', (ack: WireAck) => {
    for (const one of ack.rejected) rejected.add(Number(one.seq));
    for (; acked < Number(ack.acked_through); acked += 1) settle(acked + 1);
    news.resolve();
    news = Promise.withResolvers();
  });
  call.on('status', () => {
    isOver = true;
    news.resolve();
  });

  function settle(one: number): void {
    const uuid = pending.get(one) ?? '';
    pending.delete(one);
    if (!rejected.delete(one)) book.acknowledge(uuid);
  }

  return {
    call,
    isOver: () => isOver,
    async send(alerts) {
      for (const { uuid, json } of alerts) {
        seq += 1;
        pending.set(seq, uuid);
        book.send(uuid);
        call.write({ seq: String(seq), alert: { raw_json: json } });
      }
      const last = seq;
      while (acked < last && !isOver) await news.promise;
    },
  };
}

const TICK_MS = 20;
/** What a sender has under way at most, as an agent's own queue is bounded. */
const UNDER_WAY_MAX = 500;

export interface Steady {
  /** Sends no more; resolves when all have an answer. */
  stop(): Promise<void>;
}

/** Sends so many alerts a second from each; one that gets no answers sends less. */
export function sendSteadily(
  lifetime: Lifetime,
  senders: readonly Sender[],
  perSecond: number,
): Steady {
  const stops = senders.map((sender) => keepSending(lifetime, sender, perSecond));
  return {
    async stop() {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

function keepSending(lifetime: Lifetime, sender: Sender, perSecond: number): () => Promise<void> {
  const sending = new Set<Promise<void>>();
  let underWay = 0;
  let due = 0;
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    // After a pause of this process there is no burst.
    due = Math.min(due + ((nowMs - lastMs) * perSecond) / 1000, perSecond / 4 + 1);
    lastMs = nowMs;
    const count = Math.min(Math.floor(due), UNDER_WAY_MAX - underWay);
    if (count <= 0) return;
    due -= count;
    underWay += count;
    const sent = sender.send(count).finally(() => {
      underWay -= count;
      sending.delete(sent);
    });
    sending.add(sent);
  }, TICK_MS);
  lifetime.after(() => clearInterval(timer));
  return async () => {
    clearInterval(timer);
    await Promise.all(sending);
  };
}
