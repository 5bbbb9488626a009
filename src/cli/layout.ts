/** Lays out text that is safe to print already. Widths are columns of a terminal. */

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** May be cut to this many characters where the screen is narrow. */
  readonly widthMin?: number;
  /** Takes what is left of the screen and goes on below. Only for the last column. */
  readonly wraps?: boolean;
}

const BETWEEN = 2;
/** A column that wraps is never narrower, or a narrow screen would show a letter a line. */
const WRAP_WIDTH_MIN = 20;

/**
 * The widths of columns on a screen: what they hold where there is room for it; else the widest
 * that may be cut gives way first.
 */
export function columnWidths(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  screenWidth: number,
): number[] {
  const widths = columns.map(({ title }, at) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[at] ?? ''))),
  );
  const last = columns.length - 1;
  let excess = widths.reduce((sum, width) => sum + width + BETWEEN, -BETWEEN) - screenWidth;
  if (columns[last]?.wraps) {
    const wanted = widths[last]!;
    widths[last] = Math.min(wanted, Math.max(WRAP_WIDTH_MIN, wanted - excess));
    excess -= wanted - widths[last];
  }
  while (excess > 0) {
    const widest = widestThatMayShrink(columns, widths);
    if (widest === undefined) break;
    widths[widest]! -= 1;
    excess -= 1;
  }
  return widths;
}

function widestThatMayShrink(
  columns: readonly Column[],
  widths: readonly number[],
): number | undefined {
  let widest: number | undefined;
  for (const [at, { widthMin }] of columns.entries()) {
    if (widthMin === undefined || widths[at]! <= widthMin) continue;
    if (widest === undefined || widths[at]! > widths[widest]!) widest = at;
  }
  return widest;
}

/** The text in a cell of this width: cut with an ellipsis where it is longer, else padded. */
export function fit(text: string, width: number, align?: 'right'): string {
  const isCut = widthOf(text) > width;
  const shown = isCut ? `${piecesOf(text, width - 1)[0] ?? ''}…` : text;
  const padding = ' '.repeat(Math.max(0, width - widthOf(shown)));
  return align === 'right' ? padding + shown : shown + padding;
}

/** Breaks a text between words; a word longer than the width is broken itself. */
export function wrap(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = piecesOf(word, width);
    line = pieces.pop() ?? '';
    lines.push(...pieces);
  }
  return [...lines, line];
}

/** Cuts a text into pieces that are no wider. */
function piecesOf(text: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let taken = 0;
  for (const character of text) {
    const own = widthOf(character);
    if (taken + own > width) {
      pieces.push(piece);
      piece = '';
      taken = 0;
    }
    piece += character;
    taken += own;
  }
  return [...pieces, piece];
}

const ASCII = /^[ -~]*$/;
/** Chinese, Japanese, Korean and emoji stand on two columns (Unicode Annex 11, in essence). */
const WIDE = new RegExp(
  [
    ...['Han', 'Hangul', 'Hiragana', 'Katakana'].map((script) => `\\p{Script=${script}}`),
    '\\p{Emoji_Presentation}',
    '[\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]',
  ].join('|'),
  'u',
);
/** Accents of their own and invisible marks stand on none. */
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** How many columns of a terminal a text takes. */
function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (WIDE.test(character)) width += 2;
    else if (!NO_WIDTH.test(character)) width += 1;
  }
  return width;
}
