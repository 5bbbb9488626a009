import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';

/**
 * NKEYs: Ed25519 keys as NATS writes them, in base 32 with a letter for what they are and a checksum
 * (https://docs.nats.io/using-nats/developer/connecting/nkey).
 */

/** Who a `.creds` file says this is. */
export interface Credentials {
  readonly jwt: string;
  readonly seed: string;
}

const JWT = /-BEGIN NATS USER JWT-+\s+([A-Za-z0-9_.-]+)\s+-+END/;
const SEED = /-BEGIN USER NKEY SEED-+\s+([A-Z2-7]+)\s+-+END/;

/** Undefined where the text is not a `.creds` file's. */
export function readCredentials(text: string): Credentials | undefined {
  const [jwt, seed] = [JWT.exec(text)?.[1], SEED.exec(text)?.[1]];
  return jwt !== undefined && seed !== undefined && isSeed(seed) ? { jwt, seed } : undefined;
}

/** Whether this is the seed of a user's key. */
export function isSeed(text: string): boolean {
  return rawSeed(text) !== undefined;
}

/** The public key of a seed, `U…`. */
export function publicKeyOf(seed: string): string {
  const der = createPublicKey(keyOf(seed)).export({ format: 'der', type: 'spki' });
  const raw = Buffer.concat([Buffer.from([USER]), der.subarray(-KEY_BYTES)]);
  const check = Buffer.alloc(2);
  check.writeUInt16LE(checksumOf(raw));
  return base32(Buffer.concat([raw, check]));
}

/** Signs what the server asks for, so that it knows who this is. */
export function signatureOf(seed: string, nonce: string): string {
  return sign(null, Buffer.from(nonce), keyOf(seed)).toString('base64url');
}

const KEY_BYTES = 32;
/** The first byte of a user's public key: `U` in base 32. */
const USER = 20 << 3;
/** The first two bytes of a user's seed: `SU` in base 32. */
const USER_SEED = [(18 << 3) | (USER >> 5), (USER & 31) << 3] as const;
/** What stands before an Ed25519 private key in PKCS #8 (RFC 8410, 7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

function keyOf(seed: string): KeyObject {
  const key = Buffer.concat([PKCS8, rawSeed(seed) ?? Buffer.alloc(0)]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

function rawSeed(text: string): Buffer | undefined {
  const bytes = fromBase32(text);
  if (bytes?.length !== 2 + KEY_BYTES + 2) return undefined;
  const isUsers = bytes[0] === USER_SEED[0] && bytes[1] === USER_SEED[1];
  const isWhole = bytes.readUInt16LE(2 + KEY_BYTES) === checksumOf(bytes.subarray(0, -2));
  return isUsers && isWhole ? bytes.subarray(2, -2) : undefined;
}

/** CRC-16 with the polynomial 0x1021, from 0. */
function checksumOf(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff;
    }
  }
  return crc;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = bits.match(/.{1,5}/g) ?? [];
  return letters.map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** Undefined for what is no seed's length. */
function fromBase32(text: string): Buffer | undefined {
  if (!/^[A-Z2-7]{58}$/.test(text)) return undefined;
  const bits = text.replaceAll(/./g, (letter) =>
    ALPHABET.indexOf(letter).toString(2).padStart(5, '0'),
  );
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((eight) => Number.parseInt(eight, 2)));
}
