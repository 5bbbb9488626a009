import { once } from 'node:events';
import { lstat, unlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { createServer } from '../node-http.ts';
import { answer, type AnswerDeps } from './answer.ts';
import { ControlError } from './contract.ts';

export interface ControlServerOptions extends AnswerDeps {
  /** As `controlSocketPath` makes it. */
  readonly socketPath: string;
}

export interface ControlServer {
  /** Lets answers under way finish for a moment, then ends every connection. */
  close(): Promise<void>;
}

const CONNECTIONS_MAX = 32;
const REQUEST_MS_MAX = 10_000;
const CLOSE_MS_MAX = 2000;

/**
 * Answers the command line on a socket that only the hub's own user may open. The socket of a hub
 * that died is replaced, that of a living one is not.
 *
 * @throws ControlError `socket_in_use`, `socket_path_taken`
 */
export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  await makeRoom(options.socketPath);
  const server = createServer(
    { requestTimeout: REQUEST_MS_MAX, headersTimeout: REQUEST_MS_MAX, keepAliveTimeout: 1 },
    (request, response) => void answer(options, request, response),
  );
  server.maxConnections = CONNECTIONS_MAX;
  await listenPrivately(server, options.socketPath);
  return { close: () => close(server) };
}

/** `listen` binds before it returns, so the mask holds for the socket and for nothing else. */
async function listenPrivately(server: Server, socketPath: string): Promise<void> {
  const listening = once(server, 'listening');
  const maskBefore = process.umask(0o177);
  try {
    server.listen(socketPath);
  } finally {
    process.umask(maskBefore);
  }
  await listening;
}

async function makeRoom(socketPath: string): Promise<void> {
  const stats = await lstat(socketPath).catch(() => undefined);
  if (stats === undefined) return;
  if (!stats.isSocket()) {
    const message = `${socketPath} is not a socket: move it away, the hub needs this name.`;
    throw new ControlError('socket_path_taken', message);
  }
  if (await isAnswered(socketPath)) {
    const message = `A hub answers at ${socketPath}: stop it, or choose another queue.directory.`;
    throw new ControlError('socket_in_use', message);
  }
  await unlink(socketPath);
}

/** Only a refusal proves that nobody is there; whatever else happens, the socket is left alone. */
async function isAnswered(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS_MAX);
  await closed;
  clearTimeout(timer);
}
