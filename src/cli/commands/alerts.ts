import { CALL_ROWS_MAX, FATE_STATES } from '../../api/endpoints.ts';
import type { AlertFilter, AlertRecord, Fate } from '../../queue/history.ts';
import { didYouMean } from '../../route/did-you-mean.ts';
import type { Context } from '../context.ts';
import { EXIT, usageError } from '../exit.ts';
import { findHub } from '../hub.ts';
import type { Row } from '../screen.ts';
import { lengthText, parseCount, parseWhen, timeText } from '../time.ts';
import { type Acknowledges, fateWord } from './fate.ts';
import { priorityText } from './priority.ts';
import { recordJson } from './record.ts';

interface Options {
  readonly since?: string;
  readonly until?: string;
  readonly rule?: string;
  readonly host?: string;
  readonly output?: string;
  readonly state?: string;
  readonly limit?: string;
}

const LIMIT_DEFAULT = '50';

/** Lists what the hub has taken in, because the sender never learns an alert's uuid. */
export async function alerts(
  context: Context,
  _args: readonly string[],
  options: Options,
): Promise<number> {
  const filter = filterOf(options, context.nowMs);
  const { control, directory } = await findHub(context);
  const records = await control.alerts(filter);
  const { screen } = context;
  if (context.json) {
    screen.json(records.map(recordJson));
    return EXIT.ok;
  }
  const [first] = records;
  if (first === undefined) {
    screen.note(`This hub (${directory}) has no such alert. Each replica has a queue of its own.`);
    return EXIT.ok;
  }
  const { outputs } = await control.why(first.uuid);
  const acknowledges: Acknowledges = (name) =>
    outputs.find((output) => output.name === name)?.acknowledged;
  screen.table(
    COLUMNS,
    records.map((record) => rowOf(record, acknowledges, context.nowMs)),
  );
  if (records.length === filter.limit) {
    screen.note(`There may be more than these ${filter.limit}: use --limit, --since and --until.`);
  }
  return EXIT.ok;
}

function filterOf(options: Options, nowMs: number): AlertFilter {
  const { since, until, rule, host, output, state, limit = LIMIT_DEFAULT } = options;
  return {
    ...(since === undefined ? {} : { sinceMs: parseWhen(since, '--since', nowMs) }),
    ...(until === undefined ? {} : { untilMs: parseWhen(until, '--until', nowMs) }),
    ...(rule === undefined ? {} : { rule }),
    ...(host === undefined ? {} : { hostname: host }),
    ...(output === undefined ? {} : { output }),
    ...(state === undefined ? {} : { state: parseState(state) }),
    limit: parseCount(limit, '--limit', CALL_ROWS_MAX),
  };
}

function parseState(text: string): Fate['state'] {
  const state = FATE_STATES.find((one) => one === text);
  if (state !== undefined) return state;
  const near = didYouMean(text, FATE_STATES);
  const hint = near === undefined ? `one of ${FATE_STATES.join(', ')}` : `did you mean ${near}?`;
  throw usageError(`--state: "${text}" is no state: ${hint}`);
}

const COLUMNS = [
  { title: 'TIME' },
  { title: 'AGE', align: 'right' },
  { title: 'PRIORITY' },
  { title: 'RULE', widthMin: 16 },
  { title: 'HOST', widthMin: 10 },
] as const;

function rowOf(record: AlertRecord, acknowledges: Acknowledges, nowMs: number): Row {
  const { uuid, receivedAtMs, priority, rule, hostname, fates } = record;
  const told = Object.entries(fates).map(
    ([output, fate]) => `${output}=${fateWord(fate, acknowledges(output))}`,
  );
  return {
    cells: [
      timeText(receivedAtMs),
      lengthText(nowMs - receivedAtMs),
      priorityText(priority),
      rule,
      hostname,
    ],
    below: `${uuid}  ${told.length === 0 ? 'routed to no output' : told.join(' ')}`,
  };
}
