import { readFile } from 'node:fs/promises';

/** The picture of the data flow: boxes on a grid, and arrows between neighbours, as SVG. */

interface Box {
  readonly x: number;
  readonly y: number;
  readonly name: string;
  readonly text: string;
}

interface Arrow {
  readonly from: Box;
  readonly to: Box;
  readonly text: string;
}

/** In pixels of the picture. */
const WIDTH = 150;
const HEIGHT = 76;
const GAP_X = 104;
const GAP_Y = 88;
const MARGIN = 16;
const LINE = 16;
/** Arrows there and back lie so far beside the middle. */
const ASIDE = 14;
const LETTERS_MAX = 22;

const BOX = /^box (\d+) (\d+) ([^:]+): (.+)$/;
const ARROW = /^(.+?) > ([^:]+?)(?:: (.+))?$/;

/** Path from the top, and text. */
export async function dataFlowFile(): Promise<readonly [path: string, text: string]> {
  const source = await readFile(new URL('../data-flow.txt', import.meta.url), 'utf8');
  return ['config/data-flow.svg', dataFlowSvg(source)];
}

/**
 * @param source Lines as in data-flow.txt.
 * @throws Error that names a line which is none of a picture.
 */
function dataFlowSvg(source: string): string {
  const lines = source.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const boxes = new Map<string, Box>();
  const arrows: Arrow[] = [];
  for (const line of lines) {
    const box = BOX.exec(line);
    if (box === null) arrows.push(arrowOf(line, boxes));
    else boxes.set(box[3] ?? '', boxOf(box));
  }
  return svg([...boxes.values()], arrows);
}

function boxOf([, column, row, name = '', text = '']: RegExpExecArray): Box {
  const x = MARGIN + Number(column) * (WIDTH + GAP_X);
  return { x, y: MARGIN + Number(row) * (HEIGHT + GAP_Y), name, text };
}

function arrowOf(line: string, boxes: ReadonlyMap<string, Box>): Arrow {
  const [, begin = '', end = '', text = ''] = ARROW.exec(line) ?? [];
  const [from, to] = [boxes.get(begin), boxes.get(end)];
  if (from === undefined || to === undefined) {
    throw new Error(
      `"${line}": write "box COLUMN ROW NAME: TEXT", or "NAME > NAME: TEXT" of boxes`,
    );
  }
  if (from.x !== to.x && from.y !== to.y) {
    throw new Error(`"${line}": an arrow goes along a row or a column`);
  }
  return { from, to, text };
}

function svg(boxes: readonly Box[], arrows: readonly Arrow[]): string {
  const width = Math.max(...boxes.map(({ x }) => x)) + WIDTH + MARGIN;
  const height = Math.max(...boxes.map(({ y }) => y)) + HEIGHT + MARGIN;
  const hasReturn = ({ from, to }: Arrow): boolean =>
    arrows.some((other) => other.from === to && other.to === from);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img">`,
    '<title>The way of an alert through Tocsin</title>',
    '<!-- Written by `npm run generate` from data-flow.txt: edit that. -->',
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#57606a"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...boxes.map(drawnBox),
    ...arrows.map((arrow) => drawnArrow(arrow, hasReturn(arrow) ? ASIDE : 0)),
    '</svg>',
  ].join('\n')}\n`;
}

function drawnBox({ x, y, name, text }: Box): string {
  const middle = x + WIDTH / 2;
  const body = wrapped(text, LETTERS_MAX).map((line, index) =>
    label(middle, y + 24 + (index + 1) * LINE, line),
  );
  const head = `<text x="${middle}" y="${y + 22}" text-anchor="middle" font-weight="bold" fill="#1f2328">${escaped(name)}</text>`;
  const frame = `<rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="6" fill="#f6f8fa" stroke="#57606a"/>`;
  return [frame, head, ...body].join('\n');
}

function drawnArrow(arrow: Arrow, aside: number): string {
  return arrow.from.y === arrow.to.y ? alongRow(arrow, aside) : alongColumn(arrow, aside);
}

/** There above, back below; the text on the arrow's own side. */
function alongRow({ from, to, text }: Arrow, aside: number): string {
  const isRight = to.x > from.x;
  const y = from.y + HEIGHT / 2 + (isRight ? -aside : aside);
  const [begin, end] = isRight ? [from.x + WIDTH, to.x] : [from.x, to.x + WIDTH];
  const texts = wrapped(text, 14);
  const first = isRight ? y - 6 - (texts.length - 1) * LINE : y + LINE;
  const middle = (begin + end) / 2;
  const labels = texts.map((part, index) => label(middle, first + index * LINE, part));
  return [shaft([begin, y], [end, y]), ...labels].join('\n');
}

/** Down on the right, up on the left. */
function alongColumn({ from, to, text }: Arrow, aside: number): string {
  const isDown = to.y > from.y;
  const x = from.x + WIDTH / 2 + (isDown ? aside : -aside);
  const [begin, end] = isDown ? [from.y + HEIGHT, to.y] : [from.y, to.y + HEIGHT];
  const anchor = isDown ? 'start' : 'end';
  const texts = wrapped(text, 14);
  const first = (begin + end) / 2 + 4 - ((texts.length - 1) * LINE) / 2;
  const labels = texts.map((part, index) =>
    label(x + (isDown ? 8 : -8), first + index * LINE, part, anchor),
  );
  return [shaft([x, begin], [x, end]), ...labels].join('\n');
}

function shaft(begin: readonly [number, number], end: readonly [number, number]): string {
  const ends = `x1="${begin[0]}" y1="${begin[1]}" x2="${end[0]}" y2="${end[1]}"`;
  return `<line ${ends} stroke="#57606a" stroke-width="1.5" marker-end="url(#tip)"/>`;
}

function label(x: number, y: number, text: string, anchor = 'middle'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="#57606a">${escaped(text)}</text>`;
}

/** Lines of at most so many letters, longer words whole. */
function wrapped(text: string, lettersMax: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const joined = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && joined.length <= lettersMax) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
