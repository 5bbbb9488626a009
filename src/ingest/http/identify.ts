import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { ENDING_AGENT } from '../../alert.ts';
import type { Sender } from '../admission.ts';
import type { Refusal } from './answer.ts';
import { certificateIdentity, connectionOf, isVerified } from './connection.ts';
import type { Door } from './door.ts';

/**
 * Who sends. Where anything is configured, the request must prove one thing: a token in the path or
 * in a header, a user, or a certificate. Whatever is wrong with a secret, the answer is the same.
 */
export function identify(
  { authenticator }: Door,
  request: IncomingMessage,
  pathToken: string | undefined,
): Sender | Refusal {
  const { headers, socket } = request;
  const { sender } = connectionOf(socket);
  const way = wayOf(headers);
  if (!authenticator.required) return way === undefined ? sender : { ...sender, ...way };
  const identity =
    (pathToken === undefined ? undefined : authenticator.path(pathToken)) ??
    authenticator.bearer(headers.authorization) ??
    authenticator.basic(headers.authorization) ??
    certificateIdentity(socket, authenticator);
  if (identity !== undefined) return { ...sender, identity, ...way };
  return isVerified(socket) ? NAME_NOT_ALLOWED : unauthorized(authenticator.challenge);
}

/** What a hub that forwards says of the way so far. */
function wayOf(headers: IncomingHttpHeaders): Pick<Sender, 'hops' | 'readAs'> | undefined {
  const hops = hopsOf(headers['tocsin-hops']);
  if (hops === undefined) return undefined;
  return headers['tocsin-read-as'] === ENDING_AGENT ? { hops, readAs: ENDING_AGENT } : { hops };
}

/** How many hubs the alerts have passed, as the one that forwards says. Nonsense counts as 0. */
function hopsOf(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,3}$/.test(header) ? Number(header) : undefined;
}

const NAME_NOT_ALLOWED: Refusal = {
  status: 403,
  code: 'certificate_name_not_allowed',
  message: 'No name in the client certificate is in ingest.http.tls.clientNames.',
};

function unauthorized(challenge: string): Refusal {
  return {
    status: 401,
    code: 'unauthorized',
    message: 'Say who sends: give a valid token, user or client certificate.',
    headers: { 'www-authenticate': challenge },
  };
}
