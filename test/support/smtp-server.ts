import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Lifetime } from './hub-process.ts';

/** A mail server to misbehave on demand: real sockets, the commands of RFC 5321, STARTTLS, AUTH. */

export interface SmtpServer {
  readonly port: number;
  /** Taken mails, oldest first. */
  readonly mails: ReceivedMail[];
  /** Every command of every session, as it came. */
  readonly commands: string[];
  /** Sessions begun so far, and those that are open. */
  readonly sessions: { begun: number; readonly open: Set<Socket> };
  /** Asked before every reply; `undefined` leaves it to the server. */
  answer: (command: string, session: Session) => Answer | undefined;
}

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it was sent, without the dots that transparency adds; lines end with CRLF. */
  readonly data: string;
  readonly session: number;
}

export interface Session {
  /** 1 for the first. */
  readonly number: number;
  readonly secured: boolean;
  /** Recipients taken for the mail that is being sent. */
  readonly to: readonly string[];
}

/** A reply without its CRLF; `hang`: none at all; `drop`: the connection is cut. */
export type Answer = string;

/** What `answer` is asked at the start of a session, and when a mail has come whole. */
export const GREETING = 'GREETING';
export const END_OF_DATA = 'END OF DATA';

export interface SmtpServerOptions {
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Speak TLS from the first byte; else it is offered by STARTTLS. */
  readonly implicit?: boolean;
  /** `PLAIN LOGIN`; absent: AUTH is not offered. */
  readonly mechanisms?: string;
  readonly extensions?: readonly string[];
}

/** Listens until the test ends. */
export async function startSmtpServer(
  t: Lifetime,
  options: SmtpServerOptions = {},
): Promise<SmtpServer> {
  const listener = createServer({ noDelay: true });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const server: SmtpServer = {
    port: (listener.address() as AddressInfo).port,
    mails: [],
    commands: [],
    sessions: { begun: 0, open: new Set() },
    answer: () => undefined,
  };
  listener.on('connection', (socket) => {
    server.sessions.open.add(socket);
    socket.on('close', () => server.sessions.open.delete(socket));
    converse(server, options, socket);
  });
  t.after(() => {
    listener.close();
    for (const socket of server.sessions.open) socket.destroy();
  });
  return server;
}

interface State {
  readonly number: number;
  secured: boolean;
  from: string;
  to: string[];
  /** What the next bytes are. */
  mode: 'command' | 'credentials' | 'data' | 'closed';
  /** The mechanism that is being spoken, and how many answers to it have come. */
  auth: { mechanism: string; answers: number };
}

function converse(server: SmtpServer, options: SmtpServerOptions, raw: Socket): void {
  server.sessions.begun += 1;
  const state: State = {
    number: server.sessions.begun,
    secured: options.implicit === true,
    from: '',
    to: [],
    mode: 'command',
    auth: { mechanism: '', answers: 0 },
  };
  let socket = raw;
  let input = '';

  const say = (command: string, usual: () => string): void => {
    const answer = server.answer(command, state) ?? usual();
    if (answer === 'hang') return;
    if (answer === 'drop') {
      state.mode = 'closed';
      raw.destroy();
      return;
    }
    if (command.startsWith('AUTH') && answer.startsWith('334')) state.mode = 'credentials';
    socket.write(`${answer}\r\n`);
    if (answer.startsWith('421')) socket.end();
    if (command === 'STARTTLS' && answer.startsWith('220')) secure();
  };

  const secure = (): void => {
    raw.removeAllListeners('data');
    input = '';
    state.secured = true;
    socket = new TLSSocket(raw, {
      isServer: true,
      secureContext: createSecureContext(options.tls),
    });
    listen();
  };

  const listen = (): void => {
    socket.on('error', () => raw.destroy());
    socket.on('data', (chunk: Buffer) => {
      input += chunk.toString('latin1');
      while (state.mode !== 'closed' && takeOne()) {
        // What the next bytes are hangs on the answer to these.
      }
    });
  };

  /** Takes a line, or a whole mail, from the input; false when there is none. */
  const takeOne = (): boolean => {
    const end = state.mode === 'data' ? '\r\n.\r\n' : '\r\n';
    const at = input.indexOf(end);
    if (at === -1) return false;
    const taken = input.slice(0, at);
    input = input.slice(at + end.length);
    if (state.mode === 'data') takeMail(taken);
    else takeLine(taken);
    return true;
  };

  const takeMail = (data: string): void => {
    state.mode = 'command';
    const { from, to, number } = state;
    const text = Buffer.from(`${data}\r\n`, 'latin1').toString().replaceAll(/^\.\./gm, '.');
    say(END_OF_DATA, () => {
      server.mails.push({ from, to: [...to], data: text, session: number });
      return '250 2.0.0 Ok: queued';
    });
  };

  const takeLine = (line: string): void => {
    server.commands.push(line);
    const wasCredentials = state.mode === 'credentials';
    state.mode = 'command';
    if (wasCredentials) say(`AUTH ${line}`, () => challenge(state));
    else say(line, () => usualReply(line, state, options));
  };

  if (options.implicit === true) secure();
  else listen();
  say(GREETING, () => '220 test ESMTP');
}

function usualReply(line: string, state: State, options: SmtpServerOptions): string {
  const [verb = '', ...rest] = line.split(' ');
  switch (verb.toUpperCase()) {
    case 'EHLO':
      return capabilities(state, options);
    case 'AUTH':
      state.auth = { mechanism: rest[0] ?? '', answers: 0 };
      return rest.length > 1 ? '235 2.7.0 Authentication successful' : challenge(state);
    case 'MAIL':
      state.from = /<(.*?)>/.exec(line)?.[1] ?? '';
      state.to = [];
      return '250 2.1.0 Ok';
    case 'RCPT':
      state.to.push(/<(.*?)>/.exec(line)?.[1] ?? '');
      return '250 2.1.5 Ok';
    case 'DATA':
      if (state.to.length === 0) return '554 5.5.1 Error: no valid recipients';
      state.mode = 'data';
      return '354 End data with <CR><LF>.<CR><LF>';
    case 'STARTTLS':
      return options.tls === undefined ? '502 5.5.1 Not implemented' : '220 2.0.0 Ready';
    case 'QUIT':
      return '221 2.0.0 Bye';
    default:
      return '250 2.0.0 Ok';
  }
}

function capabilities({ secured }: State, options: SmtpServerOptions): string {
  const { tls, mechanisms, extensions = ['PIPELINING', '8BITMIME', 'SMTPUTF8'] } = options;
  const lines = [
    'test',
    ...extensions,
    ...(tls !== undefined && !secured ? ['STARTTLS'] : []),
    ...(mechanisms === undefined ? [] : [`AUTH ${mechanisms}`]),
  ];
  return lines.map((line, n) => `250${n === lines.length - 1 ? ' ' : '-'}${line}`).join('\r\n');
}

/** LOGIN asks twice; of the others, nothing is asked. */
function challenge({ auth }: State): string {
  auth.answers += 1;
  if (auth.mechanism !== 'LOGIN' || auth.answers > 2) return '235 2.7.0 Authentication successful';
  return auth.answers === 1 ? '334 VXNlcm5hbWU6' : '334 UGFzc3dvcmQ6';
}
