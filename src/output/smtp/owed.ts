import type { Delivery } from '../define.ts';
import type { Posted, Refusal } from './client.ts';

/** Deliveries that are to go to the same recipients, as one mail. */
export interface Group {
  readonly deliveries: readonly Delivery[];
  /** Addresses. */
  readonly to: readonly string[];
  /** Whether others have them already. */
  readonly isRest: boolean;
}

/** Which recipients still lack which alerts, and whom the server does not take mail for. */
export interface Owed {
  groups(deliveries: readonly Delivery[], everybody: readonly string[]): Group[];
  /**
   * Keeps in mind what became of the group's mail, which somebody has. Whom the server refused for
   * good does not get it.
   *
   * @returns What it said about those who are to get it later.
   */
  settle(group: Group, posted: Pick<Posted, 'accepted' | 'refusals'>): readonly Refusal[];
  /** A line for each recipient who gets nothing. */
  notes(): string[];
}

/** Beyond it the oldest is forgotten, and would go to everybody again. */
const ALERTS_MAX = 10_000;

/** Kept by the settings, which live as long as the output: a connection does not. */
const owedBySettings = new WeakMap<object, Owed>();

/**
 * The memory of an output. A server may take a mail for some recipients and not for others, while the
 * engine knows alerts only. It is lost when the hub stops: then all recipients get the mail again,
 * under the same Message-ID.
 */
export function owedOf(settings: object): Owed {
  const known = owedBySettings.get(settings);
  if (known !== undefined) return known;
  const owed = createOwed();
  owedBySettings.set(settings, owed);
  return owed;
}

function createOwed(): Owed {
  const lackingByKey = new Map<string, readonly string[]>();
  const refusals = new Map<string, string>();

  function remember({ deliveries }: Group, lacking: readonly string[]): void {
    for (const { key } of deliveries) {
      if (lacking.length === 0) lackingByKey.delete(key);
      else lackingByKey.set(key, lacking);
    }
    for (const key of lackingByKey.keys()) {
      if (lackingByKey.size <= ALERTS_MAX) break;
      lackingByKey.delete(key);
    }
  }

  return {
    groups(deliveries, everybody) {
      const byRecipients = Map.groupBy(
        deliveries,
        ({ key }) => lackingByKey.get(key)?.join() ?? '',
      );
      return [...byRecipients.values()].map((deliveries) => {
        const lacking = lackingByKey.get(deliveries[0]?.key ?? '');
        return { deliveries, to: lacking ?? everybody, isRest: lacking !== undefined };
      });
    },
    settle(group, posted) {
      for (const recipient of posted.accepted) refusals.delete(recipient);
      for (const { recipient, reply } of posted.refusals.filter((one) => one.isForGood)) {
        refusals.set(recipient, reply);
      }
      const deferred = posted.refusals.filter((one) => !one.isForGood);
      remember(
        group,
        deferred.map(({ recipient }) => recipient),
      );
      return deferred;
    },
    notes: () =>
      [...refusals].map(([recipient, reply]) => `Not delivered to ${recipient}: ${reply}`),
  };
}
