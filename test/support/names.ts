import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lifetime } from './hub-process.ts';
import { whereToMount } from './small-disk.ts';

/** The names a process can resolve, which are a test's own: a mount namespace with other files. */
export interface Names {
  /** A command that becomes the process. */
  readonly wrapper: readonly string[];
  /** Makes these names known as 127.0.0.1, and no others. */
  know(...names: readonly string[]): void;
}

/** Why there can be none here; undefined: there can. */
export function whyNoNames(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  return whereToMount() === 'nowhere' ? 'needs root, or unshare -rm' : undefined;
}

const SETUP = `
mount --bind "$0" /etc/hosts && mount --bind "$1" /etc/resolv.conf && shift && exec "$@"
`;

/** Whom to ask for all other names is `server`: by default a port nobody listens on. */
export function ownNames(lifetime: Lifetime, server = '127.0.0.1'): Names {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-names-'));
  lifetime.after(() => rmSync(directory, { recursive: true, force: true }));
  const hosts = join(directory, 'hosts');
  const servers = join(directory, 'resolv.conf');
  const know = (...names: readonly string[]): void =>
    writeFileSync(hosts, names.map((name) => `127.0.0.1 ${name}\n`).join(''));
  know();
  writeFileSync(servers, `nameserver ${server}\n`);
  const unshare = ['unshare', process.getuid?.() === 0 ? '-m' : '-rm'];
  return { wrapper: [...unshare, 'sh', '-c', SETUP, hosts, servers], know };
}
