import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { packed } from '../../src/output/msgpack/pack.ts';
import { type Unpacked, unpacked } from '../../src/output/msgpack/unpack.ts';

/** A server of the forward protocol: it acknowledges each chunk, and may want a shared key. */
export interface FluentPeer {
  readonly serve: (socket: Socket) => void;
  /** What tells an alert: its uuid; with its tag. */
  readonly taken: string[];
  readonly records: { readonly tag: string; readonly record: Map<Unpacked, Unpacked> }[];
  /** Called when alerts have come; true: they are kept, and not answered. */
  onAlerts: () => boolean;
}

const NONCE = 'a nonce';
const AUTH = 'an auth salt';

export function createFluent(login?: {
  readonly key: string;
  readonly user: string;
  readonly password: string;
}): FluentPeer {
  const peer: FluentPeer = {
    taken: [],
    records: [],
    onAlerts: () => false,
    serve(socket) {
      let rest: Buffer = Buffer.alloc(0);
      let isIn = login === undefined;
      if (!isIn) socket.write(packed(['HELO', { nonce: NONCE, auth: AUTH, keepalive: true }]));
      socket.on('data', (bytes: Buffer) => {
        rest = Buffer.concat([rest, bytes]);
        for (let found = unpacked(rest); found !== undefined; found = unpacked(rest)) {
          rest = rest.subarray(found.bytes);
          const message = found.value as Unpacked[];
          if (isIn) take(socket, message);
          else isIn = welcome(socket, message);
        }
      });
    },
  };

  function welcome(socket: Socket, [kind, host, salt, proof, user, secret]: Unpacked[]): boolean {
    const { key = '', user: own = '', password = '' } = login ?? {};
    const isKnown =
      kind === 'PING' &&
      proof === sha512(textOf(salt), textOf(host), NONCE, key) &&
      user === own &&
      secret === sha512(AUTH, own, password);
    const answer = sha512(textOf(salt), 'server', NONCE, key);
    const why = isKnown ? '' : 'shared_key mismatch';
    socket.write(packed(['PONG', isKnown, why, 'server', answer]));
    return isKnown;
  }

  function take(socket: Socket, [tag, entries, options]: Unpacked[]): void {
    const records = (entries as Unpacked[]).map((entry) => (entry as Unpacked[])[1]);
    if (peer.onAlerts()) return;
    for (const record of records as Map<Unpacked, Unpacked>[]) {
      peer.taken.push(`${textOf(record.get('uuid'))} ${textOf(record.get('output'))}`);
      peer.records.push({ tag: textOf(tag), record });
    }
    const chunk = (options as Map<Unpacked, Unpacked>).get('chunk');
    socket.write(packed({ ack: textOf(chunk) }));
  }

  return peer;
}

function sha512(...parts: readonly string[]): string {
  return createHash('sha512').update(parts.join('')).digest('hex');
}

function textOf(value: Unpacked | undefined): string {
  return typeof value === 'string' ? value : '';
}
