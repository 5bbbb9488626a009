/**
 * Messages as they stand in the body of a gRPC call: a byte that says whether it is compressed, four
 * with its length, then the message (gRPC over HTTP/2, "Length-Prefixed-Message").
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */

const HEAD_BYTES = 5;
/** Far more than a hub has to say at once. */
const MESSAGE_BYTES_MAX = 1024 * 1024;

export function frameOf(message: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(HEAD_BYTES + message.length);
  frame.writeUInt8(0, 0);
  frame.writeUInt32BE(message.length, 1);
  message.copy(frame, HEAD_BYTES);
  return frame;
}

/** Hands on each message as soon as it is whole. What it returns throws on what is no message. */
export function createFrameReader(onMessage: (message: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= HEAD_BYTES) {
      const end = HEAD_BYTES + lengthOf(rest);
      if (rest.length < end) return;
      onMessage(rest.subarray(HEAD_BYTES, end));
      rest = rest.subarray(end);
    }
  };
}

function lengthOf(frame: Buffer): number {
  const length = frame.readUInt32BE(1);
  if (frame[0] !== 0) throw new Error('a compressed message, which was not asked for');
  if (length > MESSAGE_BYTES_MAX) throw new Error(`a message of ${length} bytes`);
  return length;
}
