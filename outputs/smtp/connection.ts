import { createTransport, type NodemailerError, type SMTPPoolSentMessageInfo } from 'nodemailer';
import type { Connection, Delivery, SendResult, SingleResult } from '../../src/output/define.ts';
import { isDestinationFault } from '../../src/output/http-result.ts';
import type { Network } from '../../src/output/network.ts';
import { CLOSED, TOO_LATE } from '../../src/output/verdicts.ts';
import { type Group, type Owed, owedOf } from './owed.ts';
import { mailbox, wholeMail } from './payload.ts';
import { poolOptions } from './pool.ts';
import { replyText, resultOfSmtpError } from './result.ts';
import { type SmtpSettings, targetOf } from './settings.ts';

/** A pool of connections to the mail server; opens the first with the first mail. */
export function openConnection(settings: SmtpSettings, network: Network): Connection {
  const closing = new AbortController();
  const target = targetOf(settings);
  const transport = createTransport(poolOptions(settings, target, network, closing.signal));
  const sender: Sender = {
    where: `${target.host}:${target.port}`,
    owed: owedOf(settings),
    closing: closing.signal,
    post: (group, notes, signal) =>
      transport.sendMail({ ...wholeMail(settings, group, notes), signal }),
  };
  const everybody = settings.to.map((text) => mailbox(text).address);

  return {
    async send(deliveries, { signal }) {
      if (closing.signal.aborted) return CLOSED;
      if (signal.aborted) return TOO_LATE;
      const groups = sender.owed.groups(deliveries, everybody);
      const [only] = groups;
      return groups.length === 1 && only !== undefined
        ? sendGroup(sender, only, signal)
        : sendGroups(sender, groups, deliveries, signal);
    },
    async close() {
      closing.abort();
      transport.close({ force: true });
    },
  };
}

type Post = (
  group: Group,
  notes: readonly string[],
  signal: AbortSignal,
) => Promise<SMTPPoolSentMessageInfo>;

interface Sender {
  readonly where: string;
  readonly owed: Owed;
  readonly closing: AbortSignal;
  readonly post: Post;
}

/** One mail for each group. What fails for the destination's sake is not tried with the next. */
async function sendGroups(
  sender: Sender,
  groups: readonly Group[],
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<SendResult> {
  const results = new Map<Delivery, SingleResult>();
  let result: SingleResult = { outcome: 'delivered' };
  for (const group of groups) {
    if (!isDestinationFault(result)) result = await sendGroup(sender, group, signal);
    const single = group.deliveries.length === 1;
    for (const one of group.deliveries) results.set(one, single ? result : withoutBlame(result));
  }
  return { outcome: 'partial', results: deliveries.map((one) => results.get(one) ?? result) };
}

/** Which of several alerts a mail was refused for is not known: the engine will try them otherwise. */
function withoutBlame(result: SingleResult): SingleResult {
  return result.outcome === 'reject' ? { ...result, outcome: 'retry' } : result;
}

async function sendGroup(sender: Sender, group: Group, signal: AbortSignal): Promise<SingleResult> {
  try {
    const { accepted, rejectedErrors = [] } = await sender.post(group, sender.owed.notes(), signal);
    for (const recipient of accepted) sender.owed.took(recipient);
    return settle(sender, group, rejectedErrors);
  } catch (error) {
    if (sender.closing.aborted) return CLOSED;
    const { rejectedErrors = [] } = error as NodemailerError;
    const others = group.isRest && rejectedErrors.some(isPermanent);
    return others ? settle(sender, group, rejectedErrors) : resultOfSmtpError(error, sender.where);
  }
}

/**
 * Somebody has the mail. Whom the server refuses for good must not keep it from the others, so the alert
 * is delivered, and the next mails name him; whom it puts off gets it later, alone.
 */
function settle(
  { owed, where }: Sender,
  group: Group,
  refusals: readonly NodemailerError[],
): SingleResult {
  for (const refusal of refusals.filter(isPermanent)) {
    owed.refused(refusal.recipient ?? '', replyText(refusal));
  }
  const deferred = refusals.filter((refusal) => !isPermanent(refusal));
  owed.settle(
    group,
    deferred.map(({ recipient = '' }) => recipient),
  );
  const [first] = deferred;
  if (first === undefined) return { outcome: 'delivered' };
  const detail = `${where}: not yet taken for ${first.recipient}: ${replyText(first)}`;
  return { outcome: 'retry', reason: 'server', detail };
}

function isPermanent({ permanent }: NodemailerError): boolean {
  return permanent === true;
}
