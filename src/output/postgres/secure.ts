import { isIP, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Address } from '../address.ts';
import { retryError } from '../http-error.ts';
import type { Network } from '../network.ts';
import type { PostgresLogin } from './settings.ts';

/** SSLRequest: its length, and a version that there is not. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/**
 * Asks the server for TLS before anything else is said.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
 */
export async function secured(
  plain: Socket,
  encryption: PostgresLogin['encryption'],
  network: Network,
  { host, port }: Address,
): Promise<Socket> {
  if (encryption === 'none') return plain;
  const where = `${host}:${port}`;
  const answered = firstAnswer(plain, where);
  plain.write(SSL_REQUEST);
  const answer = await answered;
  if (answer === 'N') {
    if (encryption === 'prefer') return plain;
    throw retryError('network', 'client', `${where}: the server offers no TLS: encryption: none?`);
  }
  // More than one byte was said in the clear, by whomever: none of it may count as the server's.
  if (answer !== 'S') throw retryError('network', 'client', `${where}: no PostgreSQL server`);
  const { servername = isIP(host) === 0 ? host : '', ...material } = network.tls();
  return tlsConnect({ socket: plain, host, servername, ...material });
}

function firstAnswer(socket: Socket, where: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const hungUp = (): void => reject(retryError('network', 'network', `${where}: it hung up`));
  socket.once('data', (chunk: Buffer) => resolve(chunk.subarray(0, 2).toString('latin1')));
  socket.once('error', reject);
  socket.once('close', hungUp);
  return promise;
}
