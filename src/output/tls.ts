import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  createSecureContext,
  getCACertificates,
  type SecureContext,
  setDefaultCACertificates,
} from 'node:tls';
import { type HttpError, retryError } from './http-error.ts';

export interface TlsOptions {
  /** PEM files of authorities, trusted beside the process's own. */
  readonly caFiles: readonly string[];
  /** Client certificate chain, PEM. */
  readonly certFile?: string | undefined;
  /** Its key, PEM; absent: in `certFile`, too. */
  readonly keyFile?: string | undefined;
  /** Called before certificates are read: sees to it that the process trusts whom it should. */
  readonly trustSystem?: (() => void) | undefined;
  /** Told when changed files cannot be used, so that the old ones stay in force. */
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** What connections are made with. Another object means that the files have changed. */
export interface TlsMaterial {
  readonly destination: SecureContext;
  /** The same in PEM form, as far as it is configured, for libraries that want it so. */
  readonly pem: { readonly ca?: string[]; readonly cert?: string; readonly key?: string };
  /** Without the client certificate, which is not the proxy's business. */
  proxy(): SecureContext;
}

/** Gives the material, read again when a file changed. Throws `HttpError` (`tls_files`). */
export type TlsSource = () => TlsMaterial;

/**
 * Reads certificates on first use, and again when a file's time, size or inode is another: one
 * `stat` each. Files that cannot be used in the middle of a rotation leave the old ones in force.
 */
export function createTlsSource(options: TlsOptions): TlsSource {
  const files = [...options.caFiles, options.certFile, options.keyFile].filter(
    (file) => file !== undefined,
  );
  let seen: string | undefined;
  let material: TlsMaterial | undefined;
  return () => {
    const state = stateOf(files);
    if (material !== undefined && state === seen) return material;
    try {
      material = load(options);
    } catch (error) {
      if (material === undefined) throw error;
      options.onWarning?.(`${(error as HttpError).message}; the files read before stay in force`);
    }
    seen = state;
    return material;
  };
}

function stateOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
      return stat === undefined ? '-' : `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
    })
    .join(' ');
}

function load({ caFiles, certFile, keyFile = certFile, trustSystem }: TlsOptions): TlsMaterial {
  trustSystem?.();
  // An explicit list takes 9 ms and 1.2 MiB: no authorities of its own, no list.
  const ca =
    caFiles.length === 0
      ? {}
      : { ca: [...getCACertificates('default'), ...caFiles.flatMap(readAuthorities)] };
  const identity =
    certFile === undefined || keyFile === undefined
      ? {}
      : { cert: readPem(certFile), key: readPem(keyFile) };
  let forProxy: SecureContext | undefined;
  const pem = { ...ca, ...identity };
  return {
    destination: contextOf(pem, `${certFile} and ${keyFile}`),
    pem,
    proxy: () => (forProxy ??= contextOf(ca, '')),
  };
}

function contextOf(pem: TlsMaterial['pem'], files: string): SecureContext {
  try {
    return createSecureContext(pem);
  } catch (error) {
    throw filesError(`${files} are no pair of certificate and key: ${(error as Error).message}`);
  }
}

function filesError(detail: string): HttpError {
  return retryError('tls_files', 'network', detail);
}

/** No bundle is larger; a path that leads to something else must not fill the memory. */
const PEM_BYTES_MAX = 4 * 1024 * 1024;

function readPem(file: string): string {
  try {
    if (statSync(file).size > PEM_BYTES_MAX) throw new Error('larger than 4 MiB');
    return readFileSync(file, 'latin1');
  } catch (error) {
    throw filesError(`cannot read ${file}: ${(error as Error).message}`);
  }
}

/** Node takes an authority that is no certificate in silence, and then trusts nobody. */
function readAuthorities(file: string): string[] {
  const certificates = certificatesIn(readPem(file));
  if (certificates.length === 0) throw filesError(`${file} holds no certificate in PEM form`);
  return certificates;
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a bundle in one spelling; what does not parse is left out. */
function certificatesIn(pem: string): string[] {
  return (pem.match(PEM_CERTIFICATE) ?? []).flatMap((block) => {
    try {
      return new X509Certificate(block).toString();
    } catch {
      return [];
    }
  });
}

/**
 * Makes the process trust the system's authorities, once, when it is first called: reading them takes
 * about 90 ms, or a second of a small container, and a hub without TLS never needs them.
 */
export function createSystemTrust(
  environment: Readonly<Record<string, string | undefined>>,
): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    setDefaultCACertificates(loadSystemCertificates(environment));
  };
}

const SYSTEM_FILES_MAX = 2000;

/**
 * The authorities a program on this system is expected to trust: Node's own, the system's, and
 * those under `SSL_CERT_FILE` and `SSL_CERT_DIR` (directories between colons), as Go reads them.
 * For `tls.setDefaultCACertificates`. What cannot be read is left out.
 */
export function loadSystemCertificates(
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const named = [environment.SSL_CERT_FILE ?? '', ...filesUnder(environment.SSL_CERT_DIR ?? '')];
  const extra = named.filter((file) => file !== '').flatMap(readSystemFile);
  return [...new Set([...getCACertificates('bundled'), ...getCACertificates('system'), ...extra])];
}

function filesUnder(directories: string): string[] {
  return directories
    .split(':')
    .filter((directory) => directory !== '')
    .flatMap((directory) => namesIn(directory).map((name) => join(directory, name)))
    .slice(0, SYSTEM_FILES_MAX);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function readSystemFile(file: string): string[] {
  try {
    return certificatesIn(readPem(file));
  } catch {
    return [];
  }
}
