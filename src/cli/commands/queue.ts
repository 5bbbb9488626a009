import type { HubStatus, OutputStatus, QueueCheck } from '../../api/contract.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit.ts';
import { findHub } from '../hub.ts';
import type { Row, Screen, Style } from '../screen.ts';
import { lengthText, timeWithAge } from '../time.ts';

/** Shows how the hub and its queue are. */
export async function queueStatus(context: Context): Promise<number> {
  const { screen, nowMs } = context;
  const { control } = await findHub(context);
  const status = await control.status();
  const exitCode = isWell(status) ? EXIT.ok : EXIT.failed;
  if (context.json) {
    screen.json(status);
    return exitCode;
  }
  printHub(screen, status, nowMs);
  screen.line();
  if (status.outputs.length === 0) screen.line('No output is configured.');
  else
    screen.table(
      COLUMNS,
      status.outputs.map((output) => statusRow(output, nowMs)),
    );
  return exitCode;
}

/** A paused output is its destination's trouble; these are the hub's own. */
function isWell({ ready, queue, outputs }: HubStatus): boolean {
  return ready && queue.fault === undefined && outputs.every(({ mismatch }) => mismatch === 0);
}

const INDENT = 11;

function printHub(screen: Screen, status: HubStatus, nowMs: number): void {
  const { version, pid, startedAtMs, ready, addresses, queue } = status;
  const say = (name: string, text: string, style?: Style): void =>
    screen.paragraph({ text, style }, INDENT, name);
  say('this hub', `Tocsin ${version}, process ${pid}`);
  say('started', timeWithAge(startedAtMs, nowMs));
  if (ready) say('ready', 'yes', 'green');
  else say('ready', 'no', 'red');
  for (const [name, address] of Object.entries(addresses)) say(name, address);
  say('directory', `${queue.directory} (${durabilityText(queue.durability)})`);
  const percent = Math.round((queue.usedBytes / queue.bytesMax) * 100);
  say('used', `${bytesText(queue.usedBytes)} of ${bytesText(queue.bytesMax)} (${percent} %)`);
  if (queue.fault !== undefined) say('fault', `nothing can be written: ${queue.fault}`, 'red');
}

const DURABILITY: Readonly<Record<string, string>> = {
  volume: 'on a volume: outlives the container',
  node: 'on the node: outlives the container, not the node',
  container: 'dies with the container',
  memory: 'dies with the process',
};

function durabilityText(durability: string): string {
  return DURABILITY[durability] ?? `durability ${durability}`;
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

function bytesText(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(1, bytes)) / 10), BYTE_UNITS.length - 1);
  const value = bytes / 1024 ** power;
  const digits = value >= 10 || power === 0 ? 0 : 1;
  return `${value.toFixed(digits)} ${BYTE_UNITS[power]}`;
}

const COLUMNS = [
  { title: 'OUTPUT', widthMin: 12 },
  { title: 'STATE' },
  { title: 'WAITING', align: 'right' },
  { title: 'OLDEST', align: 'right' },
  { title: 'RETRY', align: 'right' },
  { title: 'DEAD', align: 'right' },
  { title: 'DELIVERED', align: 'right' },
  { title: 'SUPPRESSED', align: 'right' },
] as const;

const STATE_STYLES: Readonly<Record<OutputStatus['state'], Style>> = {
  active: 'green',
  paused: 'yellow',
  stuck: 'red',
  orphan: 'yellow',
  dropped: 'dim',
};

/** `paused`, in a colour that fits. */
export function stateText(state: OutputStatus['state']): { text: string; style: Style } {
  return { text: state, style: STATE_STYLES[state] };
}

function statusRow(output: OutputStatus, nowMs: number): Row {
  const { lane, state, waiting, oldestWaitingMs, retry, held, dead, mismatch } = output;
  const notes = [
    ...[output.reason, output.detail].filter((text) => text !== undefined),
    ...(mismatch === 0 ? [] : [`${mismatch} alerts do not add up: run tocsin queue check`]),
  ];
  return {
    cells: [
      lane.name,
      stateText(state),
      String(waiting),
      oldestWaitingMs === undefined ? '' : lengthText(nowMs - oldestWaitingMs),
      String(retry + held),
      { text: String(dead), style: dead > 0 ? 'red' : undefined },
      String(output.delivered),
      String(output.suppressed),
    ],
    ...(notes.length === 0 ? {} : { below: notes.join(': ') }),
  };
}

/** Has the hub read and count its whole queue. */
export async function queueCheck(context: Context): Promise<number> {
  const { control } = await findHub(context);
  const result = await control.queueCheck();
  if (context.json) context.screen.json(result);
  else printCheck(context.screen, result);
  return result.ok ? EXIT.ok : EXIT.failed;
}

function printCheck(screen: Screen, { ok, structure, alerts, damagedCount, ledger }: QueueCheck) {
  const bad: Style = 'red';
  for (const text of structure) screen.paragraph({ text: `file: ${text}`, style: bad }, 2);
  if (damagedCount > 0)
    screen.line({ text: `${damagedCount} of the stored alerts are damaged`, style: bad });
  for (const { lane, mismatch } of ledger.filter(({ mismatch }) => mismatch !== 0)) {
    const text = `${lane.name}: ${mismatch} alerts routed here are neither settled nor waiting`;
    screen.paragraph({ text, style: bad }, 2);
  }
  screen.line(
    `${alerts} alerts stored, ${ledger.length} outputs counted: `,
    ok ? { text: 'all is well', style: 'green' } : { text: 'not well', style: bad },
  );
}
