import type { SMTPPoolOptions } from 'nodemailer';
import type { Address } from '../address.ts';

/** How to log in to a mail server, and as whom. Nobody logs in where the server does not offer it. */
export interface SmtpLogin {
  /** With plain and login, nobody logs in without a `user`. */
  readonly auth: 'plain' | 'login' | 'xoauth2' | 'oauthbearer' | 'external' | 'anonymous' | 'none';
  readonly user?: string;
  /** With plain and login. */
  readonly password?: string;
  /** With xoauth2 and oauthbearer: an OAuth 2 access token. */
  readonly token?: string;
  /** With plain and external: whom to act for. */
  readonly identity?: string;
  /** With anonymous: what the server shall note, an address. */
  readonly trace?: string;
}

type Options = Pick<SMTPPoolOptions, 'auth' | 'customAuth'>;
type Handler = NonNullable<SMTPPoolOptions['customAuth']>[string];

/**
 * How nodemailer is to log in; empty: not at all. All mechanisms but LOGIN say everything in their first
 * command (RFC 4954, 4), and run by our handler: nodemailer's own PLAIN has no identity, and its own
 * XOAUTH2 would fetch tokens by itself.
 */
export function loginOptions(login: SmtpLogin, server: Address): Options {
  const { auth, user, password = '' } = login;
  const byPassword = auth === 'plain' || auth === 'login';
  if (auth === 'none' || (byPassword && user === undefined)) return {};
  if (auth === 'login') return { auth: { user, pass: password, method: 'LOGIN' } };
  const command = `AUTH ${auth.toUpperCase()} ${encoded(RESPONSES[auth](login, server))}`;
  const handler: Handler = (context) =>
    authenticate((line) => context.sendCommand(line), command, GIVE_UP[auth] ?? '*');
  // A user there must be for nodemailer to begin. The name of the method is ours: by that of a
  // mechanism it would perhaps take another.
  return { auth: { user: user ?? auth, method: METHOD }, customAuth: { [METHOD]: handler } };
}

const METHOD = 'TOCSIN';

/** The first and only response of each mechanism. */
const RESPONSES = {
  /** RFC 4616. */
  plain: ({ identity = '', user = '', password = '' }: SmtpLogin) =>
    `${identity}\0${user}\0${password}`,
  /** https://developers.google.com/workspace/gmail/imap/xoauth2-protocol */
  xoauth2: ({ user, token }: SmtpLogin) => `user=${user}\x01auth=Bearer ${token}\x01\x01`,
  /** RFC 7628, 3.1. */
  oauthbearer: ({ user = '', token }: SmtpLogin, { host, port }: Address) => {
    const name = user.replaceAll('=', '=3D').replaceAll(',', '=2C');
    return `n,a=${name},\x01host=${host}\x01port=${port}\x01auth=Bearer ${token}\x01\x01`;
  },
  /** RFC 4422, appendix A. */
  external: ({ identity = '' }: SmtpLogin) => identity,
  /** RFC 4505. */
  anonymous: ({ trace = '' }: SmtpLogin) => trace,
} as const;

/** Base64; nothing at all is `=` (RFC 4954, 4). */
function encoded(text: string): string {
  return text === '' ? '=' : Buffer.from(text).toString('base64');
}

/** What makes a server that explains its refusal (334) come to the point. */
const GIVE_UP: Readonly<Partial<Record<SmtpLogin['auth'], string>>> = {
  xoauth2: '',
  /** RFC 7628, 3.2.3. */
  oauthbearer: 'AQ==',
};

async function authenticate(
  send: (line: string) => Promise<{ readonly status: number }>,
  command: string,
  giveUp: string,
): Promise<void> {
  let { status } = await send(command);
  if (status === 334) ({ status } = await send(giveUp));
  if (status !== 235) throw new Error('The login was refused.');
}
