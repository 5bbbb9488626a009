import type { SMTPPoolOptions } from 'nodemailer';
import { type SmtpSettings, targetOf } from './settings.ts';

type Login = Pick<SMTPPoolOptions, 'auth' | 'customAuth'>;
type Handler = NonNullable<SMTPPoolOptions['customAuth']>[string];

/**
 * How nodemailer is to log in; empty: not at all. All mechanisms but LOGIN say everything in their first
 * command (RFC 4954, 4), and run by our handler: nodemailer's own PLAIN has no identity, and its own
 * XOAUTH2 would fetch tokens by itself.
 */
export function loginOf(settings: SmtpSettings): Login {
  const { auth, user, password = '' } = settings;
  const byPassword = auth === 'plain' || auth === 'login';
  if (auth === 'none' || (byPassword && user === undefined)) return {};
  if (auth === 'login') return { auth: { user, pass: password, method: 'LOGIN' } };
  const command = `AUTH ${auth.toUpperCase()} ${encoded(RESPONSES[auth](settings))}`;
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
  plain: ({ identity = '', user = '', password = '' }: SmtpSettings) =>
    `${identity}\0${user}\0${password}`,
  /** https://developers.google.com/workspace/gmail/imap/xoauth2-protocol */
  xoauth2: ({ user, token }: SmtpSettings) => `user=${user}\x01auth=Bearer ${token}\x01\x01`,
  /** RFC 7628, 3.1. */
  oauthbearer: (settings: SmtpSettings) => {
    const { host, port } = targetOf(settings);
    const user = (settings.user ?? '').replaceAll('=', '=3D').replaceAll(',', '=2C');
    return `n,a=${user},\x01host=${host}\x01port=${port}\x01auth=Bearer ${settings.token}\x01\x01`;
  },
  /** RFC 4422, appendix A. */
  external: ({ identity = '' }: SmtpSettings) => identity,
  /** RFC 4505. */
  anonymous: ({ trace = '' }: SmtpSettings) => trace,
} as const;

/** Base64; nothing at all is `=` (RFC 4954, 4). */
function encoded(text: string): string {
  return text === '' ? '=' : Buffer.from(text).toString('base64');
}

/** What makes a server that explains its refusal (334) come to the point. */
const GIVE_UP: Readonly<Partial<Record<SmtpSettings['auth'], string>>> = {
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
