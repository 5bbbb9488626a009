import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import ipaddr, { type IPv4, type IPv6 } from 'ipaddr.js';

/** An address the hub itself listens on. */
export interface Listener {
  readonly address: string;
  readonly port: number;
}

/** Decides which addresses outputs may reach. */
export interface DestinationPolicy {
  /**
   * Why `address` must not be reached, or undefined when it may.
   *
   * @param host The name the address was found under, as configured.
   * @param address An IP address.
   */
  refusal(host: string, address: string, port: number): string | undefined;
}

export interface DestinationOptions {
  /** Host names, IP addresses and CIDR blocks that may be reached all the same. */
  readonly allowDestinations: readonly string[];
  /** The hub's own listeners, as they are now. */
  readonly refuseListeners: () => readonly Listener[];
}

/**
 * Refuses what an output has no business with: link-local and cloud metadata addresses, which give
 * credentials to whoever asks, and the hub itself. Loopback and private networks are normal.
 * It judges addresses, so it belongs where a connection is made, after the name was resolved.
 *
 * Throws a `RangeError` for a CIDR block that is none.
 */
export function createDestinationPolicy(options: DestinationOptions): DestinationPolicy {
  const entries = options.allowDestinations.map((entry) => entry.trim().toLowerCase());
  const allowedBlocks = entries.map(blockOf).filter((block) => block !== undefined);
  const allowedHosts = new Set(entries.map(hostKey));

  return {
    refusal(host, address, port) {
      if (allowedHosts.has(hostKey(host.toLowerCase()))) return undefined;
      const forms = formsOf(address);
      if (forms.some((form) => allowedBlocks.some((block) => isWithin(form, block)))) {
        return undefined;
      }
      return refusedRange(forms) ?? ownListener(forms, port, options.refuseListeners());
    },
  };
}

type Address = IPv4 | IPv6;
type Block = [Address, number];

function hostKey(host: string): string {
  return host.replace(/\.$/, '');
}

function blockOf(entry: string): Block | undefined {
  if (isIP(entry) !== 0) {
    const address = ipaddr.process(entry);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  }
  if (!entry.includes('/')) return undefined;
  if (!ipaddr.isValidCIDR(entry)) throw new RangeError(`allowDestinations: not a CIDR: ${entry}`);
  return ipaddr.parseCIDR(entry);
}

function isWithin(address: Address, [network, bits]: Block): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

/** RFC 6890 and the metadata addresses of AWS, Google, Alibaba and Azure. */
const REFUSED: readonly (readonly [Block, string])[] = (
  [
    ['169.254.0.0/16', 'link-local and cloud metadata'],
    ['100.100.100.200/32', 'cloud metadata'],
    ['168.63.129.16/32', 'cloud metadata'],
    ['0.0.0.0/8', 'no destination'],
    ['224.0.0.0/4', 'multicast'],
    ['255.255.255.255/32', 'broadcast'],
    ['fd00:ec2::254/128', 'cloud metadata'],
    ['fd00:ec2::23/128', 'cloud metadata'],
    ['fd20:ce::254/128', 'cloud metadata'],
    ['fe80::/10', 'link-local'],
    ['::/128', 'no destination'],
    ['ff00::/8', 'multicast'],
  ] as const
).map(([cidr, why]) => [ipaddr.parseCIDR(cidr), why]);

function refusedRange(forms: readonly Address[]): string | undefined {
  return REFUSED.find(([block]) => forms.some((form) => isWithin(form, block)))?.[1];
}

/**
 * IPv6 prefixes with an IPv4 address inside, and the bytes it stands in: IPv4-mapped,
 * IPv4-translated (RFC 2765), IPv4-compatible, NAT64 (RFC 6052, and RFC 8215 in both layouts) and
 * 6to4 (RFC 3056).
 */
const EMBEDDING: readonly (readonly [Block, readonly number[]])[] = (
  [
    ['::ffff:0:0/96', [12, 13, 14, 15]],
    ['::ffff:0:0:0/96', [12, 13, 14, 15]],
    ['::/96', [12, 13, 14, 15]],
    ['64:ff9b::/96', [12, 13, 14, 15]],
    ['64:ff9b:1::/48', [12, 13, 14, 15]],
    ['64:ff9b:1::/48', [6, 7, 9, 10]],
    ['2002::/16', [2, 3, 4, 5]],
  ] as const
).map(([cidr, bytes]) => [ipaddr.parseCIDR(cidr), bytes]);

/** The address, and every IPv4 address that a gateway would take it for. */
function formsOf(text: string): Address[] {
  const address = ipaddr.parse(text);
  // The loopback address lies within ::/96, and stands for no IPv4 address.
  if (address.kind() === 'ipv4' || address.range() === 'loopback') return [address];
  const bytes = address.toByteArray();
  const embedded = EMBEDDING.filter(([block]) => isWithin(address, block)).map(([, positions]) =>
    ipaddr.fromByteArray(positions.map((position) => bytes[position] ?? 0)),
  );
  return [address, ...embedded];
}

function ownListener(
  forms: readonly Address[],
  port: number,
  listeners: readonly Listener[],
): string | undefined {
  const isOwn = listeners.some(
    (listener) => listener.port === port && forms.some((form) => isServedBy(form, listener)),
  );
  return isOwn ? "the hub's own listener" : undefined;
}

function isServedBy(form: Address, listener: Listener): boolean {
  if (isIP(listener.address) === 0) return false;
  const bound = ipaddr.process(listener.address);
  if (bound.range() !== 'unspecified') return bound.toString() === form.toString();
  return form.range() === 'loopback' || ownAddresses().includes(form.toString());
}

function ownAddresses(): string[] {
  try {
    const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    return all.map(({ address }) => ipaddr.process(address).toString());
  } catch {
    // Not permitted in some sandboxes: then only loopback is known to be our own.
    return [];
  }
}
