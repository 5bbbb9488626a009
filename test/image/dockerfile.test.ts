import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildImage } from './container.ts';
import { readDockerfile } from './dockerfile.ts';

/** What the Dockerfile says of the image, which is built by who has Docker. */

test('the image has no shell, is nobody that is root, and does nothing after its files are there', () => {
  const { base, user, commands, copies, entrypoint, workingDirectory } = readDockerfile();
  assert.match(base, /\/distroless\/nodejs24-/);
  assert.equal(user, '1234:0');
  assert.deepEqual(commands, []);
  assert.deepEqual([workingDirectory, entrypoint], ['/app', ['./falcosidekick']]);
  assert.deepEqual(
    copies.map(({ from, to }) => `${from} ${to}`),
    ['/src/dist /app', '/src/queue /var/lib/tocsin'],
  );
});

test('the program in it can be run by any user, and needs no shell for it', async (t) => {
  const root = await buildImage(t);
  const program = join(root, 'app/falcosidekick');
  assert.equal(statSync(program).mode & 0o555, 0o555);
  assert.equal(readFileSync(program, 'utf8').split('\n')[0], '#!/nodejs/bin/node');
});
