#!/usr/bin/env -S node --disable-sigusr1 --max-semi-space-size=8
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

/** The program: the command line, and through it the hub. Everything else is loaded from here. */

// Before anything else is loaded: later starts skip compiling, and stripping of types, for what has
// not changed. The queue's threads find the cache by the variable; without it each would load the
// stripper, 20 MB of memory.
const { directory } = enableCompileCache();
if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= directory;

// Names are resolved on libuv's threads, four by default, of which half may: with as many names whose
// server is silent nobody else's would be resolved. It counts only before the first of them starts.
process.env.UV_THREADPOOL_SIZE ??= '64';

// Threads that help to collect what lives for milliseconds cost more than they take off this one.
setFlagsFromString('--no-parallel-scavenge');
// In a small container memory is dearer than time. Where nothing limits it, Node says 0 or a huge
// number, as the platform has it.
const SMALL_BYTES = 256 * 1024 * 1024;
const limitBytes = process.constrainedMemory();
if (limitBytes > 0 && limitBytes <= SMALL_BYTES) setFlagsFromString('--optimize-for-size');

const { runCli } = await import('./cli/cli.ts');
const version = readVersion();
process.exitCode = await runCli(process.argv.slice(2), {
  serve: async (options) => {
    const { serve } = await import('./hub/serve.ts');
    return serve({ ...options, environment: process.env, version });
  },
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  version,
});
// What the outputs of a stopped hub left open must not keep the process; what was printed must.
process.stdout.write('', () => process.stderr.write('', () => process.exit()));

/** The package's own version; in the build its manifest lies beside this file. */
function readVersion(): string {
  for (const path of ['./package.json', '../package.json']) {
    try {
      const text = readFileSync(new URL(path, import.meta.url), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch {
      // Tried the other place next.
    }
  }
  return 'unknown';
}
