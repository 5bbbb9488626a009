import { isIP, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Address } from '../address.ts';
import { boundAnswers } from '../bound.ts';
import { type Conversation, converse, dialServer } from '../conversation.ts';
import { HttpError, httpErrorOf, retryError } from '../http-error.ts';
import type { Network } from '../network.ts';
import { connectLine, type NatsLogin, readInfo, type ServerInfo } from './hello.ts';
import { failureOf } from './result.ts';
import { type Operation, readOperation } from './wire.ts';

type NatsConversation = Conversation<Operation>;

/** A connection on which the server knows who this is. */
export interface Login {
  readonly socket: Socket;
  readonly conversation: NatsConversation;
  /** Host and port, for the reader. */
  readonly where: string;
  /** Bytes of a message with its headers, at most. */
  readonly payloadBytesMax: number;
}

/** Connects to one server and logs in. Rejects with `HttpError`. */
export async function logIn(
  login: NatsLogin,
  network: Network,
  address: Address,
  signal: AbortSignal,
): Promise<Login> {
  const where = `${address.host}:${address.port}`;
  const first = await dialServer(network, { ...address, tls: login.tlsFirst }, signal);
  try {
    const hello = listenTo(first, where);
    const info = await infoOf(hello, where);
    const isUpgraded = !login.tlsFirst && wantsTls(login, info, where);
    const socket = isUpgraded ? secure(first, hello, network, address) : first;
    const conversation = isUpgraded ? listenTo(socket, where) : hello;
    socket.write(`${connectLine(login, info, isUpgraded || login.tlsFirst)}PING\r\n`);
    await pongOf(conversation, where);
    return { socket, conversation, where, payloadBytesMax: info.max_payload };
  } catch (error) {
    first.destroy();
    throw httpErrorOf(error, where);
  }
}

/** Its pings are answered by the way. */
function listenTo(socket: Socket, where: string): NatsConversation {
  return converse(
    socket,
    where,
    (data) => readOperation(data, where),
    ({ name }) => {
      if (name === 'PING') socket.write('PONG\r\n');
      return name === 'PING' || name === 'OK';
    },
  );
}

async function infoOf(hello: NatsConversation, where: string): Promise<ServerInfo> {
  const first = await hello.next();
  const info = first.name === 'INFO' ? readInfo(first.text) : undefined;
  if (info === undefined) throw retryError('network', 'client', `${where}: no NATS server`);
  if (info.headers === true) return info;
  throw retryError('network', 'client', `${where}: a server without headers: it needs NATS 2.2`);
}

function wantsTls({ plaintext }: NatsLogin, info: ServerInfo, where: string): boolean {
  const isOffered = info.tls_required === true || info.tls_available === true;
  if (!plaintext && !isOffered) {
    throw retryError('network', 'client', `${where}: the server offers no TLS: set plaintext?`);
  }
  return !plaintext || info.tls_required === true;
}

/** What was said in the clear may be anybody's, so there must be no more of it than the greeting. */
function secure(plain: Socket, hello: NatsConversation, network: Network, { host, port }: Address) {
  if (!hello.release()) {
    throw retryError('network', 'client', `${host}:${port}: the server speaks before TLS does`);
  }
  const { servername = isIP(host) === 0 ? host : '', ...material } = network.tls();
  const secured = tlsConnect({ socket: plain, host, servername, ...material });
  return boundAnswers(secured, `${host}:${port}`);
}

async function pongOf(conversation: NatsConversation, where: string): Promise<void> {
  for (;;) {
    const said = await conversation.next();
    if (said.name === 'PONG') return;
    if (said.name === 'ERR') throw new HttpError('network', failureOf(said.text, where));
  }
}
