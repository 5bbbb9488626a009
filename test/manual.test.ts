import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { anchors, linkTargets, tableRows } from './support/markdown.ts';

/** What the manual says is there: the test of each guarantee, and whatever is linked. */

const top = join(import.meta.dirname, '..');
const MANUAL = 'config/manual.md';

const read = (file: string): string => readFileSync(join(top, file), 'utf8');

const guarantees = tableRows(read(MANUAL), 'guarantees');

test('the manual has its guarantees', () => {
  assert.ok(guarantees.length > 20);
});

for (const [what = '', file = '', name = ''] of guarantees) {
  test(`it is proven that ${what}`, () => {
    const [target = ''] = linkTargets(file);
    const text = name.replaceAll('`', '');
    assert.ok(text.length > 0);
    assert.ok(read(join(dirname(MANUAL), target)).includes(text), `${target} has no "${text}"`);
  });
}

const pages = globSync(['*.md', '{charts,config,outputs,src,test}/**/*.md'], { cwd: top }).filter(
  (file) => !file.startsWith('test/data/'),
);

test('every link of every page leads somewhere in the sources, to a heading that is there', () => {
  assert.ok(pages.includes(MANUAL) && pages.includes('README.md'));
  const broken = pages.flatMap((page) =>
    linkTargets(read(page))
      .filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(page, target))
      .map((target) => `${page}: ${target}`),
  );
  assert.deepEqual(broken, []);
});

function leadsSomewhere(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(top, file))) return false;
  return anchor === undefined || anchors(read(file)).has(anchor);
}
