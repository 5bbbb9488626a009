import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import {
  type ChannelOptions,
  Client,
  type ClientDuplexStream,
  credentials,
  type MethodDefinition,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { services } from '../../proto/index.ts';
import { diagnose, type Material } from './diagnose.ts';
import type { FalcoResponse } from './document.ts';
import type { FalcoGrpcTls } from './settings.ts';
import type { Place } from './targets.ts';

const falco = services['falco.outputs.service'] as ServiceDefinition;
const sub = falco['sub'] as MethodDefinition<object, FalcoResponse>;

/**
 * Falco's server takes pings more often than every five minutes for an attack; the requests that are
 * sent all the time find out about most broken connections before.
 */
const KEEPALIVE_MS = 6 * 60_000;
const KEEPALIVE_TIMEOUT_MS = 20_000;
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

const OPTIONS: ChannelOptions = {
  'grpc.keepalive_time_ms': KEEPALIVE_MS,
  'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
  'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
  // A Falco is in the cluster, never behind a proxy.
  'grpc.enable_http_proxy': 0,
  // Two channels of one address share no connection, or one broken input would break the other.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.service_config_disable_resolution': 1,
};

export type Subscription = ClientDuplexStream<object, FalcoResponse>;

/** Opens a channel of its own. Rejects where the files of the certificates cannot be read. */
export async function connect(place: Place, tls: FalcoGrpcTls | undefined): Promise<Client> {
  if (tls === undefined) return new Client(place.address, credentials.createInsecure(), OPTIONS);
  const { ca, key, cert } = await materialOf(tls);
  const name = nameOf(place, tls);
  return new Client(place.address, credentials.createSsl(ca, key, cert), {
    ...OPTIONS,
    // An address is checked as one without being told.
    ...(isIP(name) === 0 && {
      'grpc.ssl_target_name_override': name,
      'grpc.default_authority': name,
    }),
  });
}

function nameOf({ host }: Place, { serverName = host }: FalcoGrpcTls): string {
  return serverName;
}

async function materialOf({ caFile, certFile, keyFile }: FalcoGrpcTls): Promise<Material> {
  const [ca, cert, key] = await Promise.all([
    readFile(caFile),
    readFile(certFile),
    readFile(keyFile),
  ]);
  return { ca, cert, key };
}

/** What an operator must mend for this Falco; undefined: the failure may pass. */
export async function adviceOn(
  failure: string,
  place: Place,
  tls: FalcoGrpcTls | undefined,
): Promise<string | undefined> {
  const advice = adviceFor(failure);
  if (advice !== undefined || tls === undefined) return advice;
  const told = await diagnose(place, nameOf(place, tls), await materialOf(tls));
  return told === undefined ? undefined : adviceFor(told);
}

export function subscribe(client: Client): Subscription {
  const { path, requestSerialize, responseDeserialize } = sub;
  return client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
}

/** Faults that trying again does not mend, by what OpenSSL, Node and gRPC say of them. */
const MISTAKES: readonly (readonly [RegExp, advice: string])[] = [
  [
    /ALTNAME|altnames|does not match certificate/i,
    "Falco's certificate is for another name: set tls.serverName to the name in it (its CN, where it has no other)",
  ],
  [
    /certificate required|bad certificate|unknown ca|handshake failure/i,
    'Falco does not take the certificate of this hub: set tls.certFile and tls.keyFile to one of the authority it trusts',
  ],
  [
    /self.signed certificate|unable to (?:get|verify)|unable to find/i,
    "Falco's certificate is not of the authority in tls.caFile",
  ],
  [/certificate has expired/i, "Falco's certificate has expired"],
  [/UNIMPLEMENTED/, 'there is no Falco up to 0.43 with grpc_output enabled'],
  [/ENOENT|EACCES/, 'the socket or a file cannot be opened by this user'],
];

function adviceFor(failure: string): string | undefined {
  return MISTAKES.find(([pattern]) => pattern.test(failure))?.[1];
}
