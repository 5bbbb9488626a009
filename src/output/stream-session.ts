import type { Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Target } from './connect.ts';
import type { Delivery, SingleResult } from './define.ts';
import { retryError } from './http-error.ts';
import type { Network } from './network.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { Session } from './session.ts';

/** A connection to a server that takes texts one after the other, and never answers. */

export interface StreamOptions {
  readonly target: Target;
  /** Whether each batch is the last of its connection, and delivered when the server closes that. */
  readonly confirm: boolean;
  /** What is written of an alert, with what tells it from the next. */
  readonly textOf: (delivery: Delivery) => string;
}

/** Connects. What has been handed to the system counts as delivered, unless `confirm` asks for more. */
export async function openStream(
  { target, confirm, textOf }: StreamOptions,
  network: Network,
  signal: AbortSignal,
): Promise<Session> {
  const where = `${target.host}:${target.port}`;
  const socket = await network.dial({ ...target, signal });
  addAbortSignal(signal, socket);
  // Nobody answers; but only what is read lets us see that the server hangs up.
  socket.resume();
  const ended = endOf(socket, where);
  const inTurn = oneAtATime();

  async function write(deliveries: readonly Delivery[]): Promise<SingleResult[]> {
    const text = deliveries.map(textOf).join('');
    await Promise.race([written(socket, text), ended.then(() => gone(where))]);
    if (confirm) await readToTheEnd();
    return deliveries.map(() => DELIVERED);
  }

  /** A server that ends before we have is not one that has read all: it was about to go. */
  async function readToTheEnd(): Promise<void> {
    // Its end may have come before what was written, and not have been looked at yet.
    for (let turns = 0; turns < 2; turns += 1) await nextTurn();
    if (socket.readableEnded) throw hungUp(where);
    socket.end();
    await ended;
  }

  return {
    isOpen: () => !socket.destroyed && socket.writable && !socket.readableEnded,
    send: (deliveries) => inTurn(signal, () => write(deliveries)),
    end: () => promisify(socket.end.bind(socket))(),
  };
}

const DELIVERED: SingleResult = { outcome: 'delivered' };

/** Resolves when the server has closed its side as one does that has read all; rejects otherwise. */
function endOf(socket: Socket, where: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('end', resolve);
  socket.on('error', reject);
  socket.once('close', () => reject(hungUp(where)));
  promise.catch(() => undefined);
  return promise;
}

function gone(where: string): never {
  throw hungUp(where);
}

function hungUp(where: string): Error {
  return retryError('network', 'network', `${where}: it hung up`);
}

/** Resolves when the system has taken everything. */
function written(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
