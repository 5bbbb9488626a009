import { type ClientHttp2Session, connect } from 'node:http2';
import type { Network } from '../../src/output/network.ts';
import { targetOf, type TocsinSettings } from './settings.ts';

/** How long a connection may be silent before the other side is asked whether it is there. */
const PING_MS = 60_000;

/**
 * Connects, and begins HTTP/2 without asking whether the other side speaks it (RFC 9113, 3.3). Rejects
 * with `HttpError`.
 */
export async function openSession(
  { address, plaintext }: TocsinSettings,
  network: Network,
  signal: AbortSignal,
): Promise<ClientHttp2Session> {
  const way = plaintext ? { tls: false } : { tls: true, alpn: ['h2'] };
  const socket = await network.dial({ ...targetOf(address), ...way, signal });
  const session = connect(`${plaintext ? 'http' : 'https'}://${address}`, {
    createConnection: () => socket,
    settings: { enablePush: false },
  });
  // The call has it, too; without a listener it would end the hub.
  session.on('error', () => {});
  keepAlive(session);
  return session;
}

/** Ends a session whose other side has gone without a word, and keeps the way there open. */
function keepAlive(session: ClientHttp2Session): void {
  let isAnswered = true;
  const timer = setInterval(() => {
    if (!isAnswered || session.destroyed) return session.destroy(new Error('no answer to a ping'));
    isAnswered = false;
    session.ping(() => {
      isAnswered = true;
    });
  }, PING_MS);
  session.once('close', () => clearInterval(timer));
}
