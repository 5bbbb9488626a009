import type { Socket } from 'node:net';

/**
 * A PostgreSQL that takes one kind of statement, and misbehaves on demand. What the real one does is
 * tried in `test/real/postgres.test.ts`.
 */
export interface PostgresPeer {
  readonly serve: (socket: Socket) => void;
  /** The parameters of every statement, oldest first. */
  readonly statements: (string | null)[][];
  /** One parameter of each row, oldest first. */
  readonly taken: string[];
  /** Called when alerts have come; true: they are kept, and not answered. */
  onAlerts: () => boolean;
  /** SQLSTATE of an error instead of what is stored, by a statement's parameters. */
  refuse: (values: readonly (string | null)[]) => string | undefined;
}

const SSL_REQUEST = 80_877_103;

export function createPostgres(options: {
  readonly password: string;
  readonly columns: number;
  /** Which of them is remembered in `taken`. */
  readonly keyColumn: number;
}): PostgresPeer {
  const peer: PostgresPeer = {
    serve,
    statements: [],
    taken: [],
    onAlerts: () => false,
    refuse: () => undefined,
  };

  function serve(socket: Socket): void {
    let bytes = Buffer.alloc(0);
    let hasBegun = false;
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes.length >= 5) {
        const head = hasBegun ? 1 : 0;
        const end = head + bytes.readInt32BE(head);
        if (bytes.length < end) return;
        const name = hasBegun ? String.fromCharCode(bytes[0] as number) : 'startup';
        const body = bytes.subarray(head + 4, end);
        bytes = bytes.subarray(end);
        if (name === 'startup' && body.readInt32BE(0) === SSL_REQUEST) socket.write('N');
        else {
          hasBegun = true;
          answer(socket, name, body);
        }
      }
    });
  }

  let said: Buffer[] = [];

  function answer(socket: Socket, name: string, body: Buffer): void {
    if (name === 'startup') socket.write(message('R', int32(3)));
    else if (name === 'p') socket.write(loggedIn(text(body)));
    else if (name === 'B') said = bound(parametersIn(body));
    else if (name === 'S' && !peer.onAlerts()) {
      socket.write(Buffer.concat([...said, message('Z', Buffer.from('I'))]));
    } else if (name === 'X') socket.end();
  }

  function loggedIn(password: string): Buffer {
    if (password !== options.password) return error('28P01', 'password authentication failed');
    return Buffer.concat([message('R', int32(0)), message('Z', Buffer.from('I'))]);
  }

  function bound(values: readonly (string | null)[]): Buffer[] {
    peer.statements.push([...values]);
    const code = peer.refuse(values);
    if (code !== undefined) return [message('1'), error(code, 'it is not taken')];
    const { columns, keyColumn } = options;
    peer.taken.push(...values.filter((_, n) => n % columns === keyColumn).map(String));
    return [message('1'), message('2'), message('n'), message('C', Buffer.from('INSERT 0 1\0'))];
  }

  return peer;
}

function parametersIn(body: Buffer): (string | null)[] {
  let at = body.indexOf(0) + 1;
  at = body.indexOf(0, at) + 1;
  at += 2 + 2 * body.readUInt16BE(at);
  const count = body.readUInt16BE(at);
  at += 2;
  return Array.from({ length: count }, () => {
    const length = body.readInt32BE(at);
    at += 4 + Math.max(length, 0);
    return length < 0 ? null : body.subarray(at - length, at).toString();
  });
}

function error(code: string, text: string): Buffer {
  return message('E', Buffer.from(`SERROR\0VERROR\0C${code}\0M${text}\0\0`));
}

function message(name: string, body: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from(name), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(body: Buffer): string {
  return body.subarray(0, -1).toString();
}
