import type { Sender } from '../admission.ts';
import type { Agent } from '../agents/agent.ts';

/** How a path takes bodies, and answers. */
export interface Manner {
  /** Whether the answer says what became of each alert also when all went well. */
  readonly details: boolean;
  /** The last part of `/in/<token>`. */
  readonly pathToken?: string;
  /** Present: the path is that of another agent's format. */
  readonly format?: {
    readonly agent: Agent;
    /** Its senders send again what was not answered with success. */
    readonly resends: boolean;
    /** But not after a 4xx other than 429, so the answer may say what is wrong. */
    readonly heedsErrors?: boolean;
    /** The answer to a body of another format. */
    readonly wrongStatus?: 400 | 422;
    /** Levels of nesting, where it needs more than alerts do. */
    readonly depthMax?: number;
    /** The largest body, where that is not a setting. */
    readonly bytesMax?: number;
  };
  /** The cluster that the path names. */
  readonly cluster?: string;
}

/** The same for one request, whose sender is known. */
export type From = Manner & { readonly sender: Sender };
