import type { Socket } from 'node:net';
import type { experimental } from '@grpc/grpc-js';
import { ChannelCredentials } from '@grpc/grpc-js';
import { createTlsSource } from '../../src/output/tls.ts';
import type { TocsinSettings } from './settings.ts';

type SecureConnector = experimental.SecureConnector;

/**
 * How the connection speaks, with or without TLS. grpc-js forgets a connection on which HTTP/2 never
 * begins: it waits for it without end, and leaves it open when the channel closes. So these
 * credentials, through whose hands every connection goes, know them all.
 */
export class KnownConnections extends ChannelCredentials {
  readonly #inner: ChannelCredentials;
  readonly #sockets = new Set<Socket>();

  /** Throws `HttpError` when the certificate files cannot be used. */
  constructor(settings: TocsinSettings) {
    super();
    this.#inner = settings.plaintext
      ? ChannelCredentials.createInsecure()
      : ChannelCredentials.createFromSecureContext(secureContext(settings));
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  override _isSecure(): boolean {
    return this.#inner._isSecure();
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(
    ...args: Parameters<ChannelCredentials['_createSecureConnector']>
  ): SecureConnector {
    const connector = this.#inner._createSecureConnector(...args);
    return {
      connect: (socket) => {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
        return connector.connect(socket);
      },
      waitForReady: () => connector.waitForReady(),
      getCallCredentials: () => connector.getCallCredentials(),
      destroy: () => connector.destroy(),
    };
  }
}

function secureContext({ caFile, certFile, keyFile }: TocsinSettings) {
  const caFiles = caFile === undefined ? [] : [caFile];
  return createTlsSource({ caFiles, certFile, keyFile })().destination;
}
