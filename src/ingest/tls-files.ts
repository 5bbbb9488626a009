import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Log } from './log.ts';

/** Paths of PEM files. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile?: string | undefined;
}

/** What stood in the files, in the form `server.setSecureContext` takes. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** The senders' authority. */
  readonly ca?: Buffer;
  /** When the first certificate of the chain expires. */
  readonly notAfter: Date;
}

/** `tls_unreadable`: a file cannot be read. `tls_invalid`: what stands in them cannot be served. */
export class TlsFilesError extends Error {
  override readonly name = 'TlsFilesError';
  readonly code: 'tls_unreadable' | 'tls_invalid';

  constructor(code: TlsFilesError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export interface TlsFilesWatch {
  /** Reads the files now. Resolves to whether something new was put in force. */
  check(): Promise<boolean>;
  /** What is in force. */
  current(): TlsMaterial;
  close(): void;
}

interface WatchOptions {
  /** Puts new files in force, without touching open connections. */
  readonly onChange: (material: TlsMaterial) => void;
  readonly log: Log;
  readonly intervalMs?: number;
}

/** Reads the files and makes sure a server can work with them. Rejects with `TlsFilesError`. */
export async function loadTlsFiles(files: TlsFiles): Promise<TlsMaterial> {
  return validated(files, await readFiles(files));
}

/**
 * Looks at the files every few seconds and hands over new contents. It compares contents, because
 * Kubernetes changes mounted secrets by swapping a link. What cannot be served is logged once, and
 * what was in force stays in force.
 */
export function watchTlsFiles(
  files: TlsFiles,
  initial: TlsMaterial,
  { onChange, log, intervalMs = 5000 }: WatchOptions,
): TlsFilesWatch {
  let inForce = initial;
  let complaint = '';

  async function check(): Promise<boolean> {
    try {
      const contents = await readFiles(files);
      if (isSame(contents, inForce)) return false;
      const material = validated(files, contents);
      onChange(material);
      inForce = material;
      complaint = '';
      log.info({ certFile: files.certFile, notAfter: inForce.notAfter }, 'certificate changed');
      return true;
    } catch (error) {
      const { message } = error as Error;
      if (message !== complaint) {
        log.error({ err: message }, 'new certificate refused, the old one stays in force');
      }
      complaint = message;
      return false;
    }
  }

  const timer = setInterval(() => void check(), intervalMs).unref();
  return { check, current: () => inForce, close: () => clearInterval(timer) };
}

interface Contents {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
}

async function readFiles({ certFile, keyFile, clientCaFile }: TlsFiles): Promise<Contents> {
  const [cert, key, ca] = await Promise.all([
    readOne(certFile),
    readOne(keyFile),
    clientCaFile === undefined ? undefined : readOne(clientCaFile),
  ]);
  return ca === undefined ? { cert, key } : { cert, key, ca };
}

async function readOne(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new TlsFilesError(
      'tls_unreadable',
      `Cannot read ${path} (${code}): check the path and its permissions.`,
    );
  }
}

function isSame(contents: Contents, material: TlsMaterial): boolean {
  return (
    contents.cert.equals(material.cert) &&
    contents.key.equals(material.key) &&
    (contents.ca ?? Buffer.alloc(0)).equals(material.ca ?? Buffer.alloc(0))
  );
}

function validated(files: TlsFiles, contents: Contents): TlsMaterial {
  const chain = certificatesIn(files.certFile, contents.cert);
  // Node takes an authority that is no certificate in silence, and then refuses every sender.
  if (files.clientCaFile !== undefined && contents.ca) {
    certificatesIn(files.clientCaFile, contents.ca);
  }
  try {
    createSecureContext(contents);
  } catch (error) {
    const pair = `${files.certFile} and ${files.keyFile}`;
    const { message } = error as Error;
    throw new TlsFilesError('tls_invalid', `${pair} are no pair that can be served: ${message}`);
  }
  const expiries = chain.map((certificate) => certificate.validToDate.getTime());
  return { ...contents, notAfter: new Date(Math.min(...expiries)) };
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function certificatesIn(path: string, pem: Buffer): X509Certificate[] {
  const blocks = pem.toString('latin1').match(PEM_CERTIFICATE) ?? [];
  try {
    if (blocks.length === 0) throw new Error('no certificate in it');
    return blocks.map((block) => new X509Certificate(block));
  } catch (error) {
    throw new TlsFilesError(
      'tls_invalid',
      `${path} is not a PEM file of certificates: ${(error as Error).message}`,
    );
  }
}
