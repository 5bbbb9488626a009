import type { Env } from './env.ts';
import { Failure, shown } from './errors.ts';
import { callFunction, chargeArguments } from './functions.ts';
import { bounded } from './limits.ts';
import type { Command, Operand, Pipe } from './tree.ts';
import { isMap, isNil, isStruct, isTrue, ownValue, type Struct, typeName } from './value.ts';

/** What evaluation needs to know and remember in one execution. */
export interface Scope extends Env {
  /** Innermost last; `$` is the first. */
  variables: Variable[];
  /** Where in the source it is, for the error message. */
  at: number;
}

export interface Variable {
  readonly name: string;
  value: unknown;
}

/** The value of a pipe; sets the variables that it makes or assigns. */
export function evaluatePipe(scope: Scope, dot: unknown, pipe: Pipe): unknown {
  scope.at = pipe.at;
  let value: unknown;
  pipe.commands.forEach((command, index) => {
    value = evaluateCommand(scope, dot, command, index === 0 ? [] : [value]);
  });
  for (const name of pipe.variables) {
    if (pipe.assigns) {
      setVariable(scope, name, value);
    } else {
      scope.variables.push({ name, value });
    }
  }
  return value;
}

/** The parser knows the variable; at run time it may be in a branch that was not taken. */
export function setVariable(scope: Scope, name: string, value: unknown): void {
  findVariable(scope, name).value = value;
}

function findVariable(scope: Scope, name: string): Variable {
  const variable = scope.variables.findLast((candidate) => candidate.name === name);
  if (variable === undefined) {
    throw new Failure(
      `the variable ${shown(name)} was not set; set it on every way that leads here`,
    );
  }
  return variable;
}

/** `piped`: the value of the command before, which comes as the last argument. */
function evaluateCommand(
  scope: Scope,
  dot: unknown,
  { first, args }: Command,
  piped: readonly unknown[],
): unknown {
  const evaluate = (): unknown[] => [
    ...args.map((arg) => evaluateOperand(scope, dot, arg)),
    ...piped,
  ];
  scope.at = first.at;
  scope.budget.charge(1);
  switch (first.kind) {
    case 'function': {
      if (first.name === 'and' || first.name === 'or') {
        return evaluateLazily(scope, dot, first.name, args, piped);
      }
      return callAt(scope, first.at, first.name, evaluate());
    }
    case 'field':
      return fieldChain(scope, dot, first.names, evaluate);
    case 'variable':
      return fieldChain(scope, findVariable(scope, first.name).value, first.names, evaluate);
    case 'chain': {
      const value = evaluateOperand(scope, dot, first.of);
      return fieldChain(scope, value, first.names, evaluate);
    }
    case 'literal':
    case 'dot':
    case 'pipe':
      return evaluateOperand(scope, dot, first);
  }
}

function callAt(scope: Scope, at: number, name: string, args: readonly unknown[]): unknown {
  scope.at = at;
  return callFunction(scope, name, args);
}

/** `and` and `or` give the first value that decides, and do not look at those behind it. */
function evaluateLazily(
  scope: Scope,
  dot: unknown,
  name: 'and' | 'or',
  args: readonly Operand[],
  piped: readonly unknown[],
): unknown {
  let value: unknown;
  for (const arg of args) {
    value = evaluateOperand(scope, dot, arg);
    if (isTrue(value) === (name === 'or')) {
      return value;
    }
  }
  return piped.length > 0 ? piped[0] : value;
}

function evaluateOperand(scope: Scope, dot: unknown, operand: Operand): unknown {
  scope.at = operand.at;
  scope.budget.charge(1);
  switch (operand.kind) {
    case 'literal':
      return operand.value;
    case 'dot':
      return dot;
    case 'pipe': {
      scope.budget.enter();
      const value = evaluatePipe(scope, dot, operand.pipe);
      scope.budget.leave();
      return value;
    }
    case 'field':
    case 'variable':
    case 'function':
    case 'chain':
      return evaluateCommand(scope, dot, { first: operand, args: [] }, []);
  }
}

const NO_ARGUMENTS = (): readonly unknown[] => [];

/** `.A.B.C` of a value; only the last may be a method with arguments. */
function fieldChain(
  scope: Scope,
  value: unknown,
  names: readonly string[],
  evaluateArgs: () => readonly unknown[],
): unknown {
  const { at } = scope;
  return names.reduce((receiver: unknown, name, index) => {
    const args = index === names.length - 1 ? evaluateArgs() : NO_ARGUMENTS();
    scope.at = at;
    chargeArguments(scope, args);
    return field(scope, receiver, name, args);
  }, value);
}

/** A field that a map does not have is nothing, and so are the fields of nothing. */
function field(scope: Scope, receiver: unknown, name: string, args: readonly unknown[]): unknown {
  if (isStruct(receiver)) {
    return structField(scope, receiver, name, args);
  }
  if (isNil(receiver)) {
    return undefined;
  }
  if (!isMap(receiver)) {
    throw new Failure(`cannot take field ${shown(name)} of ${typeName(receiver)}; it has none`);
  }
  refuseArguments(name, args);
  return ownValue(receiver, name);
}

function structField(
  { budget }: Scope,
  receiver: Struct,
  name: string,
  args: readonly unknown[],
): unknown {
  const method = receiver.methods.get(name);
  if (method !== undefined) {
    if (method.parameters !== args.length) {
      const problem = `${name} takes ${method.parameters} arguments, not ${args.length}`;
      throw new Failure(`wrong number of arguments: ${problem}`);
    }
    return bounded(budget, method.call(args));
  }
  if (!receiver.fields.has(name)) {
    const names = [...receiver.fields.keys(), ...receiver.methods.keys()].join(', ');
    throw new Failure(`${receiver.typeName} has no field ${shown(name)}; it has ${names}`);
  }
  refuseArguments(name, args);
  return receiver.fields.get(name);
}

function refuseArguments(name: string, args: readonly unknown[]): void {
  if (args.length > 0) {
    throw new Failure(`${shown(name)} is no method and takes no arguments; remove them`);
  }
}
