import {
  ChannelCredentials,
  type ChannelOptions,
  type Client,
  type ClientDuplexStream,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';
import type { Admission, AdmitResult, ItemResult, Sender } from '../../src/ingest/admission.ts';
import { AGENTS } from './agent-settings.ts';
import {
  createGrpcIngest,
  type GrpcIngest,
  type GrpcIngestDeps,
} from '../../src/ingest/grpc/server.ts';
import { PATIENCE_MS } from './eventually.ts';
import type { Lifetime } from './hub-process.ts';

/** A gRPC door on a free port, an admission the test holds in its hand, and a foreign client. */

export interface AdmitCall {
  readonly documents: readonly unknown[];
  readonly sender: Sender;
}

export interface HeldAdmission extends Admission {
  readonly calls: AdmitCall[];
  /** Decides what becomes of each document; accepted unless set. */
  itemOf: (document: unknown) => ItemResult;
  /** The answers to come that are refusals. */
  readonly refusals: Extract<AdmitResult, { outcome: 'refused' }>[];
  /** Until `release`, nothing is on disk. */
  hold(): void;
  release(): void;
  /** Every document that was stored, in order. */
  documents(): unknown[];
}

export function createHeldAdmission(): HeldAdmission {
  const stored: unknown[] = [];
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  const held: HeldAdmission = {
    calls: [],
    refusals: [],
    itemOf: () => ({ outcome: 'accepted', uuid: '' }),
    hold: () => {
      gate = Promise.withResolvers<void>();
    },
    release: () => gate.resolve(),
    documents: () => stored,
    async admit(documents, sender) {
      held.calls.push({ documents, sender });
      await gate.promise;
      const refusal = held.refusals.shift();
      if (refusal !== undefined) return refusal;
      stored.push(...documents);
      return { outcome: 'stored', items: documents.map((document) => held.itemOf(document)) };
    },
  };
  return held;
}

export const QUIET = { info: () => {}, warn: () => {}, error: () => {} };

export interface TestDoor {
  readonly ingest: GrpcIngest;
  readonly admission: HeldAdmission;
  readonly target: string;
  readonly rejected: { code: string; alerts: number; sender: Sender }[];
}

/** Opens a door, closed when the test ends. */
export async function openDoor(
  t: TestContext,
  changes: Partial<GrpcIngestDeps> & { readonly held?: HeldAdmission } = {},
): Promise<TestDoor> {
  const { held = createHeldAdmission(), ...deps } = changes;
  const rejected: TestDoor['rejected'] = [];
  const ingest = createGrpcIngest({
    settings: { address: '127.0.0.1:0', auth: { tokens: [] } },
    admission: held,
    agents: () => AGENTS,
    ready: () => true,
    onRejected: (rejection) => rejected.push(rejection),
    log: QUIET,
    ...deps,
  });
  const { port } = await ingest.listen();
  t.after(() => {
    held.release();
    return ingest.close(0);
  });
  return { ingest, admission: held, target: `127.0.0.1:${port}`, rejected };
}

const PROTOS = ['alert-ingest.proto', 'health.proto'].map((file) =>
  fileURLToPath(new URL(`../../src/proto/${file}`, import.meta.url)),
);

const loaded = loadPackageDefinition(
  loadSync(PROTOS, { keepCase: true, longs: String, enums: String, defaults: true }),
) as unknown as {
  tocsin: { ingest: { v1: { AlertIngest: ServiceClientConstructor } } };
  grpc: { health: { v1: { Health: ServiceClientConstructor } } };
};

export interface WireReject {
  readonly seq: string;
  readonly code: string;
  readonly message: string;
}

export interface WireAck {
  readonly acked_through: string;
  readonly rejected: readonly WireReject[];
  readonly credit: number;
}

export interface WireStatus {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

/** A sender written against the `.proto` alone. */
export interface TestClient {
  push(metadata?: Metadata): TestStream;
  pushBatch(alerts: readonly object[], metadata?: Metadata): Promise<WireBatchResponse>;
  readonly ingest: Client;
  readonly health: Client;
}

export interface WireBatchResponse {
  readonly accepted: number;
  readonly rejected: readonly WireReject[];
}

export interface TestStream {
  readonly call: ClientDuplexStream<object, WireAck>;
  readonly acks: WireAck[];
  send(seq: number | string, alert: object): void;
  /** Resolves to the first ack, old or new, that `matches`. */
  ack(matches: (ack: WireAck) => boolean): Promise<WireAck>;
  readonly status: Promise<WireStatus>;
}

export function connect(
  lifetime: Lifetime,
  target: string,
  credentials = ChannelCredentials.createInsecure(),
  options: ChannelOptions = {},
): TestClient {
  const ingest = new loaded.tocsin.ingest.v1.AlertIngest(target, credentials, options);
  const health = new loaded.grpc.health.v1.Health(target, credentials, options);
  lifetime.after(() => {
    ingest.close();
    health.close();
  });
  return {
    ingest,
    health,
    push: (metadata = new Metadata()) => openStream(ingest, metadata),
    pushBatch: (alerts, metadata = new Metadata()) =>
      unary(ingest, 'PushBatch', { alerts }, metadata) as Promise<WireBatchResponse>,
  };
}

export function unary(
  client: Client,
  method: string,
  request: object,
  metadata = new Metadata(),
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const call = (client as unknown as Record<string, (...args: unknown[]) => void>)[method]!;
  call.call(client, request, metadata, (error: Error | null, response: unknown) =>
    error ? reject(error) : resolve(response),
  );
  return promise;
}

function openStream(client: Client, metadata: Metadata): TestStream {
  const { Push } = client as unknown as {
    Push: (metadata: Metadata) => ClientDuplexStream<object, WireAck>;
  };
  const call = Push.call(client, metadata);
  const acks: WireAck[] = [];
  const status = Promise.withResolvers<WireStatus>();
  let news = Promise.withResolvers<void>();
  call.on('data', (ack: WireAck) => {
    acks.push(ack);
    news.resolve();
    news = Promise.withResolvers();
  });
  call.on('error', () => {});
  call.on('status', status.resolve);
  return {
    call,
    acks,
    send: (seq, alert) => void call.write({ seq: String(seq), alert }),
    async ack(matches) {
      for (;;) {
        const found = acks.find(matches);
        if (found !== undefined) return found;
        const end = await inTime(Promise.race([news.promise, status.promise]), 'ack');
        if (end && !acks.some(matches)) throw new Error(`the stream ended: ${end.details}`);
      }
    },
    get status() {
      return inTime(status.promise, 'status');
    },
  };
}

/** A test that waits in vain fails, instead of hanging. */
async function inTime<Value>(promise: Promise<Value>, what: string): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`no ${what} within ${PATIENCE_MS} ms`)),
    PATIENCE_MS,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** One alert as a foreign sender fills it in. */
export function wireAlert(changes: object = {}): object {
  return { rule: 'Shell in container', priority: 'WARNING', output: 'a shell', ...changes };
}

/** Acks that say so much is stored. */
export const through = (seq: number) => (ack: WireAck) => Number(ack.acked_through) >= seq;
