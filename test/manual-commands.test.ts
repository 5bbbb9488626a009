import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { freePort } from './support/free-port.ts';
import { codeBlocks } from './support/markdown.ts';

/**
 * Runs what the documentation marks as `sh runnable`: the blocks of a page one after another in one
 * shell, as a reader would, in a temporary directory that has the sources in it.
 */

const top = join(import.meta.dirname, '..');
const INFO = 'sh runnable';
/** In the text; a free one takes its place, for another hub may have it. */
const PORT = /\b2801\b/g;
const TIME_MS_MAX = 300_000;
/** What a reader has who copied the sources and ran `npm install`, and nothing that git hides. */
const HIDDEN = new Set(['.git', '.tocsin', 'dist']);

const pages = globSync(['README.md', '{charts,config,src}/**/*.md'], { cwd: top }).filter(
  (page) => codeBlocks(readFileSync(join(top, page), 'utf8'), INFO).length > 0,
);

test('the manual has commands that run', () => {
  assert.ok(pages.includes('config/manual.md'));
});

for (const page of pages) {
  test(`the commands of ${page} run as they are written`, { timeout: TIME_MS_MAX }, async (t) => {
    const blocks = codeBlocks(readFileSync(join(top, page), 'utf8'), INFO);
    const script = blocks.join('\n').replaceAll(PORT, String(await freePort()));
    const { exitCode, printed } = await runIn(t, sourcesIn(t), script);
    assert.equal(exitCode, 0, printed);
  });
}

/** A directory of links to the sources: what a command writes stays in it. */
function sourcesIn(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-manual-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  for (const name of readdirSync(top).filter((name) => !HIDDEN.has(name))) {
    symlinkSync(join(top, name), join(directory, name));
  }
  return directory;
}

async function runIn(
  t: TestContext,
  cwd: string,
  script: string,
): Promise<{ exitCode: number | null; printed: string }> {
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  // A group of its own, so that a hub which the script leaves behind ends with it.
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd,
    detached: true,
    env: { PATH: path, HOME: process.env['HOME'] },
  });
  t.after(() => endGroup(shell.pid));
  let printed = '';
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  }
  const closed = once(shell, 'close', { signal: t.signal });
  const [exitCode] = (await once(shell, 'exit', { signal: t.signal })) as [number | null];
  // After a mistake its hub still runs, and holds what is printed open.
  endGroup(shell.pid);
  await closed;
  return { exitCode, printed };
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended, as it should.
  }
}
