import type { Provenance } from '../alert.ts';
import type { Sender } from './admission.ts';

export interface Origin {
  readonly provenance: Provenance;
  /** The same as JSON. */
  readonly ingest: string;
}

const origins = new WeakMap<Sender, Origin>();

/** Where an alert comes from. A connection's sender is the same object for all it sends, and seldom sends for two agents. */
export function originOf(sender: Sender, agent: string): Origin {
  const known = origins.get(sender);
  if (known?.provenance.agent === agent) return known;
  const provenance = provenanceOf(sender, agent);
  const origin = { provenance, ingest: JSON.stringify(provenance) };
  origins.set(sender, origin);
  return origin;
}

function provenanceOf(sender: Sender, agent: string): Provenance {
  const { input, peer, identity, hops, origin, readAs = agent } = sender;
  return {
    input,
    // Hubs forward in Falco's shape, whatever it was.
    agent: agent === 'falco' ? readAs : agent,
    peer,
    ...(identity === undefined ? {} : { identity }),
    ...(origin === undefined ? {} : { origin }),
    ...(hops === undefined ? {} : { hops }),
  };
}
