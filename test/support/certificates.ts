import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ipaddr from 'ipaddr.js';

/**
 * Certificates for tests, made on the spot: X.509 version 3 (RFC 5280) in DER, P-256, written with
 * `node:crypto` alone, so that no `openssl` is needed and every date is possible.
 */

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface CertificateOptions {
  /** Common name. */
  readonly name: string;
  /** Subject alternative names: host names and IP addresses. */
  readonly hosts?: readonly string[];
  /** Subject alternative names of type URI, such as SPIFFE ids. */
  readonly uris?: readonly string[];
  readonly emails?: readonly string[];
  /** Default: an hour ago. */
  readonly notBefore?: Date;
  /** Default: in an hour. */
  readonly notAfter?: Date;
  /** What it may be used for; both by default. */
  readonly usage?: 'client' | 'server';
}

export interface Authority {
  readonly cert: string;
  readonly certFile: string;
  /** Makes a certificate signed by this authority, and its two PEM files. */
  issue(options: CertificateOptions): Certificate;
  /** A certificate for `localhost`, 127.0.0.1 and ::1. */
  issueLocalhost(options?: Partial<CertificateOptions>): Certificate;
}

/** Makes an authority of its own; nobody trusts it until told to. */
export function makeAuthority(): Authority {
  const name = `Test authority ${randomBytes(4).toString('hex')}`;
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = certificate({ name }, name, pair.publicKey, pair.privateKey, [CA_CONSTRAINTS]);
  const issue = (options: CertificateOptions): Certificate => {
    const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const extensions = [alternativeNames(options), extendedUsage(options.usage)];
    const pem = certificate(options, name, own.publicKey, pair.privateKey, extensions.flat());
    const key = own.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    return { cert: pem, key, certFile: writePem('cert', pem), keyFile: writePem('key', key) };
  };
  return {
    cert,
    certFile: writePem('ca', cert),
    issue,
    issueLocalhost: (options) =>
      issue({ name: 'localhost', hosts: ['localhost', '127.0.0.1', '::1'], ...options }),
  };
}

let directory: string | undefined;

/** Writes a PEM file into a directory that goes with the process. */
export function writePem(kind: string, pem: string): string {
  if (directory === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'tocsin-certificates-'));
    directory = made;
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  }
  const file = join(directory, `${kind}-${randomBytes(6).toString('hex')}.pem`);
  writeFileSync(file, pem, { mode: 0o600 });
  return file;
}

const HOUR_MS = 3_600_000;

function certificate(
  { name, notBefore, notAfter }: CertificateOptions,
  issuer: string,
  publicKey: KeyObject,
  signingKey: KeyObject,
  extensions: readonly Buffer[],
): string {
  const algorithm = sequence(objectId('1.2.840.10045.4.3.2'));
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    distinguishedName(issuer),
    sequence(
      time(notBefore ?? new Date(Date.now() - HOUR_MS)),
      time(notAfter ?? new Date(Date.now() + HOUR_MS)),
    ),
    distinguishedName(name),
    publicKey.export({ format: 'der', type: 'spki' }),
    tagged(0xa3, sequence(...extensions)),
  );
  const der = sequence(body, algorithm, bitString(sign('sha256', body, signingKey)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function alternativeNames({ hosts = [], uris = [], emails = [] }: CertificateOptions): Buffer[] {
  const names = [
    ...emails.map((email) => tagged(0x81, Buffer.from(email))),
    ...hosts.map((host) =>
      isIP(host) === 0
        ? tagged(0x82, Buffer.from(host))
        : tagged(0x87, Buffer.from(ipaddr.parse(host).toByteArray())),
    ),
    ...uris.map((uri) => tagged(0x86, Buffer.from(uri))),
  ];
  return names.length === 0 ? [] : [extension('2.5.29.17', sequence(...names))];
}

const USAGES = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;

function extendedUsage(usage: 'client' | 'server' | undefined): Buffer {
  const ids = usage === undefined ? Object.values(USAGES) : [USAGES[usage]];
  return extension('2.5.29.37', sequence(...ids.map(objectId)));
}

// DER (ITU-T X.690): a tag, a length, the content.

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 | bytes.length, ...bytes];
  return Buffer.concat([Buffer.from(head), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function bitString(content: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([0]), content]));
}

function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const groups = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
  return groups;
}

function distinguishedName(commonName: string): Buffer {
  const attribute = sequence(objectId('2.5.4.3'), tagged(0x0c, Buffer.from(commonName)));
  return sequence(tagged(0x31, attribute));
}

/** GeneralizedTime; RFC 5280 wants UTCTime before 2050, and OpenSSL reads both. */
function time(date: Date): Buffer {
  return tagged(0x18, Buffer.from(`${date.toISOString().replaceAll(/\D/g, '').slice(0, 14)}Z`));
}

function extension(id: string, value: Buffer, critical: readonly Buffer[] = []): Buffer {
  return sequence(objectId(id), ...critical, tagged(0x04, value));
}

/** basicConstraints, critical: an authority. */
const TRUE = tagged(0x01, Buffer.from([0xff]));
const CA_CONSTRAINTS = extension('2.5.29.19', sequence(TRUE), [TRUE]);
