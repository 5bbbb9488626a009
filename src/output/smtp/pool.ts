import type { SMTPPoolOptions } from 'nodemailer';
import type { Address } from '../address.ts';
import type { Network } from '../network.ts';
import { loginOptions, type SmtpLogin } from './login.ts';

/** A mail server, and how it is spoken to. */
export interface SmtpServer extends Address {
  /** starttls: TLS before anything of worth is said, or no mail. implicit: from the first byte. */
  readonly encryption: 'starttls' | 'implicit' | 'none';
  readonly login: SmtpLogin;
  /** What the client calls itself; undefined: by the host's name. */
  readonly heloName: string | undefined;
}

/**
 * How nodemailer is to connect and behave. It opens no socket, reads no file and fetches nothing by
 * itself: sockets come from the output's network.
 *
 * @param closing Ends connecting.
 */
export function poolOptions(
  { host, port, encryption, login, heloName }: SmtpServer,
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
    ...loginOptions(login, { host, port }),
    ...(heloName !== undefined && { name: heloName }),
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
