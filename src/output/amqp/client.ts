import type { Socket } from 'node:net';
import { AMQPBaseClient } from '@cloudamqp/amqp-client';
import { AMQPView } from '@cloudamqp/amqp-client/amqp-view';
import { foreignServer, listen } from '../conversation.ts';
import { inPieces, type Whole } from '../pieces.ts';

/** Bytes of a frame, as RabbitMQ has it, too. */
const FRAME_BYTES_MAX = 131_072;
/** Seconds of silence, after which either side asks. */
const HEARTBEAT_S = 60;
/** Channel, type, length and end of a frame. */
const AROUND_BYTES = 8;
/** What an AMQP 0-9-1 connection begins with. */
const GREETING = Buffer.from('AMQP\0\0\x09\x01', 'latin1');

/** Who logs in, and where. */
export interface AmqpLogin {
  readonly virtualHost: string;
  readonly username: string;
  readonly password: string;
}

/** The library's client over a socket of ours: its own opens whatever sockets it likes. */
export class AmqpClient extends AMQPBaseClient {
  readonly #socket: Socket;

  /** @param where Host and port, for the reader. */
  constructor(login: AmqpLogin, socket: Socket, where: string) {
    const { virtualHost, username, password } = login;
    super(virtualHost, username, password, 'tocsin', undefined, FRAME_BYTES_MAX, HEARTBEAT_S);
    this.#socket = socket;
    const frames = inPieces(readFrame);
    listen(socket, where, {
      take: (chunk) => {
        try {
          for (const frame of frames.read(chunk)) this.parseFrames(new AMQPView(frame.buffer));
        } catch {
          throw foreignServer(where, 'no RabbitMQ, or wants TLS');
        }
      },
      end: (error) => this.#fail(error),
    });
  }

  override connect(): Promise<AMQPBaseClient> {
    const { promise, resolve, reject } = Promise.withResolvers<AMQPBaseClient>();
    this.connectPromise = [resolve, reject];
    this.#socket.write(GREETING);
    return promise;
  }

  /** That a socket ended is told once, to all who wait: the library does not expect it here. */
  override send(bytes: Uint8Array): Promise<void> {
    if (this.#socket.writable) this.#socket.write(bytes);
    return Promise.resolve();
  }

  protected override closeSocket(): void {
    this.#socket.end();
  }

  #fail(error: Error): void {
    this.closed = true;
    for (const channel of this.channels) channel?.setClosed(error);
    this.connectPromise?.[1](error);
    delete this.connectPromise;
  }
}

/** Undefined while it has not come whole. Throws for what is none. */
function readFrame(data: Buffer): Whole<Uint8Array<ArrayBuffer>> | undefined {
  const [type = METHOD] = data;
  if (type < METHOD || type > HEARTBEAT) throw new Error('no frame');
  if (data.length < 7) return undefined;
  const bytes = data.readUInt32BE(3) + AROUND_BYTES;
  if (bytes > FRAME_BYTES_MAX + AROUND_BYTES) throw new Error('a frame without an end');
  if (data.length < bytes) return undefined;
  // The library believes whatever length of a returned message is announced.
  const isHuge = type === HEADER && data.readBigUInt64BE(11) > BODY_BYTES_MAX;
  if (isHuge) throw new Error('a body without an end');
  return { value: readable(data.subarray(0, bytes)), bytes };
}

/**
 * A copy of a frame as the library reads it. In `basic.nack` RabbitMQ sets the bit of `requeue`,
 * which means nothing to who publishes; with it the library takes the refusal of all that wait for
 * that of one, and the others wait for ever.
 */
function readable(frame: Buffer): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(frame);
  const isNack = frame[0] === METHOD && frame.length > 19 && frame.readUInt32BE(7) === BASIC_NACK;
  if (isNack) copy[19] = frame.readUInt8(19) & 1;
  return copy;
}

/** Class 60, method 120; the bits stand behind a tag of eight bytes. */
const BASIC_NACK = (60 << 16) | 120;
const METHOD = 1;
const HEADER = 2;
const HEARTBEAT = 8;
/** An alert comes back whole when no queue takes it. */
const BODY_BYTES_MAX = 16n * 1024n * 1024n;
