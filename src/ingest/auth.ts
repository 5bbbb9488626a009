import { hash, timingSafeEqual } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import { matchesAny, namesOf } from './certificate-names.ts';

/** A sender's token; `tokenNext` is valid beside it while it is changed. */
export interface NamedToken {
  readonly name: string;
  readonly token: string;
  readonly tokenNext?: string | undefined;
}

/** What one door (HTTP or gRPC) lets in. Everything absent or empty: everybody. */
export interface AuthSettings {
  readonly tokens?: readonly NamedToken[];
  readonly basic?: readonly { readonly username: string; readonly password: string }[];
  readonly paths?: readonly NamedToken[];
  /** Names a client certificate may carry. Present: client certificates are asked for. */
  readonly clientNames?: readonly string[] | undefined;
}

/**
 * Tells who a credential belongs to. Each method answers with the sender's identity, or undefined
 * when the credential proves nothing; the identity says which kind of credential proved it:
 * `token:<name>` (in a header or in the path), `user:<name>` or `cert:<name>`.
 */
export interface Authenticator {
  /** Whether a sender must prove who it is. */
  readonly required: boolean;
  /** The value of `WWW-Authenticate` for a 401 (RFC 9110, 11.6.1). */
  readonly challenge: string;
  /** Takes the value of `Authorization`, scheme and all. */
  readonly bearer: (header: string | undefined) => string | undefined;
  readonly basic: (header: string | undefined) => string | undefined;
  readonly path: (token: string) => string | undefined;
  /** Takes a certificate that TLS has verified against the senders' authority. */
  readonly certificate: (peer: PeerCertificate | undefined) => string | undefined;
}

interface Secret {
  readonly digest: Buffer;
  readonly identity: string;
}

export function createAuthenticator(settings: AuthSettings): Authenticator {
  const { clientNames } = settings;
  const tokens = (settings.tokens ?? []).flatMap(tokenSecrets);
  const paths = (settings.paths ?? []).flatMap(tokenSecrets);
  const users = (settings.basic ?? []).map(({ username, password }) =>
    secretOf(`${username}:${password}`, `user:${username}`),
  );
  return {
    required: tokens.length + paths.length + users.length > 0 || clientNames !== undefined,
    challenge: challengeOf(tokens.length > 0 || users.length === 0, users.length > 0),
    bearer: (header) => ownerOf(tokens, credentials(header, 'bearer ')),
    basic: (header) => ownerOf(users, decodeBasic(credentials(header, 'basic '))),
    path: (token) => ownerOf(paths, token),
    certificate: (peer) => (clientNames && peer ? certificateOwner(peer, clientNames) : undefined),
  };
}

function tokenSecrets({ name, token, tokenNext }: NamedToken): Secret[] {
  const values = tokenNext === undefined ? [token] : [token, tokenNext];
  return values.map((value) => secretOf(value, `token:${name}`));
}

function secretOf(value: string, identity: string): Secret {
  return { digest: digestOf(value), identity };
}

function digestOf(value: string): Buffer {
  return hash('sha256', value, 'buffer');
}

/**
 * Looks at every secret whether or not one matched before, and compares digests: how long it takes
 * says nothing about how much of a guess was right.
 */
function ownerOf(secrets: readonly Secret[], given: string | undefined): string | undefined {
  if (secrets.length === 0 || !given) return undefined;
  const digest = digestOf(given);
  let owner: string | undefined;
  for (const secret of secrets) {
    if (timingSafeEqual(secret.digest, digest)) owner = secret.identity;
  }
  return owner;
}

/** The part of `Authorization` after its scheme, which is compared without regard to case. */
function credentials(header: string | undefined, scheme: string): string | undefined {
  if (header === undefined) return undefined;
  if (header.slice(0, scheme.length).toLowerCase() !== scheme) return undefined;
  return header.slice(scheme.length).trim();
}

/** `user:password` from its base64 (RFC 7617). */
function decodeBasic(encoded: string | undefined): string | undefined {
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

/** A 401 must name a scheme; Bearer stands in where only paths or certificates are configured. */
function challengeOf(bearer: boolean, basic: boolean): string {
  const challenges = [];
  if (bearer) challenges.push('Bearer realm="tocsin"');
  if (basic) challenges.push('Basic realm="tocsin", charset="UTF-8"');
  return challenges.join(', ');
}

/** An empty list allows every certificate of the authority; the sender goes by its first name. */
function certificateOwner(peer: PeerCertificate, allowed: readonly string[]): string | undefined {
  const names = namesOf(peer);
  const proven =
    allowed.length === 0
      ? (names[0]?.value ?? `serial ${peer.serialNumber}`)
      : names.find((name) => matchesAny(name, allowed))?.value;
  return proven === undefined ? undefined : `cert:${proven}`;
}
