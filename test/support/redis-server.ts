import type { Socket } from 'node:net';

/**
 * A Redis that knows three commands that store something, and misbehaves on demand. What the real one
 * does is tried in `test/real/redis.test.ts`.
 */
export interface RedisPeer {
  readonly serve: (socket: Socket) => void;
  /** Every value stored, oldest first. */
  readonly taken: string[];
  /** Every command, but for logins. */
  readonly commands: string[][];
  /** Called when alerts have come; true: they are kept, and not answered. */
  onAlerts: () => boolean;
  /** An error reply instead. */
  error: string | undefined;
}

export function createRedis({ password }: { readonly password?: string } = {}): RedisPeer {
  const redis: RedisPeer = { serve, taken: [], commands: [], onAlerts: () => false, error: '' };
  let entries = 0;

  function serve(socket: Socket): void {
    let text = '';
    let isIn = password === undefined;
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      for (let next = readCommand(text); next !== undefined; next = readCommand(text)) {
        text = text.slice(next.length);
        const reply = answer(next.words);
        if (reply !== undefined) socket.write(reply);
      }
    });

    function answer(words: readonly string[]): string | undefined {
      const [name, ...rest] = words;
      if (name === 'AUTH') {
        isIn = rest.at(-1) === password;
        return isIn ? '+OK\r\n' : '-WRONGPASS invalid username-password pair\r\n';
      }
      if (!isIn) return '-NOAUTH Authentication required.\r\n';
      if (name === 'SELECT') return '+OK\r\n';
      redis.commands.push([...words]);
      if (redis.onAlerts()) return undefined;
      if (redis.error) return `-${redis.error}\r\n`;
      return stored(String(name), rest);
    }
  }

  function stored(name: string, [, ...rest]: readonly string[]): string {
    const values = name === 'RPUSH' ? rest : rest.filter((_, n) => n % 2 === 1);
    if (name === 'XADD') {
      redis.taken.push(rest[rest.indexOf('alert') + 1] ?? '');
      entries += 1;
      const id = `1763800000000-${entries}`;
      return `$${id.length}\r\n${id}\r\n`;
    }
    if (name !== 'RPUSH' && name !== 'HSET') return `-ERR unknown command '${name}'\r\n`;
    redis.taken.push(...values);
    return `:${values.length}\r\n`;
  }

  return redis;
}

/** A command at the beginning of what has come; undefined while it is not whole. */
function readCommand(text: string): { words: string[]; length: number } | undefined {
  const [head, count] = /^\*(\d+)\r\n/.exec(text) ?? [];
  if (head === undefined) return undefined;
  const words: string[] = [];
  let at = head.length;
  while (words.length < Number(count)) {
    const [line, bytes] = /^\$(\d+)\r\n/.exec(text.slice(at, at + 20)) ?? [];
    if (line === undefined) return undefined;
    const from = at + line.length;
    at = from + Number(bytes) + 2;
    if (text.length < at) return undefined;
    if (text.slice(at - 2, at) !== '\r\n') throw new Error('a text is longer than it says');
    words.push(Buffer.from(text.slice(from, at - 2), 'latin1').toString());
  }
  return { words, length: at };
}
