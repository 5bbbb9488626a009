import { domainToASCII } from 'node:url';

/** An address with the name that is shown for it. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/**
 * Reads `soc@example.org` and `SOC <soc@example.org>`; undefined for anything else. It takes less than
 * RFC 5322 does: no comments, no groups, no quoted local parts.
 */
export function mailboxOf(text: string): Mailbox | undefined {
  const [, name = '', inBrackets, bare] = MAILBOX.exec(text.trim()) ?? [];
  const address = inBrackets ?? bare ?? '';
  if (!ADDRESS.test(address) || address.length > ADDRESS_CHARS_MAX) return undefined;
  return { name: name.trim().replaceAll('"', ''), address };
}

/** RFC 5321, 4.5.3.1. */
const ADDRESS_CHARS_MAX = 254;
const MAILBOX = /^(?:([^<>\p{Cc}]*)<([^<>\s]+)>|([^<>\s]+))$/u;
const ADDRESS = /^[^@\s<>()[\],;:"\\\p{Cc}]+@(?:[^@\s<>()[\],;:"\\\p{Cc}]+|\[[\da-fA-F:.IPv]+\])$/u;

/** The domain of an address as it may stand in a Message-ID. */
export function domainOf(address: string): string {
  const domain = address.slice(address.indexOf('@') + 1);
  return domain.startsWith('[') ? domain : domainToASCII(domain);
}
