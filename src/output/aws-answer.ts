import { objectIn } from './answer.ts';
import type { FailureReason, SingleResult } from './define.ts';
import { excerpt } from './http-excerpt.ts';
import { resultOfStatus } from './http-result.ts';
import type { HttpAnswer } from './http.ts';

/** What AWS's answers mean: most of its errors are 400, and a code says what is wrong. */

type Row = readonly [codes: RegExp, reason: FailureReason];

/** The first that matches counts. What is left is about the alert, or as its status says. */
const ROWS: readonly Row[] = [
  [/Throttl|TooManyRequests|SlowDown|LimitExceeded|ThroughputExceeded|OverLimit/i, 'rateLimited'],
  [
    /ExpiredToken|InvalidClientToken|UnrecognizedClient|InvalidAccessKey|Signature|MissingAuthentication/i,
    'auth',
  ],
  [/AccessDenied|AuthorizationError|NotAuthorized|OptInRequired|InvalidSecurity/i, 'auth'],
  [/RequestTimeTooSkewed|RequestExpired|InvalidToken|AllAccessDisabled/i, 'auth'],
  [/^KMS|KmsDisabled|KmsInvalid|KmsAccess|KmsNotFound/i, 'auth'],
  [/Unavailable|InternalError|InternalFailure|InternalServer|RequestTimeout/i, 'server'],
  [/NotFound|NonExistent|DoesNotExist|NoSuchBucket|ResourceInUse|InvalidBucket/i, 'client'],
  [/PermanentRedirect|MalformedHeader|HeaderMalformed|IllegalLocation|Endpoint/i, 'client'],
  [/UnsupportedOperation|UnknownOperation|InvalidAction|ResourceConflict|InvalidArn/i, 'client'],
];

function reasonOf(code: string): FailureReason | undefined {
  return ROWS.find(([codes]) => codes.test(code))?.[1];
}

/** What an answer says of the request as a whole. */
export function awsResult(answer: HttpAnswer): SingleResult {
  const result = resultOfStatus(answer);
  if (result.outcome === 'delivered') return result;
  const reason = reasonOf(codeIn(answer));
  if (reason === undefined) return result;
  const { detail } = result;
  const afterMs = result.outcome === 'retry' ? result.afterMs : undefined;
  return { outcome: 'retry', reason, detail, ...(afterMs !== undefined && { afterMs }) };
}

/** The error's code; empty where the answer has none. */
export function codeIn(answer: HttpAnswer): string {
  const { __type: type, code } = objectIn(answer);
  const codes: readonly unknown[] = [
    answer.headers['x-amzn-errortype'],
    type,
    code,
    /<Code>([^<]{1,100})<\/Code>/.exec(answer.text)?.[1],
  ];
  const said = codes.find((text) => typeof text === 'string') ?? '';
  // `com.amazonaws.sqs#QueueDoesNotExist`, `ResourceNotFoundException:http://…`
  return said.replace(/^.*#/, '').replace(/:.*$/s, '');
}

/** What a batch's answer says of one of its items. */
export interface ItemFailure {
  readonly code: unknown;
  readonly message: unknown;
  /** Whether AWS says that the item itself is wrong. */
  readonly isSenders: boolean;
}

export function itemResult({ code, message, isSenders }: ItemFailure): SingleResult {
  const detail = `AWS says of this alert: ${excerpt([code, message].filter(Boolean).join(': '))}`;
  const reason = reasonOf(String(code));
  if (reason !== undefined) return { outcome: 'retry', reason, detail };
  return isSenders
    ? { outcome: 'reject', reason: 'payload', detail }
    : { outcome: 'retry', reason: 'server', detail };
}
