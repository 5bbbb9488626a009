import type { LookupFunction, Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { dial, type Target, urlOf } from './connect.ts';
import { createDialer, type DialerOptions } from './dialer.ts';
import { checkLiteral, guardedLookup } from './guard.ts';
import { createLateSocket, type LateSocket } from './late-socket.ts';

/**
 * The way out for what does not speak HTTP. It has the trust, the destination policy and the proxy of
 * the HTTP client, whichever library speaks: `dial` for one that takes a connected socket (or waits
 * for one: nodemailer's `getSocket`), `socket` for one whose factory must return at once (kafkajs's
 * `socketFactory`), `lookup` for one that makes its sockets itself and lets only names be resolved
 * for it, `tls` for one that begins TLS later (STARTTLS).
 */
export interface Network {
  /**
   * Connects, within 10 s, and speaks TLS already where `tls` says so. A `proxy` that the output
   * names is asked for a tunnel (CONNECT) to every target; `HTTPS_PROXY` only to those with TLS,
   * which is what proxies let through; `HTTP_PROXY` never. Rejects with what `resultOfError`
   * understands.
   *
   * @param target `signal` ends connecting, and no more: the socket is the caller's to close.
   */
  dial(target: Target & { readonly signal: AbortSignal }): Promise<Socket>;
  /** The same as a stream that is there at once, and emits `connect` or `error` later. */
  socket(target: Target): LateSocket;
  /**
   * Resolves names to permitted addresses only. No proxy is followed this way, and a library that
   * goes on to other hosts may reach any address that is written as such: prefer `socket`.
   *
   * Throws what `resultOfError` understands where the host itself is a refused address.
   */
  lookup(host: string, port: number): LookupFunction;
  /**
   * What TLS connections are made with now, in the words of Node's `tls.connect`: to be spread into
   * the options of a library. Ask for each connection, since files change. Throws what
   * `resultOfError` understands when files cannot be used.
   */
  tls(): NetworkTls;
}

export interface NetworkTls {
  readonly secureContext: SecureContext;
  /** The same in PEM form, for what makes its own context. Absent: the process's authorities. */
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
  /** The name a certificate must carry, where it is not the host's. */
  readonly servername?: string;
  /** Whether certificates are verified. */
  readonly rejectUnauthorized: boolean;
}

/** Makes the network of one output. Opens and reads nothing; throws on options as the HTTP client. */
export function createNetwork(options: DialerOptions): Network {
  const dialer = createDialer(options);
  return {
    dial: ({ signal, ...target }) => dial(dialer, target, signal),
    socket: (target) => createLateSocket((signal) => dial(dialer, target, signal)),
    lookup(host, port) {
      checkLiteral(dialer.policy, urlOf({ host, port, tls: false }));
      return guardedLookup(dialer, port);
    },
    tls() {
      const { destination, pem } = dialer.tls();
      const { serverName, verify } = dialer;
      const name = serverName === undefined ? {} : { servername: serverName };
      return { secureContext: destination, ...pem, ...name, rejectUnauthorized: verify };
    },
  };
}
