import type { ClientOptions } from '@grpc/grpc-js';
import { logVerbosity, Metadata, setLogVerbosity } from '@grpc/grpc-js';
import { KnownConnections } from './credentials.ts';
import type { IngestClient } from './service.ts';
import { AlertIngest } from './service.ts';
import type { TocsinSettings } from './settings.ts';
import type { Stream } from './stream.ts';
import { createStream } from './stream.ts';

/** A way to the other hub, until it is closed. */
export interface Channel {
  push(): Stream;
  /** Ends every connection at once. */
  close(): void;
}

/** Connects with the first stream. Throws `HttpError` when certificate files cannot be used. */
export function openChannel(settings: TocsinSettings): Channel {
  // grpc-js writes lines of its own to stderr, between the hub's.
  setLogVerbosity(logVerbosity.NONE);
  const connections = new KnownConnections(settings);
  const client = createClient(settings, connections);
  const metadata = metadataOf(settings);
  return {
    push: () => createStream(client.Push(metadata)),
    close() {
      client.close();
      connections.destroyAll();
    },
  };
}

function createClient(
  { address, serverName }: TocsinSettings,
  connections: KnownConnections,
): IngestClient {
  const options: ClientOptions = {
    ...CLIENT_OPTIONS,
    ...(serverName !== undefined && { 'grpc.ssl_target_name_override': serverName }),
  };
  return new AlertIngest(`dns:${address}`, connections, options) as unknown as IngestClient;
}

function metadataOf({ token }: TocsinSettings): Metadata {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

const CLIENT_OPTIONS: ClientOptions = {
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 10_000,
  // The engine waits between attempts; an attempt it makes must be a real one.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  // A connection of its own, that ends with it.
  'grpc.use_local_subchannel_pool': 1,
  // It would obey variables of the environment that the hub reads in its own way.
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_channelz': 0,
};
