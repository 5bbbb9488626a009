import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** Whether the program is there. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** Paths of PEM files, and what stands in them. */
export interface OpensslPair {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * Certificates as the usual instructions for Falco's gRPC server have them made: `openssl req` and
 * `openssl x509` without a file of extensions, so that they have a CN and no other name.
 */
export function opensslCertificates(t: TestContext): {
  readonly caFile: string;
  readonly server: OpensslPair;
  readonly client: OpensslPair;
} {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-openssl-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const openssl = (line: string): void => {
    execFileSync('openssl', line.split(' '), { cwd: directory, stdio: 'ignore' });
  };
  openssl('genrsa -out ca.key 2048');
  openssl('req -new -x509 -days 365 -key ca.key -out ca.crt -subj /O=Test/CN=Root');
  const issue = (name: string, serial: string): OpensslPair => {
    openssl(`genrsa -out ${name}.key 2048`);
    openssl(`req -new -key ${name}.key -out ${name}.csr -subj /O=Test/OU=${name}/CN=localhost`);
    const signed = `-days 365 -in ${name}.csr -CA ca.crt -CAkey ca.key -set_serial ${serial}`;
    openssl(`x509 -req ${signed} -out ${name}.crt`);
    const [certFile, keyFile] = [join(directory, `${name}.crt`), join(directory, `${name}.key`)];
    return {
      certFile,
      keyFile,
      cert: readFileSync(certFile, 'utf8'),
      key: readFileSync(keyFile, 'utf8'),
    };
  };
  return {
    caFile: join(directory, 'ca.crt'),
    server: issue('server', '01'),
    client: issue('client', '02'),
  };
}
