import type { Socket } from 'node:net';
import {
  generate,
  type IConnackPacket,
  type Packet,
  type Parser,
  parser as createParser,
} from 'mqtt-packet';
import { foreignServer } from '../conversation.ts';
import { HttpError, retryError } from '../http-error.ts';
import { failureOf, type Verdict } from './result.ts';

/** Speaks to a broker over one socket. */
export interface MqttClient {
  encode(packet: Packet): Buffer;
  write(bytes: Buffer): void;
  /** What the broker says to the login. Rejects when the connection ends, as the others do. */
  connack(): Promise<IConnackPacket>;
  /** What it says to a message in the end: to be asked for before the message is written. */
  acknowledgement(messageId: number): Promise<Verdict>;
  /** Resolves when the broker has read everything so far. */
  read(): Promise<void>;
}

/** @param where Host and port, for the reader. */
export function createClient(socket: Socket, version: 4 | 5, where: string): MqttClient {
  const options = { protocolVersion: version };
  const parser = createParser(options);
  const waiting = createWaiting();
  let refusal: Verdict | undefined;

  function take(packet: Packet): void {
    if (packet.cmd === 'connack') waiting.settle('login', packet);
    else if (packet.cmd === 'pingresp') waiting.settle('ping', undefined);
    else if (packet.cmd === 'pubrec') receive(packet.messageId ?? 0, verdictIn(packet));
    else if (packet.cmd === 'disconnect') {
      throw new HttpError('network', failureOf(verdictIn(packet), where));
    } else if (packet.cmd === 'puback' || packet.cmd === 'pubcomp') {
      settle(packet.messageId ?? 0, verdictIn(packet));
    } else throw foreign(where);
  }

  function settle(messageId: number, verdict: Verdict): void {
    refusal = verdict.code >= 0x80 ? verdict : undefined;
    waiting.settle(messageId, verdict);
  }

  /** Mosquitto hangs up when it has refused a message, with what it has not read: then that is why. */
  function reasonOf(end: Error): Error {
    return refusal === undefined ? end : new HttpError('network', failureOf(refusal, where));
  }

  /** The first half of QoS 2: what the broker refuses ends here. */
  function receive(messageId: number, verdict: Verdict): void {
    if (verdict.code >= 0x80) settle(messageId, verdict);
    else write(encode({ cmd: 'pubrel', messageId }));
  }

  const encode = (packet: Packet): Buffer => generate(packet, options);
  const write = (bytes: Buffer): void => void socket.write(bytes);

  function fail(error: Error): void {
    waiting.fail(error);
    socket.destroy();
  }

  parser.on('packet', take);
  parser.on('error', () => fail(foreign(where)));
  socket.on('data', (chunk: Buffer) => parse(parser, chunk, fail, where));
  socket.on('error', (error) => fail(reasonOf(error)));
  socket.on('close', () =>
    fail(reasonOf(retryError('network', 'network', `${where}: it hung up`))),
  );

  return {
    encode,
    write,
    connack: () => waiting.add('login') as Promise<IConnackPacket>,
    acknowledgement: (messageId) => waiting.add(messageId) as Promise<Verdict>,
    read() {
      write(encode({ cmd: 'pingreq' }));
      return waiting.add('ping') as Promise<void>;
    },
  };
}

function parse(parser: Parser, chunk: Buffer, fail: (error: Error) => void, where: string): void {
  try {
    parser.parse(chunk);
  } catch (error) {
    fail(error instanceof HttpError ? error : foreign(where));
  }
}

interface Confirmation {
  readonly reasonCode?: number;
  readonly properties?: { readonly reasonString?: string };
}

function verdictIn({ reasonCode = 0, properties }: Confirmation): Verdict {
  return { code: reasonCode, text: properties?.reasonString };
}

function foreign(where: string): HttpError {
  return foreignServer(where, 'no MQTT broker, or wants TLS');
}

/** Who waits for an answer: to a message by its number, to a login and to pings by name, in order. */
function createWaiting() {
  const all = new Map<number | string, PromiseWithResolvers<unknown>[]>();
  let end: Error | undefined;
  return {
    add(id: number | string): Promise<unknown> {
      if (end !== undefined) return Promise.reject(end);
      const done = Promise.withResolvers<unknown>();
      all.set(id, [...(all.get(id) ?? []), done]);
      return done.promise;
    },
    settle(id: number | string, value: unknown): void {
      const [first, ...others] = all.get(id) ?? [];
      first?.resolve(value);
      if (others.length === 0) all.delete(id);
      else all.set(id, others);
    },
    fail(error: Error): void {
      end ??= error;
      for (const done of [...all.values()].flat()) done.reject(end);
      all.clear();
    },
  };
}
