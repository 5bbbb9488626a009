import assert from 'node:assert/strict';
import type { Socket } from 'node:net';

/**
 * A NATS server with one stream on `falco.>`, that misbehaves on demand. What the real one does is
 * tried in `test/real/nats.test.ts`.
 */
export interface NatsPeer {
  readonly serve: (socket: Socket) => void;
  /** The data of every message, oldest first. */
  readonly taken: string[];
  readonly messages: NatsReceived[];
  /** Called when alerts have come; true: they are kept, and not answered. */
  onAlerts: () => boolean;
  /** What the stream says instead of storing a message, or the server instead of taking it. */
  answer: (message: NatsReceived) => Answer | undefined;
  /** What clients said who they are. */
  readonly logins: Record<string, unknown>[];
  info: Record<string, unknown>;
  /** The only login that is let in. */
  login: Readonly<Record<string, unknown>>;
}

export interface NatsReceived {
  readonly subject: string;
  readonly reply: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: string;
}

export type Answer = { readonly error: string } | { readonly status: number } | { data: string };

const SUBJECT = /^[^\s.*>]+(?:\.[^\s.*>]+)*$/;

export function createNats(): NatsPeer {
  const info = { server_id: 'TEST', version: '2.10.0', headers: true, max_payload: 1_048_576 };
  const nats: NatsPeer = {
    serve,
    taken: [],
    messages: [],
    logins: [],
    onAlerts: () => false,
    answer: () => undefined,
    info,
    login: {},
  };

  function serve(socket: Socket): void {
    let text = '';
    let subscription = '';
    socket.write(`INFO ${JSON.stringify(nats.info)} \r\n`);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      for (let next = readLine(text); next !== undefined; next = readLine(text)) {
        const used = next.words[0] === 'HPUB' ? publish(next.words, next.length) : next.length;
        if (used === undefined) return;
        if (next.words[0] !== 'HPUB') obey(next.words);
        text = text.slice(used);
      }
    });

    function obey([name, ...rest]: readonly string[]): void {
      if (name === 'CONNECT') return logIn(JSON.parse(rest.join(' ')) as Record<string, unknown>);
      if (name === 'SUB') subscription = rest[0] ?? '';
      else if (name === 'PING') socket.write('PONG\r\n');
      else assert.equal(name, 'PONG');
    }

    function logIn(login: Record<string, unknown>): void {
      nats.logins.push(login);
      const isRight = Object.entries(nats.login).every(([name, value]) => login[name] === value);
      if (!isRight) socket.end("-ERR 'Authorization Violation'\r\n");
    }

    /** Where the message ends; undefined while it has not come whole. */
    function publish(words: readonly string[], from: number): number | undefined {
      const [, subject = ''] = words;
      const [headBytes, bytes] = words.slice(-2).map(Number) as [number, number];
      const end = from + bytes + 2;
      if (text.length < end) return undefined;
      assert.match(subject, SUBJECT);
      assert.equal(text.slice(end - 2, end), '\r\n', 'the data is as long as it says');
      const reply = words.length === 5 ? (words[2] ?? '') : '';
      const headers = headersIn(text.slice(from, from + headBytes));
      const data = Buffer.from(text.slice(from + headBytes, end - 2), 'latin1').toString();
      settle({ subject, reply, headers, data });
      return end;
    }

    function settle(message: NatsReceived): void {
      nats.messages.push(message);
      if (nats.onAlerts()) return;
      const answer = nats.answer(message);
      if (answer && 'error' in answer) return void socket.write(`-ERR '${answer.error}'\r\n`);
      const { reply } = message;
      if (answer && 'status' in answer) {
        const head = `NATS/1.0 ${answer.status}\r\n\r\n`;
        return void socket.write(`HMSG ${reply} 1 ${head.length} ${head.length}\r\n${head}\r\n`);
      }
      if (answer === undefined) nats.taken.push(message.data);
      if (reply === '') return;
      assert.ok(subscription.endsWith('.*') && reply.startsWith(subscription.slice(0, -1)));
      const stored = `{"stream":"FALCO","seq":${nats.taken.length}}`;
      const data = answer?.data ?? stored;
      socket.write(`MSG ${reply} 1 ${data.length}\r\n${data}\r\n`);
    }
  }

  return nats;
}

function readLine(text: string): { words: string[]; length: number } | undefined {
  const end = text.indexOf('\r\n');
  return end < 0 ? undefined : { words: text.slice(0, end).split(' '), length: end + 2 };
}

function headersIn(head: string): Record<string, string> {
  const [version, ...lines] = head.split('\r\n');
  assert.equal(version, 'NATS/1.0');
  assert.deepEqual(lines.splice(-2), ['', '']);
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = '', value = ''] = /^([A-Za-z-]+): ([^\r\n]*)$/.exec(line) ?? [];
      assert.notEqual(name, '', line);
      return [name, value];
    }),
  );
}
