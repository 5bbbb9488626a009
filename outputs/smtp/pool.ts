import type { SMTPPoolOptions } from 'nodemailer';
import type { Network } from '../../src/output/network.ts';
import { loginOf } from './sasl.ts';
import type { SmtpSettings, Target } from './settings.ts';

/**
 * How nodemailer is to connect and behave. It opens no socket, reads no file and fetches nothing by
 * itself: sockets come from the output's network.
 *
 * @param closing Ends connecting.
 */
export function poolOptions(
  settings: SmtpSettings,
  { host, port, encryption }: Target,
  network: Network,
  closing: AbortSignal,
): SMTPPoolOptions & { pool: true } {
  const isImplicit = encryption === 'implicit';
  async function openSocket(): Promise<SocketOptions> {
    // Asked for first: with files that cannot be read there is no reason to connect.
    const tls = encryption === 'starttls' ? network.tls() : undefined;
    const connection = await network.dial({ host, port, tls: isImplicit, signal: closing });
    return { connection, secured: isImplicit, ...(tls && { tls }) };
  }
  return {
    pool: true,
    host,
    port,
    secure: isImplicit,
    ...(encryption === 'none' ? { ignoreTLS: true } : { requireTLS: true }),
    getSocket: (_options, callback) => void hand(openSocket(), callback),
    ...loginOf(settings),
    ...(settings.heloName !== undefined && { name: settings.heloName }),
    maxConnections: CONNECTIONS_MAX,
    // Once, for a connection that the server closed just as it was used again.
    maxRequeues: 1,
    idleTimeout: IDLE_MS,
    socketTimeout: SILENCE_MS_MAX,
    socketCloseTimeout: CLOSE_MS,
    maxResponseSize: REPLY_BYTES_MAX,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** The engine says how many attempts there are at once, and never more than this. */
const CONNECTIONS_MAX = 64;
/** A server keeps few places for clients; most end a silent connection after 5 min. */
const IDLE_MS = 60_000;
/** An attempt's signal is earlier; this ends a connection that nobody's signal watches. */
const SILENCE_MS_MAX = 5 * 60_000;
const CLOSE_MS = 1000;
const REPLY_BYTES_MAX = 64 * 1024;

type Receive = Parameters<NonNullable<SMTPPoolOptions['getSocket']>>[1];
type SocketOptions = Exclude<Parameters<Receive>[1], false | undefined>;

async function hand(opening: Promise<SocketOptions>, receive: Receive): Promise<void> {
  let options: SocketOptions;
  try {
    options = await opening;
  } catch (error) {
    receive(error as Error);
    return;
  }
  receive(null, options);
}
