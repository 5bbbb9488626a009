import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** A stream to a socket that is still being connected. It emits `connect` when it is. */
export interface LateSocket extends Duplex {
  ref(): LateSocket;
  unref(): LateSocket;
}

/**
 * Makes a stream at once of a socket that comes later, for libraries that cannot wait for one. What
 * is written before waits. When the socket cannot be had, the stream fails with the reason; when the
 * stream is destroyed before, connecting ends.
 */
export function createLateSocket(connect: (signal: AbortSignal) => Promise<Socket>): LateSocket {
  const aborter = new AbortController();
  const connected = connect(aborter.signal);
  /** Does it once there is a socket; without one, the stream ends for that reason already. */
  const withSocket = (use: (socket: Socket) => void): void => void connected.then(use, () => {});

  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => withSocket((socket) => socket.resume()),
    write: (chunk: Buffer, _encoding, done) => withSocket((socket) => socket.write(chunk, done)),
    final: (done) => withSocket((socket) => socket.end(done)),
    destroy(error, done) {
      aborter.abort();
      withSocket((socket) => socket.destroy());
      done(error);
    },
  });
  const late: LateSocket = Object.assign(stream, {
    ref() {
      withSocket((socket) => socket.ref());
      return late;
    },
    unref() {
      withSocket((socket) => socket.unref());
      return late;
    },
  });
  connected.then(
    (socket) => join(late, socket),
    (error: Error) => late.destroy(error),
  );
  return late;
}

function join(stream: Duplex, socket: Socket): void {
  if (stream.destroyed) return;
  socket.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) socket.pause();
  });
  socket.on('end', () => stream.push(null));
  socket.on('error', (error) => stream.destroy(error));
  stream.emit('connect');
}
