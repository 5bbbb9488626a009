import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { foreignServer } from '../../src/output/conversation.ts';
import { retryError } from '../../src/output/http-error.ts';
import { excerpt } from '../../src/output/http-excerpt.ts';
import { packed } from '../../src/output/msgpack/pack.ts';
import type { Unpacked } from '../../src/output/msgpack/unpack.ts';
import type { FluentdSettings } from './settings.ts';

/**
 * Both sides prove that they know the shared key, and send it never.
 *
 * @see https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1
 */
export async function shakeHands(
  settings: FluentdSettings,
  channel: { readonly next: () => Promise<Unpacked>; readonly write: (bytes: Buffer) => void },
  where: string,
): Promise<void> {
  const { sharedKey = '', hostname, username = '', password = '' } = settings;
  const { nonce, auth } = heloIn(await channel.next(), where);
  const salt = randomBytes(16).toString('hex');
  const proof = sha512(salt, hostname, nonce, sharedKey);
  const login = auth === '' ? '' : sha512(auth, username, password);
  channel.write(packed(['PING', hostname, salt, proof, auth === '' ? '' : username, login]));
  const answer = await channel.next();
  const [kind, isIn, why, server, serverProof] = Array.isArray(answer) ? answer : [];
  if (kind !== 'PONG') throw foreign(where);
  if (isIn !== true) throw refused(where, `it does not let us in: ${excerpt(textOf(why))}`);
  const expected = sha512(salt, textOf(server), nonce, sharedKey);
  if (!isEqual(expected, textOf(serverProof))) {
    throw refused(where, 'it does not know the shared key itself: is it the right server?');
  }
}

function heloIn(helo: Unpacked, where: string): { readonly nonce: string; readonly auth: string } {
  const [kind, options] = Array.isArray(helo) ? helo : [];
  if (kind !== 'HELO' || !(options instanceof Map)) throw foreign(where);
  return { nonce: textOf(options.get('nonce')), auth: textOf(options.get('auth')) };
}

function textOf(value: Unpacked | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Salts and nonces may be bytes, each of which is a character here. */
function sha512(random: string, ...parts: readonly string[]): string {
  const hash = createHash('sha512').update(random, 'latin1');
  const [name = '', nonce, ...others] = parts;
  hash.update(name);
  if (nonce !== undefined) hash.update(nonce, 'latin1');
  for (const part of others) hash.update(part);
  return hash.digest('hex');
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** What answers there speaks something else. */
export function foreign(where: string): Error {
  return foreignServer(where, 'no server of the forward protocol, or wants TLS');
}

function refused(where: string, why: string): Error {
  return retryError('network', 'auth', `${where}: ${why}`);
}
