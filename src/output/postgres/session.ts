import type { Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { Client } from 'pg';
import { boundAnswers } from '../bound.ts';
import type { Connection, Delivery, SingleResult } from '../define.ts';
import { HttpError } from '../http-error.ts';
import type { Network } from '../network.ts';
import { keepSession, type Session } from '../session.ts';
import type { Statement } from './insert.ts';
import { resultOfPostgres } from './result.ts';
import { secured } from './secure.ts';
import { type PostgresLogin, targetOf } from './settings.ts';

type StatementOf = (deliveries: readonly Delivery[]) => Statement;

/** One connection, over which all attempts go. */
export function openPostgres(
  login: PostgresLogin,
  network: Network,
  statementOf: StatementOf,
): Connection {
  return keepSession({ open: (signal) => openSession(login, network, statementOf, signal) });
}

async function openSession(
  login: PostgresLogin,
  network: Network,
  statementOf: StatementOf,
  signal: AbortSignal,
): Promise<Session> {
  const target = targetOf(login);
  const where = `${target.host}:${target.port}`;
  const plain = await network.dial({ ...target, tls: false, signal });
  addAbortSignal(signal, boundAnswers(plain, where));
  try {
    const socket = await secured(plain, login.encryption, network, target);
    const client = await logIn(login, socket);
    return {
      isOpen: () => !plain.destroyed,
      send: (deliveries) => insertAll(client, deliveries, statementOf, where),
      end: () => client.end(),
    };
  } catch (error) {
    plain.destroy();
    throw new HttpError('network', loginFailure(error, where));
  }
}

/** Before the login nothing is about an alert. */
function loginFailure(error: unknown, where: string) {
  const result = resultOfPostgres(error, where);
  return { ...result, outcome: 'retry' as const };
}

/** Everything is said, so that no variable of the environment counts. */
async function logIn(login: PostgresLogin, socket: Socket): Promise<Client> {
  const { username: user, password = '', database } = login;
  const { host, port } = targetOf(login);
  const client = new Client({
    host,
    port,
    user,
    password: () => password,
    database,
    ssl: false,
    application_name: 'tocsin',
    stream: () => connected(socket),
  });
  const { promise: failed, reject } = Promise.withResolvers<never>();
  // The library tells of the end of a connection by an event, too, which must be heard.
  client.on('error', reject);
  failed.catch(() => undefined);
  await Promise.race([client.connect(), failed]);
  return client;
}

/** The library wants to connect by itself: it hears that it has. */
function connected(socket: Socket): Socket {
  socket.connect = () => {
    process.nextTick(() => socket.emit('connect'));
    return socket;
  };
  return socket;
}

/** Of several rows one may be refused, and then none is stored: halves show which. */
async function insertAll(
  client: Client,
  deliveries: readonly Delivery[],
  statementOf: StatementOf,
  where: string,
): Promise<readonly SingleResult[]> {
  const result = await insert(client, statementOf(deliveries), where);
  if (result.outcome !== 'reject' || deliveries.length === 1) return deliveries.map(() => result);
  const half = Math.ceil(deliveries.length / 2);
  const first = await insertAll(client, deliveries.slice(0, half), statementOf, where);
  return [...first, ...(await insertAll(client, deliveries.slice(half), statementOf, where))];
}

async function insert(
  client: Client,
  { text, values }: Statement,
  where: string,
): Promise<SingleResult> {
  try {
    await client.query(text, [...values]);
    return { outcome: 'delivered' };
  } catch (error) {
    return resultOfPostgres(error, where);
  }
}
