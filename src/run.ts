import { readFileSync } from 'node:fs';
import { serve } from './hub/serve.ts';

/** Runs the program once. Returns its exit code. */
export async function main(): Promise<number> {
  const version = readVersion();
  const i = process.argv.findIndex((arg) => arg === '-c' || arg === '--config');
  const configFile = i === -1 ? undefined : process.argv[i + 1];
  return serve({
    ...(configFile === undefined ? {} : { configFile }),
    flags: {},
    environment: process.env,
    version,
  });
}

/** The package's own version, from the sources as from the build. */
function readVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const text = readFileSync(new URL(path, import.meta.url), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch {
      // The build lies one folder deeper than the sources.
    }
  }
  return 'unknown';
}
