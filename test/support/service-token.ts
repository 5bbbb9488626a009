import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file as Kubernetes mounts it, with the token `planted-service-token`. */
export function serviceTokenFile(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'tocsin-token-')), 'token');
  writeFileSync(file, 'planted-service-token\n');
  return file;
}
