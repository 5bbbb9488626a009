import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { readOperation } from '../../src/output/nats/wire.ts';
import { inPieces } from '../../src/output/pieces.ts';

/** Speaks to a real server as somebody who may do anything, to make a stream and read it back. */
export interface NatsReader {
  createStream(name: string, subjects: readonly string[], limits?: object): Promise<void>;
  /** The data of everything the stream has stored, oldest first. */
  readStream(name: string): Promise<string[]>;
  /** What comes to a subject from now on. */
  listen(subject: string): Promise<string[]>;
}

interface Login {
  readonly address: string;
  readonly user: string;
  readonly pass: string;
}

/** Connects anew for each call, since the server may have been killed meanwhile. */
export function natsReader(t: TestContext, login: Login): NatsReader {
  async function ask<T>(subject: string, request: object): Promise<T> {
    const { socket, next } = await open(login);
    const text = JSON.stringify(request);
    socket.write(`SUB in 1\r\nPUB ${subject} in ${text.length}\r\n${text}\r\n`);
    const answer = JSON.parse(await next()) as T & { error?: { description: string } };
    socket.destroy();
    if (answer.error) throw new Error(answer.error.description);
    return answer;
  }

  return {
    async createStream(name, subjects, limits = {}) {
      await ask(`$JS.API.STREAM.CREATE.${name}`, { name, subjects, ...limits });
    },
    async readStream(name) {
      const { state } = await ask<{ state: State }>(`$JS.API.STREAM.INFO.${name}`, {});
      const read: string[] = [];
      if (state.messages === 0) return read;
      const { socket, next } = await open(login);
      socket.write('SUB in 1\r\n');
      for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
        const text = JSON.stringify({ seq });
        socket.write(`PUB $JS.API.STREAM.MSG.GET.${name} in ${text.length}\r\n${text}\r\n`);
      }
      for (let left = state.last_seq - state.first_seq; left >= 0; left -= 1) {
        const { message } = JSON.parse(await next()) as { message: { data: string } };
        read.push(Buffer.from(message.data, 'base64').toString());
      }
      socket.destroy();
      return read;
    },
    async listen(subject) {
      const { socket, next } = await open(login);
      t.after(() => socket.destroy());
      const heard: string[] = [];
      socket.write(`SUB ${subject} 1\r\n`);
      const collect = async (): Promise<void> => {
        for (;;) heard.push(await next());
      };
      collect().catch(() => undefined);
      return heard;
    },
  };
}

interface State {
  readonly messages: number;
  readonly first_seq: number;
  readonly last_seq: number;
}

/** @returns The data of the next message. */
async function open({ address, user, pass }: Login) {
  const [host = '', port] = address.split(':');
  const socket: Socket = connect(Number(port), host);
  const { read } = inPieces((data) => readOperation(data, address));
  const messages: string[] = [];
  const ready = Promise.withResolvers<void>();
  let wake = Promise.withResolvers<void>();
  socket.on('error', (error) => wake.reject(error));
  socket.on('data', (chunk: Buffer) => {
    for (const operation of read(chunk)) {
      if (operation.name === 'MSG') messages.push(operation.data);
      if (operation.name === 'PING') socket.write('PONG\r\n');
      if (operation.name === 'PONG') ready.resolve();
    }
    wake.resolve();
    wake = Promise.withResolvers();
  });
  const options = { user, pass, verbose: false, headers: true, no_responders: true };
  socket.write(`CONNECT ${JSON.stringify(options)}\r\nPING\r\n`);
  await ready.promise;
  async function next(): Promise<string> {
    while (messages.length === 0) await wake.promise;
    return messages.shift() ?? '';
  }
  return { socket, next };
}
