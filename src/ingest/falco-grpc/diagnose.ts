import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { Place } from './targets.ts';

const HANDSHAKE_MS = 3000;
/** With TLS 1.3 a server refuses a certificate after the client believes that all is well. */
const REFUSAL_MS = 1000;

/** PEM contents. */
export interface Material {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/**
 * Shakes hands with a Falco that gRPC could not connect to, which says only that it could not.
 * Returns what OpenSSL and Node say of it; undefined: TLS is not what is wrong.
 */
export async function diagnose(
  { address }: Place,
  name: string,
  material: Material,
): Promise<string | undefined> {
  const [, host = '', port = ''] = /^(?:ipv4|ipv6|dns):\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  if (port === '') return undefined;
  const named = isIP(name) === 0 ? { servername: name } : {};
  const socket = connect({
    host,
    port: Number(port),
    ...material,
    ...named,
    ALPNProtocols: ['h2'],
  });
  const timer = setTimeout(() => socket.destroy(), HANDSHAKE_MS);
  socket.once('secureConnect', () => {
    clearTimeout(timer);
    setTimeout(() => socket.destroy(), REFUSAL_MS).unref();
  });
  try {
    return await failureOf(socket);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** What some servers do instead of sending an alert; the other side would speak first. */
const CLOSED = 'bad certificate: closed without a word after the handshake';

function failureOf(socket: TLSSocket): Promise<string | undefined> {
  let isShaken = false;
  socket.once('secureConnect', () => {
    isShaken = true;
  });
  return new Promise((resolve) => {
    socket.once('error', ({ code = '', message }: NodeJS.ErrnoException) =>
      resolve(isShaken && code === 'ECONNRESET' ? CLOSED : `${code} ${message}`),
    );
    socket.once('end', () => resolve(isShaken ? CLOSED : undefined));
    socket.once('close', () => resolve(undefined));
    // Whoever sends data has taken the certificate.
    socket.once('data', () => resolve(undefined));
  });
}
