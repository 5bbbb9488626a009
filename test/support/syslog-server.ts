import type { Socket } from 'node:net';

/** A syslog server for connections that counts (RFC 6587, 3.4.1), or takes lines. */
export interface SyslogPeer {
  readonly serve: (socket: Socket) => void;
  readonly taken: string[];
}

export function createSyslog(framing: 'counted' | 'lines' = 'counted'): SyslogPeer {
  const taken: string[] = [];
  const split = framing === 'counted' ? countedIn : linesIn;
  return {
    taken,
    serve(socket) {
      let rest: Buffer = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        const { messages, left } = split(Buffer.concat([rest, chunk]));
        taken.push(...messages);
        rest = left;
      });
    },
  };
}

interface Split {
  readonly messages: string[];
  readonly left: Buffer;
}

function countedIn(all: Buffer): Split {
  const messages: string[] = [];
  let left = all;
  for (;;) {
    const space = left.indexOf(' ');
    if (space < 0) return { messages, left };
    const count = left.subarray(0, space).toString();
    if (!/^[1-9]\d*$/.test(count)) throw new Error(`no length of a message: ${count}`);
    const end = space + 1 + Number(count);
    if (left.length < end) return { messages, left };
    messages.push(left.subarray(space + 1, end).toString());
    left = left.subarray(end);
  }
}

function linesIn(all: Buffer): Split {
  const end = all.lastIndexOf('\n') + 1;
  const messages = all.subarray(0, end).toString().split('\n').slice(0, -1);
  return { messages, left: all.subarray(end) };
}
