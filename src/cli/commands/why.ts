import type { HubStatus, WhyAnswer } from '../../api/contract.ts';
import type { AlertRecord } from '../../queue/history.ts';
import type { Context } from '../context.ts';
import { EXIT, usageError } from '../exit.ts';
import { findHub } from '../hub.ts';
import type { Row, Screen } from '../screen.ts';
import { timeWithAge } from '../time.ts';
import { fateText } from './fate.ts';
import { priorityText } from './priority.ts';
import { recordJson, shownAlert } from './record.ts';

/** Says for every output what became of an alert. */
export async function why(context: Context, [text = '']: readonly string[]): Promise<number> {
  const { screen, nowMs } = context;
  const uuid = text.toLowerCase();
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) {
    throw usageError(`"${text}" is no uuid of an alert: tocsin alerts lists them`);
  }
  const { control, directory } = await findHub(context);
  const [answer, status] = await Promise.all([control.why(uuid), control.status()]);
  if (context.json) {
    screen.json({ ...answer, alerts: answer.alerts.map(recordJson) });
    return answer.alerts.length === 0 ? EXIT.failed : EXIT.ok;
  }
  for (const alert of answer.alerts) {
    printAlert(screen, alert, nowMs);
    screen.line();
    screen.table(COLUMNS, fateRows(alert, answer, status, nowMs));
    screen.line();
  }
  if (answer.alerts.length > 1) {
    screen.note(`${answer.alerts.length} alerts with different content came under this uuid.`);
  }
  if (answer.alerts.length > 0) return EXIT.ok;
  screen.note(`This hub (${directory}) has no alert ${uuid}.${reachText(answer, nowMs)}`);
  screen.note('Each replica has a queue of its own: another may have it.');
  return EXIT.failed;
}

function reachText({ historySinceMs }: WhyAnswer, nowMs: number): string {
  if (historySinceMs === undefined) return '';
  return ` Its history reaches back to ${timeWithAge(historySinceMs, nowMs)}.`;
}

const INDENT = 10;

function printAlert(screen: Screen, record: AlertRecord, nowMs: number): void {
  const { uuid, priority, rule, source, hostname, receivedAtMs, json } = record;
  const shown = shownAlert(json);
  screen.line(priorityText(priority), '  ', { text: rule, style: 'bold' });
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['uuid', uuid],
    ['happened', shown.time],
    ['received', `${timeWithAge(receivedAtMs, nowMs)}, ${senderText(record)}`],
    ['source', source],
    ['host', hostname],
    ['output', shown.output],
  ];
  for (const [name, value] of facts) if (value !== '') screen.paragraph(value, INDENT, name);
}

function senderText({ ingest }: AlertRecord): string {
  const { input, peer, identity } = JSON.parse(ingest) as Record<string, string | undefined>;
  const from = peer === undefined ? '' : ` from ${peer}`;
  return `over ${input}${from}, ${identity === undefined ? 'sender not verified' : identity}`;
}

const COLUMNS = [{ title: 'OUTPUT' }, { title: 'WHAT BECAME OF IT', wraps: true }] as const;

/** Every output there is, and those that are gone but had the alert. */
function fateRows(
  alert: AlertRecord,
  { outputs }: WhyAnswer,
  status: HubStatus,
  nowMs: number,
): Row[] {
  const acknowledged = new Map(outputs.map((output) => [output.name, output.acknowledged]));
  const names = new Set([...Object.keys(alert.fates), ...acknowledged.keys()]);
  return [...names].map((name) => {
    const fate = alert.fates[name];
    if (fate === undefined) return { cells: [name, { text: 'not routed here', style: 'dim' }] };
    const acknowledges = acknowledged.get(name);
    const pausedBecause = pauseOf(status, name);
    return { cells: [name, fateText(fate, { alert, acknowledges, pausedBecause, nowMs })] };
  });
}

function pauseOf({ outputs }: HubStatus, name: string): string | undefined {
  const output = outputs.find(({ lane }) => lane.name === name);
  if (output === undefined || output.state === 'active') return undefined;
  const reasons = [output.reason, output.detail].filter((text) => text !== undefined);
  return [`the output is ${output.state}`, ...reasons].join(': ');
}
