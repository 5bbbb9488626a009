import { type ClientHttp2Session, connect } from 'node:http2';
import { type Address, addressOf } from '../address.ts';
import type { Network } from '../network.ts';

/** How long a connection may be silent before the other side is asked whether it is there. */
const PING_MS = 60_000;

/** Where a server is that speaks HTTP/2. */
export interface Http2Server {
  /** `host:port` */
  readonly address: string;
  /** Whether to speak without TLS. */
  readonly plaintext: boolean;
}

/**
 * Connects, and begins HTTP/2 without asking whether the other side speaks it (RFC 9113, 3.3). Rejects
 * with `HttpError`.
 */
export async function openSession(
  { address, plaintext }: Http2Server,
  network: Network,
  signal: AbortSignal,
): Promise<ClientHttp2Session> {
  const way = plaintext ? { tls: false } : { tls: true, alpn: ['h2'] };
  // Checked when the configuration was loaded.
  const target = { ...(addressOf(address) as Address), ...way };
  const socket = await network.dial({ ...target, signal });
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
