import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import {
  logVerbosity,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerOptions,
  setLogVerbosity,
} from '@grpc/grpc-js';
import { type BatchCall, serveBatch } from './batch.ts';
import {
  authenticatorFor,
  createDoor,
  type Door,
  type GrpcIngestDeps,
  type GrpcSettings,
} from './door.ts';
import { createGuard } from './guard.ts';
import { createHealth, type HealthService } from './health.ts';
import {
  IDLE_CONNECTION_MS_MAX,
  KEEPALIVE_MS,
  MESSAGE_BYTES_MAX,
  STREAMS_PER_CONNECTION_MAX,
} from './limits.ts';
import { createListener, type Listener } from './listener.ts';
import { type LogsCall, serveLogs } from './logs.ts';
import { type PushCall, servePush } from './push.ts';
import {
  alertIngest,
  type BatchResponse,
  health as healthDefinition,
  logsService,
} from './services.ts';
import type { CallStatus } from './status.ts';

export type { GrpcIngestDeps, GrpcSettings } from './door.ts';

export interface GrpcIngest {
  /** Rejects with a sentence that says what to do. */
  listen(): Promise<AddressInfo>;
  /**
   * Puts tokens and names in force for what is sent from now on, also over streams that are open,
   * and certificates for the connections to come. Resolves to the settings that need a new listener
   * and stay as they were. Rejects with `TlsFilesError`, and then nothing has changed.
   */
  reload(settings: GrpcSettings): Promise<readonly string[]>;
  /** When the certificate in force expires; undefined without TLS. */
  certificateNotAfter(): Date | undefined;
  /** Whether a sender must prove who it is. */
  authenticated(): boolean;
  /** Takes no more alerts: acknowledges what is stored, ends the streams, refuses new calls. */
  lameDuck(): void;
  /** Lets calls end for at most so many milliseconds, then closes every connection. */
  close(graceMs: number): Promise<void>;
}

/**
 * The gRPC door, `alert-ingest.proto`, OpenTelemetry's logs, and the health service. Import this module only where the
 * door is configured: it loads grpc-js.
 */
export function createGrpcIngest(deps: GrpcIngestDeps): GrpcIngest {
  // grpc-js writes lines of its own to stderr, between the hub's.
  setLogVerbosity(logVerbosity.NONE);
  const door = createDoor(deps);
  const health = createHealth(() => deps.ready() && !door.stopping.signal.aborted);
  const server = createServer(door, health);
  const connections = server.createConnectionInjector(ServerCredentials.createInsecure());
  let listener: Listener | undefined;

  return {
    async listen() {
      warnOf(door);
      listener = await createListener(door, (socket) => connections.injectConnection(socket));
      return listener.address;
    },
    async reload(settings) {
      await listener?.setTls(settings.tls);
      door.authenticator = authenticatorFor(settings);
      return settings.address === deps.settings.address ? [] : ['ingest.grpc.address'];
    },
    certificateNotAfter: () => listener?.certificateNotAfter(),
    authenticated: () => door.authenticator.required,
    lameDuck() {
      door.stopping.abort();
      health.refresh();
    },
    async close(graceMs) {
      door.stopping.abort();
      health.close();
      listener?.close();
      const force = setTimeout(() => server.forceShutdown(), graceMs);
      await promisify(server.tryShutdown.bind(server))();
      clearTimeout(force);
      listener?.destroyAll();
    },
  };
}

function warnOf({ authenticator, deps: { log } }: Door): void {
  if (authenticator.required) return;
  log.warn({}, 'everybody who reaches ingest.grpc may send alerts: no authentication configured');
}

const SERVER_OPTIONS: ServerOptions = {
  'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
  'grpc.max_concurrent_streams': STREAMS_PER_CONNECTION_MAX,
  'grpc.keepalive_time_ms': KEEPALIVE_MS,
  'grpc.max_connection_idle_ms': IDLE_CONNECTION_MS_MAX,
  // A registry of every connection, for a debugging service that is not offered.
  'grpc.enable_channelz': 0,
};

function createServer(door: Door, { Check, Watch }: HealthService): Server {
  const server = new Server({ ...SERVER_OPTIONS, interceptors: [createGuard(door)] });
  server.addService(alertIngest, {
    Push(call: PushCall) {
      void servePush(door, call);
    },
    PushBatch(call: BatchCall, answer: sendUnaryData<BatchResponse>) {
      void serveBatch(door, call).then((result) => answerUnary(result, answer));
    },
  });
  server.addService(logsService, {
    Export(call: LogsCall, answer: sendUnaryData<Buffer>) {
      void serveLogs(door, call).then((result) => answerUnary(result, answer));
    },
  });
  server.addService(healthDefinition, { Check, Watch });
  return server;
}

function answerUnary<Response>(
  result: { readonly response: Response } | { readonly status: CallStatus },
  answer: sendUnaryData<Response>,
): void {
  if ('status' in result) answer(result.status);
  else answer(null, result.response);
}
