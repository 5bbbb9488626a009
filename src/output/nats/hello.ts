import { publicKeyOf, readCredentials, signatureOf } from './keys.ts';

/** Who this is, if anybody, and how it speaks. */
export interface NatsLogin {
  /** Speaks without TLS, unless the server demands it. */
  readonly plaintext: boolean;
  /** Speaks TLS from the first byte on. */
  readonly tlsFirst: boolean;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  readonly nkeySeed?: string | undefined;
  /** Content of a `.creds` file. */
  readonly credentials?: string | undefined;
}

/** What a server says of itself first, as far as it counts here. */
export interface ServerInfo {
  readonly max_payload: number;
  readonly tls_required?: boolean;
  readonly tls_available?: boolean;
  readonly headers?: boolean;
  readonly nonce?: string;
}

/** Undefined where the text is no server's INFO. */
export function readInfo(text: string): ServerInfo | undefined {
  try {
    const info = JSON.parse(text) as Partial<ServerInfo> | null;
    const isKnown = typeof info?.max_payload === 'number' && typeof (info.nonce ?? '') === 'string';
    return isKnown ? (info as ServerInfo) : undefined;
  } catch {
    return undefined;
  }
}

/** The line that says who this is. */
export function connectLine(login: NatsLogin, info: ServerInfo, isSecure: boolean): string {
  const options = {
    ...loginOf(login, info.nonce ?? ''),
    name: 'tocsin',
    lang: 'typescript',
    version: '1',
    protocol: 1,
    verbose: false,
    pedantic: false,
    tls_required: isSecure,
    headers: true,
    no_responders: true,
    echo: false,
  };
  return `CONNECT ${JSON.stringify(options)}\r\n`;
}

/** @see https://docs.nats.io/reference/reference-protocols/nats-protocol#connect */
function loginOf(login: NatsLogin, nonce: string): Readonly<Record<string, unknown>> {
  const { username, password, token, nkeySeed, credentials } = login;
  if (username !== undefined) return { user: username, pass: password };
  if (token !== undefined) return { auth_token: token };
  if (nkeySeed !== undefined) {
    return { nkey: publicKeyOf(nkeySeed), sig: signatureOf(nkeySeed, nonce) };
  }
  const creds = credentials === undefined ? undefined : readCredentials(credentials);
  return creds === undefined ? {} : { jwt: creds.jwt, sig: signatureOf(creds.seed, nonce) };
}
