import { decoded } from './http-url.ts';

/** A server's URL in its parts, for who keeps them apart: Falcosidekick's configurations have URLs. */
export interface ServerUrl {
  /** Without the colon, in lower case. */
  readonly scheme: string;
  /** `host` or `host:port`. */
  readonly address: string;
  /** Empty where there is none. */
  readonly username: string;
  readonly password: string;
  /** What follows the first slash behind the host, decoded. */
  readonly path: string;
}

/** Reads a URL, or an address, which has the scheme `instead`. What is neither is all address. */
export function readServerUrl(text: string, instead: string): ServerUrl {
  const url = URL.parse(text.includes('://') ? text : `${instead}://${text}`);
  if (url === null) {
    return { scheme: instead, address: text, username: '', password: '', path: '' };
  }
  return {
    scheme: url.protocol.slice(0, -1),
    address: url.host,
    username: decoded(url.username),
    password: decoded(url.password),
    path: decoded(url.pathname.slice(1)),
  };
}
