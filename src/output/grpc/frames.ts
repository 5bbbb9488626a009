import type { Whole } from '../pieces.ts';

/**
 * Messages as they stand in the body of a gRPC call: a byte that says whether it is compressed, four
 * with its length, then the message (gRPC over HTTP/2, "Length-Prefixed-Message").
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */

const HEAD_BYTES = 5;
/** Far more than a server has to say at once. */
const MESSAGE_BYTES_MAX = 1024 * 1024;

export function frameOf(message: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(HEAD_BYTES + message.length);
  frame.writeUInt8(0, 0);
  frame.writeUInt32BE(message.length, 1);
  message.copy(frame, HEAD_BYTES);
  return frame;
}

/** The first message; undefined while it has not come whole. Throws on what is none. */
export function readMessage(data: Buffer): Whole<Buffer> | undefined {
  if (data.length < HEAD_BYTES) return undefined;
  const bytes = HEAD_BYTES + lengthOf(data);
  return data.length < bytes ? undefined : { value: data.subarray(HEAD_BYTES, bytes), bytes };
}

function lengthOf(frame: Buffer): number {
  const length = frame.readUInt32BE(1);
  if (frame[0] !== 0) throw new Error('a compressed message, which was not asked for');
  if (length > MESSAGE_BYTES_MAX) throw new Error(`a message of ${length} bytes`);
  return length;
}
