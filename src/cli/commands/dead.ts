import type { Control, DeadRequest } from '../../api/contract.ts';
import { CALL_ROWS_MAX } from '../../api/endpoints.ts';
import { parseLossless } from '../../json.ts';
import type { DeadLetter } from '../../queue/history.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT, usageError } from '../exit.ts';
import { findHub } from '../hub.ts';
import type { Row } from '../screen.ts';
import { lengthText, parseCount, timeWithAge } from '../time.ts';
import { deadLetterJson, shownAlert } from './record.ts';

const LIMIT_DEFAULT = '50';

/** Lists what was given up, newest first. */
export async function deadList(
  context: Context,
  _args: readonly string[],
  { limit = LIMIT_DEFAULT }: { readonly limit?: string },
): Promise<number> {
  const { screen, nowMs } = context;
  const count = parseCount(limit, '--limit', CALL_ROWS_MAX);
  const { control, directory } = await findHub(context);
  const letters = await control.deadList(count);
  if (context.json) screen.json(letters.map(deadLetterJson));
  else if (letters.length === 0) screen.note(`This hub (${directory}) has no dead letters.`);
  else
    screen.table(
      COLUMNS,
      letters.map((letter) => rowOf(letter, nowMs)),
    );
  if (letters.length === count) screen.note(`There may be more than these ${count}: use --limit.`);
  return EXIT.ok;
}

const COLUMNS = [
  { title: 'ID', align: 'right' },
  { title: 'AGE', align: 'right' },
  { title: 'OUTPUT', widthMin: 10 },
  { title: 'REASON' },
  { title: 'PRIORITY' },
  { title: 'RULE', widthMin: 16 },
] as const;

function rowOf({ id, atMs, output, reason, uuid, detail, json }: DeadLetter, nowMs: number): Row {
  const { priority, rule } = shownAlert(json);
  const age = lengthText(nowMs - atMs);
  return {
    cells: [String(id), age, output, reason, priority, rule],
    below: detail === '' ? uuid : `${uuid}  ${detail}`,
  };
}

const INDENT = 10;

/** Shows one dead letter and its alert. */
export async function deadShow(context: Context, [text = '']: readonly string[]): Promise<number> {
  const { screen, nowMs } = context;
  const { control, directory } = await findHub(context);
  const letter = await control.deadShow(parseId(text));
  if (letter === undefined)
    throw new CliError(`This hub (${directory}) has no dead letter ${text}.`);
  if (context.json) {
    screen.json(deadLetterJson(letter));
    return EXIT.ok;
  }
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['output', letter.output],
    ['reason', letter.reason],
    ['detail', letter.detail],
    ['attempts', String(letter.attempts)],
    ['since', timeWithAge(letter.atMs, nowMs)],
    ['received', timeWithAge(letter.receivedAtMs, nowMs)],
  ];
  for (const [name, value] of facts) if (value !== '') screen.paragraph(value, INDENT, name);
  const alert = JSON.stringify(parseLossless(letter.json), null, 2);
  for (const line of alert.split('\n')) screen.line(line);
  return EXIT.ok;
}

interface Selection {
  readonly output?: string;
  readonly all?: boolean;
  readonly to?: string;
}

/** Sends dead letters again, to the same output or another. */
export function deadReplay(
  context: Context,
  args: readonly string[],
  { to, ...selection }: Selection,
): Promise<number> {
  const handOver = to === undefined ? {} : { to };
  return moveLetters(context, args, selection, 'replayed', (control, request) =>
    control.deadReplay({ ...request, ...handOver }),
  );
}

/** Throws dead letters away. */
export function deadDrop(
  context: Context,
  args: readonly string[],
  selection: Selection,
): Promise<number> {
  return moveLetters(context, args, selection, 'dropped', (control, request) =>
    control.deadDrop(request),
  );
}

async function moveLetters(
  context: Context,
  args: readonly string[],
  selection: Selection,
  done: 'replayed' | 'dropped',
  move: (control: Control, request: DeadRequest) => Promise<number>,
): Promise<number> {
  const { screen } = context;
  const ids = [...new Set(args.map(parseId))];
  checkSelection(ids, selection);
  const { control } = await findHub(context);
  const requests =
    ids.length > 0 ? idRequests(ids) : await repeatedRequests(control, selection.output);
  let count = 0;
  for (const request of requests) {
    const moved = await move(control, request);
    count += moved;
    if (ids.length === 0 && moved < CALL_ROWS_MAX) break;
  }
  if (context.json) screen.json({ [done]: count });
  else screen.line(`${count === 1 ? '1 dead letter' : `${count} dead letters`} ${done}`);
  if (count >= ids.length) return EXIT.ok;
  screen.note(`${ids.length - count} of these are no dead letters of this hub.`);
  return EXIT.failed;
}

/** All of them goes only by saying so. */
function checkSelection(ids: readonly number[], { output, all }: Selection): void {
  const given = [ids.length > 0, output !== undefined, all === true].filter(Boolean).length;
  if (given !== 1) throw usageError('say which: numbers of dead letters, --output NAME, or --all');
}

function parseId(text: string): number {
  const id = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (id > 0) return id;
  throw usageError(`"${text}" is no number of a dead letter: tocsin dead list shows them`);
}

function idRequests(ids: readonly number[]): DeadRequest[] {
  const requests: DeadRequest[] = [];
  for (let at = 0; at < ids.length; at += CALL_ROWS_MAX) {
    requests.push({ ids: ids.slice(at, at + CALL_ROWS_MAX) });
  }
  return requests;
}

/** As many calls as there are letters now: one that dies again at once is not taken up twice. */
async function repeatedRequests(
  control: Control,
  output: string | undefined,
): Promise<DeadRequest[]> {
  const { outputs } = await control.status();
  const deadCount = outputs
    .filter(({ lane }) => output === undefined || lane.name === output)
    .reduce((sum, { dead }) => sum + dead, 0);
  const calls = Math.max(1, Math.ceil(deadCount / CALL_ROWS_MAX));
  return Array.from({ length: calls }, () => (output === undefined ? {} : { output }));
}
