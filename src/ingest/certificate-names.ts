import { isIPv6, SocketAddress } from 'node:net';
import type { PeerCertificate } from 'node:tls';

/** A name a certificate carries; `cn` only where there is no subject alternative name. */
export interface CertificateName {
  readonly kind: 'dns' | 'uri' | 'ip' | 'email' | 'cn';
  readonly value: string;
}

const SAN_KINDS: Readonly<Record<string, CertificateName['kind']>> = {
  DNS: 'dns',
  URI: 'uri',
  'IP Address': 'ip',
  email: 'email',
};

/**
 * One entry of Node's `subjectaltname`, `, ` between entries. A value with a comma, quote or
 * control character in it comes as a JSON string (Node's answer to CVE-2021-44532).
 */
const SAN_ENTRY =
  /([A-Za-z ]+):("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|[^",]*)(?:, |$)/uy;

/**
 * The names a certificate proves, in its own order. Where it has alternative names the common name
 * counts for nothing (RFC 9525, 2). A list that cannot be read to its end proves nothing.
 */
export function namesOf(peer: PeerCertificate): CertificateName[] {
  const text = peer.subjectaltname;
  if (!text) return commonNames(peer);
  const names: CertificateName[] = [];
  SAN_ENTRY.lastIndex = 0;
  for (let end = 0; end < text.length; end = SAN_ENTRY.lastIndex) {
    const [, type = '', value = ''] = SAN_ENTRY.exec(text) ?? [];
    if (type === '') return [];
    const kind = SAN_KINDS[type];
    if (kind !== undefined) names.push({ kind, value: plainName(kind, unquote(value)) });
  }
  return names;
}

/**
 * Whether a name is on the list. `*` in a pattern stands for one label: what is between dots, or
 * between slashes in a URI. Letters of a host name are compared without regard to case.
 */
export function matchesAny(name: CertificateName, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matches(name, pattern));
}

/** No name is longer, and of a pattern of any length no regular expression can be made. */
const PATTERN_LENGTH_MAX = 2048;

function matches({ kind, value }: CertificateName, pattern: string): boolean {
  const wanted = plainName(kind, pattern);
  if (!wanted.includes('*')) return wanted === value;
  if (wanted.length > value.length || value.length > PATTERN_LENGTH_MAX) return false;
  const label = kind === 'uri' ? '[^/]+' : '[^.@/]+';
  const source = wanted
    .split('*')
    .map((part) => RegExp.escape(part))
    .join(label);
  return new RegExp(`^${source}$`).test(value);
}

function commonNames(peer: PeerCertificate): CertificateName[] {
  // The types know one common name; a subject may have several, or none.
  const name = peer.subject?.CN as string | readonly string[] | undefined;
  return [name ?? []].flat().map((value) => ({ kind: 'cn', value }));
}

function unquote(value: string): string {
  return value.startsWith('"') ? (JSON.parse(value) as string) : value;
}

/** One spelling for names that have several. */
function plainName(kind: CertificateName['kind'], value: string): string {
  if (kind === 'dns') return value.toLowerCase();
  if (kind === 'ip' && isIPv6(value))
    return new SocketAddress({ address: value, family: 'ipv6' }).address;
  return value;
}
