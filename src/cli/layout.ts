/** Lays out text that is safe to print already. Widths count characters. */

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
 * The widths of columns on a screen: what they hold where there is room for it; else the widest that
 * may be cut gives way first.
 */
export function columnWidths(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  screenWidth: number,
): number[] {
  const widths = columns.map(({ title }, at) =>
    Math.max(lengthOf(title), ...rows.map((row) => lengthOf(row[at] ?? ''))),
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
  const characters = Array.from(text);
  if (characters.length > width) return `${characters.slice(0, width - 1).join('')}…`;
  const padding = ' '.repeat(width - characters.length);
  return align === 'right' ? padding + text : text + padding;
}

/** Breaks a text between words; a word longer than the width is broken itself. */
export function wrap(text: string, width: number): string[] {
  if (lengthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (lengthOf(longer) <= width) {
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

function piecesOf(word: string, width: number): string[] {
  const characters = Array.from(word);
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += width) {
    pieces.push(characters.slice(at, at + width).join(''));
  }
  return pieces;
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}
