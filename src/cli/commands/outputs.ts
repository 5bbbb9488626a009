import type { OutputStatus } from '../../api/contract.ts';
import type { Context } from '../context.ts';
import { CALL_ROWS_MAX } from '../../api/endpoints.ts';
import { EXIT } from '../exit.ts';
import { findHub } from '../hub.ts';
import type { Row } from '../screen.ts';
import { stateText } from './queue.ts';

/** With retry rows bounded at 10,000 a lane, more calls bring nothing. */
const RESEND_CALLS_MAX = 10;

/** Lists the outputs of the running hub, and whether each delivers. */
export async function outputsList(context: Context): Promise<number> {
  const { screen } = context;
  const { control } = await findHub(context);
  const { outputs } = await control.status();
  if (context.json) {
    screen.json(
      outputs.map(({ lane, state, reason, detail }) => ({
        name: lane.name,
        type: lane.type,
        state,
        reason,
        detail,
      })),
    );
  } else if (outputs.length === 0) screen.note('No output is configured.');
  else screen.table(COLUMNS, outputs.map(rowOf));
  return EXIT.ok;
}

const COLUMNS = [
  { title: 'OUTPUT', widthMin: 12 },
  { title: 'TYPE' },
  { title: 'STATE' },
  { title: 'WHY', wraps: true },
] as const;

function rowOf({ lane, state, reason, detail }: OutputStatus): Row {
  const orphan = state === 'orphan' ? [`no longer configured; see: tocsin outputs drop`] : [];
  const why = [...orphan, reason, detail].filter((text) => text !== undefined);
  return { cells: [lane.name, lane.type, stateText(state), why.join(': ')] };
}

/** Sends a test alert and says what the destination answered. */
export async function outputsTest(
  context: Context,
  [name = '']: readonly string[],
): Promise<number> {
  const { screen } = context;
  const { control } = await findHub(context);
  const result = await control.outputTest(name);
  const isDelivered = result.outcome === 'delivered';
  if (context.json) screen.json(result);
  else {
    const tookText = `${Math.round(result.durationMs)} ms`;
    const reasons = [result.reason, result.detail].filter((text) => text !== undefined);
    const text = isDelivered
      ? `${name}: the test alert is delivered (${tookText})`
      : `${name}: the test alert is not delivered: ${reasons.join(': ')} (${tookText})`;
    screen.paragraph({ text, style: isDelivered ? 'green' : 'red' });
  }
  return isDelivered ? EXIT.ok : EXIT.failed;
}

/** Gives up what waits for an output that is no longer configured. */
export async function outputsDrop(
  context: Context,
  [name = '']: readonly string[],
): Promise<number> {
  const { screen } = context;
  const { control } = await findHub(context);
  const dropped = await control.outputDrop(name);
  if (context.json) screen.json({ dropped });
  else if (dropped) screen.line(`${name}: what waited there is given up`);
  else screen.note(`${name} is no orphan of this hub: only what is no longer configured can go.`);
  return dropped ? EXIT.ok : EXIT.failed;
}

/** Sends alerts that were summarised as too old; as many calls as it takes. */
export async function outputsResend(
  context: Context,
  [name = '']: readonly string[],
): Promise<number> {
  const { screen } = context;
  const { control } = await findHub(context);
  let resent = 0;
  for (let call = 0; call < RESEND_CALLS_MAX; call += 1) {
    const count = await control.outputResend(name);
    resent += count;
    if (count < CALL_ROWS_MAX) break;
  }
  if (context.json) screen.json({ resent });
  else screen.line(`${name}: ${resent === 1 ? '1 alert is' : `${resent} alerts are`} sent again`);
  return EXIT.ok;
}
