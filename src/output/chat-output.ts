import type { Static, TObject } from 'typebox';
import { foreignAnswer, objectIn } from './answer.ts';
import { checkHttpUrl, type Mistake } from './check.ts';
import type { FailureReason, OutputDefinition, SingleResult } from './define.ts';
import { excerptOf } from './http-excerpt.ts';
import { resultOfStatus, retryAfterMs } from './http-result.ts';
import type { HttpAnswer, HttpRequest } from './http.ts';

/** Outputs that write to a chat: one message a request, which tells of many alerts when they wait. */

export type ChatRequest = Omit<HttpRequest, 'signal' | 'body'> & {
  /** A text as it is, anything else as JSON. */
  readonly body: object | string;
};

type Chat<Schema extends TObject> = Pick<
  OutputDefinition<Schema>,
  'id' | 'title' | 'summary' | 'schema' | 'example' | 'validate'
> & {
  readonly requestOf: (
    settings: Static<Schema>,
    deliveries: Parameters<NonNullable<OutputDefinition<Schema>['send']>>[1],
  ) => ChatRequest;
  readonly resultOf: (answer: HttpAnswer, settings: Static<Schema>) => SingleResult;
};

/** How alerts come to a chat: all that wait in one message, which is late after an hour. */
const CHAT_LANE = {
  category: 'chat',
  batch: { alertsMax: 250, bytesMax: 1024 * 1024, waitMs: 20 },
  concurrency: 1,
  staleAfterMs: 60 * 60_000,
} as const;

/** Makes the definition of such an output. */
export function defineChat<Schema extends TObject>({
  requestOf,
  resultOf,
  ...definition
}: Chat<Schema>): OutputDefinition<Schema> {
  return {
    ...definition,
    ...CHAT_LANE,
    async send({ settings, http, signal }, deliveries) {
      const { headers = {}, body, ...request } = requestOf(settings, deliveries);
      const isText = typeof body === 'string';
      const answer = await http.request({
        method: 'POST',
        ...request,
        headers: isText ? headers : { ...JSON_TYPE, ...headers },
        body: isText ? body : JSON.stringify(body),
        signal,
      });
      return resultOf(answer, settings);
    },
  };
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/** For chats that are posted to by a URL alone. */
export function checkWebhookUrl({ webhookUrl }: { readonly webhookUrl: string }): Mistake[] {
  return checkHttpUrl('webhookUrl', webhookUrl);
}

/** What a chat's answers mean beyond their status. */
export interface AnswerRules {
  /** Whether a 2xx answer says that the message is there. */
  readonly isTaken: (answer: HttpAnswer) => boolean;
  /** What that answer would be: `Mattermost says ok`. */
  readonly expected: string;
  /** Whether a refusal is about the channel or the credentials, and not about this message. */
  readonly isAboutChannel?: (answer: HttpAnswer) => boolean;
  /** Whether a refusal says that too many messages came. */
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
  { isRateLimit, isAboutChannel }: AnswerRules,
): SingleResult {
  const { detail } = result;
  if (isRateLimit?.(answer) === true) return { outcome: 'retry', reason: 'rateLimited', detail };
  if (isAboutChannel?.(answer) !== true) return result;
  return { outcome: 'retry', reason: 'client', detail };
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
