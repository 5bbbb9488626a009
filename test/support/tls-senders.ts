import type { TestContext } from 'node:test';
import { connect } from 'node:tls';
import type { ServerTls } from '../../src/ingest/http/settings.ts';
import { makeAuthority } from './certificates.ts';

/** A door with TLS that asks for client certificates, and those who knock there. */
export interface TlsSenders {
  /** What the door is opened with. */
  readonly tls: ServerTls;
  /** Connects with a certificate of this name, or without one, writes, and ends. */
  send(name: string | undefined, port: number, text: string): void;
}

/** `clientNames`: who is let in. */
export function tlsSenders(t: TestContext, clientNames: readonly string[]): TlsSenders {
  const authority = makeAuthority();
  const { certFile, keyFile } = authority.issueLocalhost();
  return {
    tls: {
      certFile,
      keyFile,
      clientCaFile: authority.certFile,
      clientAuth: 'require',
      clientNames,
    },
    send(name, port, text) {
      const own = name === undefined ? undefined : authority.issue({ name });
      const socket = connect({
        port,
        host: '127.0.0.1',
        ca: authority.cert,
        ...(own && { cert: own.cert, key: own.key }),
      });
      t.after(() => socket.destroy());
      socket.on('error', () => undefined);
      socket.end(text);
    },
  };
}
