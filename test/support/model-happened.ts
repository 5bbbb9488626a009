/** What a history has really been through: one that met no trouble proves nothing. */
export interface Happened {
  crashes: number;
  paused: number;
  stuck: number;
  dead: number;
  shed: number;
  stale: number;
  replayed: number;
  handedOver: number;
  reloads: number;
  removed: number;
  /** Most alerts a lane had delivered beyond its cursors, as a part of its window. */
  windowUsed: number;
}

export function nothingYet(): Happened {
  return {
    crashes: 0,
    paused: 0,
    stuck: 0,
    dead: 0,
    shed: 0,
    stale: 0,
    replayed: 0,
    handedOver: 0,
    reloads: 0,
    removed: 0,
    windowUsed: 0,
  };
}
