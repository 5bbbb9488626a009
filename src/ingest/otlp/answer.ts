import { bytesField, numberField } from '../../proto/wire.ts';

/** What senders of OTLP are told, in the encoding in which they sent. */

export type Encoding = 'json' | 'protobuf';

/** Records that will never be taken. The sender must not send them again. */
export interface PartialSuccess {
  readonly rejected: number;
  /** What is wrong, for people. */
  readonly message: string;
}

/** An `ExportLogsServiceResponse`; undefined: all was taken. */
export function exportResponse(encoding: Encoding, partial: PartialSuccess | undefined): Buffer {
  if (encoding === 'protobuf') {
    return partial === undefined ? Buffer.alloc(0) : bytesField(1, partialMessage(partial));
  }
  const { rejected, message } = partial ?? {};
  const partialSuccess = { rejectedLogRecords: String(rejected), errorMessage: message };
  return Buffer.from(JSON.stringify(partial === undefined ? {} : { partialSuccess }));
}

function partialMessage({ rejected, message }: PartialSuccess): Buffer {
  return Buffer.concat([
    numberField(1, BigInt(rejected)),
    bytesField(2, Buffer.from(message.toWellFormed())),
  ]);
}

/** A `google.rpc.Status` for an answer of HTTP. */
export function rpcStatus(encoding: Encoding, httpStatus: number, message: string): Buffer {
  const code = CODES.get(httpStatus) ?? (httpStatus >= 500 ? UNAVAILABLE : INVALID_ARGUMENT);
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code, message }));
  return Buffer.concat([
    numberField(1, BigInt(code)),
    bytesField(2, Buffer.from(message.toWellFormed())),
  ]);
}

const INVALID_ARGUMENT = 3;
const UNAVAILABLE = 14;

/** @see https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const CODES: ReadonlyMap<number, number> = new Map([
  [401, 16],
  [403, 7],
  [413, 8],
  [429, 8],
  [500, 13],
]);
