/** Far more than the answer to a produce or metadata request of the largest clusters. */
const FRAME_BYTES_MAX = 16 * 1024 * 1024;
/** Every answer begins with the number of its request. */
const FRAME_BYTES_MIN = 4;
const LENGTH_BYTES = 4;

/**
 * Follows the frames of what a broker sends: four bytes of length, then as many bytes
 * (https://kafka.apache.org/protocol.html#protocol_common). kafkajs believes any length: it collects
 * whatever is announced, loops for ever on a negative one, and throws where nobody catches on one
 * too small.
 *
 * @returns Takes the next bytes; false when no broker would have sent them.
 */
export function createFrameCheck(): (chunk: Buffer) => boolean {
  let length = 0;
  let lengthBytes = 0;
  let rest = 0;
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (rest > 0) {
        const taken = Math.min(rest, chunk.length - at);
        rest -= taken;
        at += taken;
        continue;
      }
      length = (length << 8) | (chunk[at] ?? 0);
      at += 1;
      lengthBytes += 1;
      if (lengthBytes < LENGTH_BYTES) continue;
      if (length < FRAME_BYTES_MIN || length > FRAME_BYTES_MAX) return false;
      [rest, length, lengthBytes] = [length, 0, 0];
    }
    return true;
  };
}
