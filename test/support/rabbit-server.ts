import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import type { AMQPProperties } from '@cloudamqp/amqp-client';
import { AMQPView } from '@cloudamqp/amqp-client/amqp-view';

/**
 * A RabbitMQ that confirms what is published, and misbehaves on demand. What the real one does is
 * tried in `test/real/rabbitmq.test.ts`.
 */
export interface RabbitPeer {
  readonly serve: (socket: Socket) => void;
  /** The body of every message that was confirmed, oldest first. */
  readonly taken: string[];
  readonly messages: RabbitReceived[];
  /** Called when alerts have come; true: they are kept, and not answered. */
  onAlerts: () => boolean;
  /** What it says instead of a confirmation. */
  answer: (message: RabbitReceived) => RabbitAnswer | undefined;
  /** Refuses every login with this. */
  refusal: Closing | undefined;
}

export interface RabbitReceived {
  readonly exchange: string;
  readonly routingKey: string;
  readonly isMandatory: boolean;
  properties: AMQPProperties;
  body: string;
}

interface Closing {
  readonly code: number;
  readonly text: string;
}

export type RabbitAnswer =
  | 'nack'
  /** Nothing yet, or for all that wait with this one. */
  | 'wait'
  | 'nack all'
  | 'return'
  | { readonly channel: Closing }
  | { connection: Closing };

const GREETING = 'AMQP\0\0\x09\x01';

export function createRabbit(): RabbitPeer {
  const rabbit: RabbitPeer = {
    serve,
    taken: [],
    messages: [],
    onAlerts: () => false,
    answer: () => undefined,
    refusal: undefined,
  };

  function serve(socket: Socket): void {
    let data = Buffer.alloc(0);
    let isGreeted = false;
    let tag = 0n;
    let open: { message: RabbitReceived; bodyBytes: number; parts: Buffer[] } | undefined;
    const say = (channel: number, ...parts: (number | bigint | string)[]): void =>
      void socket.write(method(channel, parts));

    socket.on('data', (chunk: Buffer) => {
      data = Buffer.concat([data, chunk]);
      if (!isGreeted && data.length >= 8) {
        assert.equal(data.toString('latin1', 0, 8), GREETING);
        [data, isGreeted] = [data.subarray(8), true];
        say(0, 10, 10, 0x0009, 0, 0, table('PLAIN'), table('en_US'));
      }
      while (isGreeted && data.length >= 7 && data.length >= data.readUInt32BE(3) + 8) {
        const bytes = data.readUInt32BE(3);
        assert.equal(data[bytes + 7], 0xce, 'a frame ends as it says');
        take(data[0] ?? 0, data.subarray(7, bytes + 7));
        data = data.subarray(bytes + 8);
      }
    });

    function take(type: number, frame: Buffer): void {
      if (type === 1) return obey(frame.readUInt16BE(0) * 1000 + frame.readUInt16BE(2), frame);
      assert.ok(open, 'content without a message');
      if (type === 2) {
        open.bodyBytes = Number(frame.readBigUInt64BE(4));
        [open.message.properties] = viewOf(frame).getProperties(12);
      } else {
        open.parts.push(Buffer.from(frame));
      }
      const body = Buffer.concat(open.parts);
      if (type === 3 && body.length === open.bodyBytes) finish(open.message, body.toString());
    }

    function obey(name: number, frame: Buffer): void {
      if (name === 10_011) return say(0, 10, 30, 0, '\x00\x02\x00\x00', 60);
      if (name === 10_040) return rabbit.refusal ? close(rabbit.refusal) : say(0, 10, 41, '\0');
      if (name === 20_010) return say(1, 20, 11, '\0\0\0\0');
      if (name === 85_010) return say(1, 85, 11);
      if (name === 60_040) return begin(frame);
      // Of 10.31, 10.51 and 20.41 nothing is expected.
      assert.ok([10_031, 10_051, 20_041].includes(name), String(name));
    }

    function begin(frame: Buffer): void {
      const view = viewOf(frame);
      const [exchange, bytes] = view.getShortString(6);
      const [routingKey, more] = view.getShortString(6 + bytes);
      const isMandatory = frame[6 + bytes + more] === 1;
      const message = { exchange, routingKey, isMandatory, properties: {}, body: '' };
      open = { message, bodyBytes: 0, parts: [] };
    }

    function finish(message: RabbitReceived, body: string): void {
      message.body = body;
      open = undefined;
      tag += 1n;
      rabbit.messages.push(message);
      if (rabbit.onAlerts()) return;
      const answer = rabbit.answer(message);
      if (typeof answer === 'object' && 'connection' in answer) return close(answer.connection);
      if (typeof answer === 'object') return say(1, 20, 40, ...reasonOf(answer.channel));
      // RabbitMQ sets the bit of "requeue", which means nothing here, beside that of "multiple".
      if (answer === 'nack') return say(1, 60, 120, tag, '\x02');
      if (answer === 'nack all') return say(1, 60, 120, tag, '\x03');
      if (answer === 'wait') return;
      if (answer === 'return') giveBack(message);
      else rabbit.taken.push(body);
      say(1, 60, 80, tag, '\0');
    }

    function giveBack({ exchange, routingKey, properties, body }: RabbitReceived): void {
      say(1, 60, 50, 312, short('NO_ROUTE'), short(exchange), short(routingKey));
      const id = properties.messageId ?? '';
      const bytes = Buffer.byteLength(body);
      const head = Buffer.from(`\0\x3c\0\0\0\0\0\0\0\0\0\0\0\x80${short(id)}`, 'latin1');
      head.writeUInt32BE(bytes, 8);
      socket.write(frame(2, 1, head));
      socket.write(frame(3, 1, Buffer.from(body)));
    }

    function close(closing: Closing): void {
      say(0, 10, 50, ...reasonOf(closing));
    }
  }

  return rabbit;
}

function viewOf(frame: Buffer): AMQPView {
  return new AMQPView(new Uint8Array(frame).buffer);
}

function reasonOf({ code, text }: Closing): (number | string)[] {
  return [code, short(text), 0, 0];
}

/** Numbers are 16 bits, bigints 64, and texts bytes. */
function method(channel: number, parts: readonly (number | bigint | string)[]): Buffer {
  const bytes = parts.map((part) => {
    if (typeof part === 'string') return Buffer.from(part, 'latin1');
    const buffer = Buffer.alloc(typeof part === 'bigint' ? 8 : 2);
    if (typeof part === 'bigint') buffer.writeBigUInt64BE(part);
    else buffer.writeUInt16BE(part);
    return buffer;
  });
  return frame(1, channel, Buffer.concat(bytes));
}

function frame(type: number, channel: number, content: Buffer): Buffer {
  const head = Buffer.alloc(7);
  head.writeUInt8(type, 0);
  head.writeUInt16BE(channel, 1);
  head.writeUInt32BE(content.length, 3);
  return Buffer.concat([head, content, Buffer.from([0xce])]);
}

function short(text: string): string {
  return String.fromCharCode(text.length) + text;
}

/** A text with four bytes for its length, as that of an empty table is. */
function table(text: string): string {
  return `\0\0\0${short(text)}`;
}
