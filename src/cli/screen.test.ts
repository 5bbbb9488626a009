import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { suite, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { createScreen } from './screen.ts';

function open(options: { columns?: number; env?: Record<string, string> } = {}) {
  const { columns, env = {} } = options;
  let text = '';
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const terminal = Object.assign(sink, columns === undefined ? {} : { isTTY: true, columns });
  return { screen: createScreen({ stdout: terminal, stderr: terminal, env }), text: () => text };
}

/** Clears the screen, recolours, ends the line, turns the text around, ends the title. */
const HOSTILE = 'a\u001b[2Jb\u001b[31mc\nd\re\u202ef\u009b31mg\u0007\u2028h';
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const ACTING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/;

suite('whatever is printed', () => {
  test('cannot act on a terminal or begin a line, in any form', () => {
    const { screen, text } = open({ columns: 80, env: { NO_COLOR: '1' } });
    screen.line('x ', HOSTILE, { text: HOSTILE, style: 'red' });
    screen.paragraph(HOSTILE, 4, 'p');
    screen.table(
      [{ title: 'A' }, { title: 'B', wraps: true }],
      [{ cells: [HOSTILE, { text: HOSTILE, style: 'red' }], below: HOSTILE }],
    );
    screen.note(HOSTILE);
    assert.doesNotMatch(text(), ACTING);
    assert.equal(
      text()
        .split('\n')
        .filter((line) => line.startsWith('d')).length,
      0,
    );
    assert.match(text(), /a\\x1b\[2Jb/);
  });

  test('is escaped in JSON, too, and is the same value when read back', () => {
    const { screen, text } = open();
    screen.json({ [HOSTILE]: HOSTILE });
    assert.doesNotMatch(text(), ACTING);
    assert.deepEqual(JSON.parse(text()), { [HOSTILE]: HOSTILE });
  });
});

suite('colours', () => {
  const red = { text: 'x', style: 'red' } as const;

  test('are for terminals', () => {
    const { screen, text } = open({ columns: 80 });
    screen.line(red);
    assert.equal(text(), '\u001b[31mx\u001b[39m\n');
  });

  test('are neither for pipes nor where they are not wanted', () => {
    for (const options of [
      {},
      { columns: 80, env: { NO_COLOR: '1' } },
      { columns: 80, env: { TERM: 'dumb' } },
    ]) {
      const { screen, text } = open(options);
      screen.line(red);
      assert.equal(text(), 'x\n');
    }
  });

  test('do not change how a table is laid out', () => {
    const plain = open({ columns: 40, env: { NO_COLOR: '1' } });
    const coloured = open({ columns: 40 });
    for (const { screen } of [plain, coloured]) {
      screen.table(
        [{ title: 'STATE' }, { title: 'WHY', wraps: true }],
        [{ cells: [red, { text: 'word '.repeat(20).trim(), style: 'green' }] }],
      );
    }
    assert.notEqual(coloured.text(), plain.text());
    assert.equal(stripVTControlCharacters(coloured.text()), plain.text());
  });
});

suite('a table', () => {
  const columns = [
    { title: 'A' },
    { title: 'N', align: 'right' },
    { title: 'WHY', wraps: true },
  ] as const;

  test('keeps within the terminal, and goes on below its last column', () => {
    const { screen, text } = open({ columns: 40 });
    screen.table(columns, [{ cells: ['soc', '7', 'word '.repeat(12).trim()], below: 'under' }]);
    const lines = stripVTControlCharacters(text()).split('\n');
    assert.ok(lines.every((line) => line.length <= 40));
    assert.deepEqual(lines.slice(0, 3), [
      'A    N  WHY',
      'soc  7  word word word word word word',
      '        word word word word word word',
    ]);
    assert.equal(lines.at(-2), '  under');
  });

  test('is not cut in a pipe', () => {
    const { screen, text } = open();
    const long = 'x'.repeat(500);
    screen.table([{ title: 'A', widthMin: 4 }, { title: 'B' }], [{ cells: [long, 'b'] }]);
    assert.ok(text().includes(`${long}  b\n`));
  });

  test('has no blanks at the end of a line', () => {
    const { screen, text } = open();
    screen.table(columns, [{ cells: ['a', '1', ''] }, { cells: ['b', '2'] }]);
    assert.doesNotMatch(text(), / \n/);
  });
});
