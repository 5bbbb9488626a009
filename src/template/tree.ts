/** A parsed template. `at` is an offset in the source, for error messages. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  /** Prints its value, unless it only sets variables. */
  | { readonly kind: 'action'; readonly pipe: Pipe }
  /** `if … else if … else`, or `with`, which also sets the dot. */
  | {
      readonly kind: 'if' | 'with';
      readonly branches: readonly Branch[];
      readonly otherwise: readonly Node[];
    }
  | {
      readonly kind: 'range';
      readonly pipe: Pipe;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | { readonly kind: 'template'; readonly at: number; readonly name: string; readonly pipe?: Pipe }
  | { readonly kind: 'break' | 'continue' };

export interface Branch {
  readonly pipe: Pipe;
  readonly body: readonly Node[];
}

/** `$a, $b := command | command`. */
export interface Pipe {
  readonly at: number;
  readonly variables: readonly string[];
  /** The variables exist already (`=`); else the pipe makes them (`:=`). */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

/** An operand to evaluate, or a function or method with its arguments. */
export interface Command {
  readonly first: Operand;
  readonly args: readonly Operand[];
}

export type Operand =
  | { readonly kind: 'literal'; readonly at: number; readonly value: unknown }
  | { readonly kind: 'dot'; readonly at: number }
  /** `.A.B` */
  | { readonly kind: 'field'; readonly at: number; readonly names: readonly string[] }
  /** `$x.A.B` */
  | {
      readonly kind: 'variable';
      readonly at: number;
      readonly name: string;
      readonly names: readonly string[];
    }
  | { readonly kind: 'function'; readonly at: number; readonly name: string }
  | { readonly kind: 'pipe'; readonly at: number; readonly pipe: Pipe }
  /** `(pipe).A.B` */
  | {
      readonly kind: 'chain';
      readonly at: number;
      readonly of: Operand;
      readonly names: readonly string[];
    };

export interface ParsedTemplate {
  readonly root: readonly Node[];
  /** What `define` and `block` made. */
  readonly named: ReadonlyMap<string, readonly Node[]>;
}
