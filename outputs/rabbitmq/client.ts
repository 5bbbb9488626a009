import type { Socket } from 'node:net';
import { AMQPBaseClient } from '@cloudamqp/amqp-client';
import { AMQPView } from '@cloudamqp/amqp-client/amqp-view';
import { retryError } from '../../src/output/http-error.ts';
import type { RabbitSettings } from './settings.ts';

/** Bytes of a frame, as RabbitMQ has it, too. */
const FRAME_BYTES_MAX = 131_072;
/** Seconds of silence, after which either side asks. */
const HEARTBEAT_S = 60;
/** Channel, type, length and end of a frame. */
const AROUND_BYTES = 8;
/** What an AMQP 0-9-1 connection begins with. */
const GREETING = Buffer.from('AMQP\0\0\x09\x01', 'latin1');

/** The library's client over a socket of ours: its own opens whatever sockets it likes. */
export class RabbitClient extends AMQPBaseClient {
  readonly #socket: Socket;
  readonly #where: string;
  #rest: Buffer = Buffer.alloc(0);

  /** @param where Host and port, for the reader. */
  constructor(settings: RabbitSettings, socket: Socket, where: string) {
    const { virtualHost, username, password } = settings;
    super(virtualHost, username, password, 'tocsin', undefined, FRAME_BYTES_MAX, HEARTBEAT_S);
    this.#socket = socket;
    this.#where = where;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(retryError('network', 'network', `${where}: it hung up`)));
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

  #take(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    try {
      for (let bytes = this.#frameBytes(); bytes > 0; bytes = this.#frameBytes()) {
        const frame = this.#rest.subarray(0, bytes);
        this.#rest = this.#rest.subarray(bytes);
        this.parseFrames(new AMQPView(readable(frame).buffer));
      }
    } catch {
      const detail = `${this.#where}: what answers there is no RabbitMQ, or wants TLS`;
      this.#fail(retryError('network', 'client', detail));
    }
  }

  /** Of the first frame; 0 while it has not come whole. Throws for what is none. */
  #frameBytes(): number {
    const data = this.#rest;
    const [type = METHOD] = data;
    if (type < METHOD || type > HEARTBEAT) throw new Error('no frame');
    if (data.length < 7) return 0;
    const bytes = data.readUInt32BE(3) + AROUND_BYTES;
    if (bytes > FRAME_BYTES_MAX + AROUND_BYTES) throw new Error('a frame without an end');
    if (data.length < bytes) return 0;
    // The library believes whatever length of a returned message is announced.
    const isHuge = type === HEADER && data.readBigUInt64BE(11) > BODY_BYTES_MAX;
    if (isHuge) throw new Error('a body without an end');
    return bytes;
  }

  #fail(error: Error): void {
    this.closed = true;
    this.#socket.destroy();
    for (const channel of this.channels) channel?.setClosed(error);
    this.connectPromise?.[1](error);
    delete this.connectPromise;
  }
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
