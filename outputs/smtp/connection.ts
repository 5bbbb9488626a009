import type { Connection, Delivery, SendResult, SingleResult } from '../../src/output/define.ts';
import { isDestinationFault, resultOfError } from '../../src/output/http-result.ts';
import type { Network } from '../../src/output/network.ts';
import { createSmtpClient, type Posted } from '../../src/output/smtp/client.ts';
import { type Group, type Owed, owedOf } from '../../src/output/smtp/owed.ts';
import { unsure } from '../../src/output/verdicts.ts';
import { letterOf, mailbox } from './payload.ts';
import { type SmtpSettings, serverOf } from './settings.ts';

/** Connections to the mail server; opens the first with the first mail. */
export function openConnection(settings: SmtpSettings, network: Network): Connection {
  const server = serverOf(settings);
  const client = createSmtpClient(server, network);
  const owed = owedOf(settings);
  const everybody = settings.to.map((text) => mailbox(text).address);

  async function sendGroup(group: Group, signal: AbortSignal): Promise<SingleResult> {
    const posted = await client.post(letterOf(settings, group, owed.notes()), signal);
    return resultOf(posted, group, owed, `${server.host}:${server.port}`);
  }

  return {
    async send(deliveries, { signal }) {
      const groups = owed.groups(deliveries, everybody);
      const [only] = groups;
      return groups.length === 1 && only !== undefined
        ? sendGroup(only, signal)
        : sendGroups(groups, deliveries, (group) => sendGroup(group, signal));
    },
    async close() {
      client.close();
    },
  };
}

/** One mail for each group. What fails for the destination's sake is not tried with the next. */
async function sendGroups(
  groups: readonly Group[],
  deliveries: readonly Delivery[],
  send: (group: Group) => Promise<SingleResult>,
): Promise<SendResult> {
  const results = new Map<Delivery, SingleResult>();
  let result: SingleResult = { outcome: 'delivered' };
  for (const group of groups) {
    if (!isDestinationFault(result)) result = await send(group).catch(resultOfError);
    const each = group.deliveries.length === 1 ? result : unsure(result);
    for (const delivery of group.deliveries) results.set(delivery, each);
  }
  return { outcome: 'partial', results: deliveries.map((one) => results.get(one) ?? result) };
}

/**
 * Once somebody has the mail, whom the server refuses for good must not keep it from the others: the
 * alert is delivered, and the next mails name him. Whom it puts off gets it later, alone.
 */
function resultOf(posted: Posted, group: Group, owed: Owed, where: string): SingleResult {
  const { refusals, failure } = posted;
  const isRefusedRest = group.isRest && refusals.some(({ isForGood }) => isForGood);
  if (failure !== undefined && !isRefusedRest) return failure;
  const [first] = owed.settle(group, posted);
  if (first === undefined) return { outcome: 'delivered' };
  const detail = `${where}: not yet taken for ${first.recipient}: ${first.reply}`;
  return { outcome: 'retry', reason: 'server', detail };
}
