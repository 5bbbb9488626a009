import { foreignAnswer, objectIn } from './answer.ts';
import type { FailureReason, SingleResult } from './define.ts';
import { excerptOf } from './http-excerpt.ts';
import { resultOfStatus, retryAfterMs } from './http-result.ts';
import type { HttpAnswer } from './http.ts';

/** Reading answers that say more than their status. */

/** What the answers of a destination mean beyond their status. */
export interface AnswerRules {
  /** Whether a 2xx answer says that the destination has the alert. */
  readonly isTaken: (answer: HttpAnswer) => boolean;
  /** What that answer would be: `Mattermost says ok`. */
  readonly expected: string;
  /** Whether a refusal is about the credentials, and not about this alert. */
  readonly isAboutCredentials?: (answer: HttpAnswer) => boolean;
  /** Whether it is about what else was configured: the channel, the sender, a right. */
  readonly isAboutSettings?: (answer: HttpAnswer) => boolean;
  /** Whether a refusal says that too many alerts came. */
  readonly isRateLimit?: (answer: HttpAnswer) => boolean;
  /** Seconds to wait, where they do not stand in `Retry-After`. */
  readonly waitSeconds?: (answer: HttpAnswer) => unknown;
}

/** Reads an answer by its status and these rules. */
export function resultByRules(answer: HttpAnswer, rules: AnswerRules): SingleResult {
  const result = resultOfStatus(answer);
  if (result.outcome === 'delivered') {
    return rules.isTaken(answer) ? result : foreignAnswer(answer, rules.expected);
  }
  if (result.outcome === 'reject') return resultOfRefusal(answer, result, rules);
  if (result.reason !== 'rateLimited' || result.afterMs !== undefined) return result;
  return withWait(result, rules.waitSeconds?.(answer));
}

function resultOfRefusal(
  answer: HttpAnswer,
  result: SingleResult & { readonly outcome: 'reject' },
  rules: AnswerRules,
): SingleResult {
  const reason = reasonOf(answer, rules);
  return reason === undefined ? result : { outcome: 'retry', reason, detail: result.detail };
}

function reasonOf(
  answer: HttpAnswer,
  { isRateLimit, isAboutCredentials, isAboutSettings }: AnswerRules,
): FailureReason | undefined {
  if (isRateLimit?.(answer) === true) return 'rateLimited';
  if (isAboutCredentials?.(answer) === true) return 'auth';
  return isAboutSettings?.(answer) === true ? 'client' : undefined;
}

/** The result with a wait that a destination asked for, at most an hour. */
function withWait(result: SingleResult, seconds: unknown): SingleResult {
  const afterMs = typeof seconds === 'number' ? retryAfterMs(seconds.toFixed(3)) : undefined;
  return afterMs === undefined || result.outcome !== 'retry' ? result : { ...result, afterMs };
}

/**
 * What the codes of a destination mean; `payload` is about the alerts. Some stand for several things,
 * which only the text tells apart.
 */
export type CodeReasons = Readonly<
  Record<string, FailureReason | ((said: string) => FailureReason)>
>;

/**
 * Reads the code in the body of a destination that says 200 to everything. A code that is not listed
 * may be about the alerts or not: they are sent again, and one that alone keeps failing ends as a
 * dead letter.
 *
 * @param names Of the code in the answer, the first that is there; 0 is success.
 */
export function resultByCode(
  answer: HttpAnswer,
  names: readonly string[],
  reasons: CodeReasons,
): SingleResult {
  const result = resultOfStatus(answer);
  const body = objectIn(answer);
  const code = names.map((name) => body[name]).find((value) => value !== undefined);
  if (result.outcome === 'retry') return result;
  if (typeof code !== 'number') {
    return result.outcome === 'reject'
      ? result
      : foreignAnswer(answer, `there is no ${names[0]} in it`);
  }
  if (code === 0) return result;
  const known = reasons[code] ?? 'server';
  const reason = typeof known === 'function' ? known(answer.text) : known;
  const detail = `HTTP ${answer.status}: ${excerptOf(answer)}`;
  return { outcome: reason === 'payload' ? 'reject' : 'retry', reason, detail };
}
