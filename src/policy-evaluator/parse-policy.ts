/**
 * The grammar of policies. An element that AWS refuses, or that this evaluator does not support, is a fault.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
import { findConditionFaults } from './condition';
import type { Faults } from './faults';
import { isObject, type UnknownObject, valuesIn } from './json';
import { faultOfVariables } from './pattern';
import type { PolicyFamily } from './policy';
import { faultOfPrincipalEntry } from './principal';

const DOCUMENT_KEYS = new Set(['Version', 'Id', 'Statement']);
const STATEMENT_KEYS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

/** Adds every fault of a policy document of this family. */
export function findPolicyFaults(document: unknown, family: PolicyFamily, path: string, faults: Faults): void {
  if (!isObject(document)) {
    faults.add(path, document, 'give a policy document');
    return;
  }
  findUnknownKeys(document, DOCUMENT_KEYS, path, faults);
  const { Version: version, Id: id, Statement: statement } = document;
  if (version !== undefined && version !== '2012-10-17' && version !== '2008-10-17') {
    faults.add(`${path}.Version`, version, 'write 2012-10-17, or 2008-10-17 for the language without variables');
  }
  if (id !== undefined && typeof id !== 'string') faults.add(`${path}.Id`, id, 'give a string');
  if (statement === undefined) faults.add(`${path}.Statement`, statement, 'give a statement or a list of them');
  else if (!Array.isArray(statement)) findStatementFaults(statement, family, version, `${path}.Statement`, faults);
  else {
    for (const [i, each] of statement.entries()) {
      findStatementFaults(each, family, version, `${path}.Statement[${i}]`, faults);
    }
  }
}

function findStatementFaults(
  statement: unknown,
  family: PolicyFamily,
  version: unknown,
  path: string,
  faults: Faults,
): void {
  if (!isObject(statement)) {
    faults.add(path, statement, 'give a statement');
    return;
  }
  findUnknownKeys(statement, STATEMENT_KEYS, path, faults);
  const { Sid: sid, Effect: effect } = statement;
  if (sid !== undefined && typeof sid !== 'string') faults.add(`${path}.Sid`, sid, 'give a string');
  if (effect !== 'Allow' && effect !== 'Deny') faults.add(`${path}.Effect`, effect, 'write Allow or Deny');
  const variables = version === '2012-10-17';
  findPrincipalFaults(statement, family, path, faults);
  findListFaults(statement, 'Action', path, faults, faultOfAction);
  if (statement.Resource !== undefined || statement.NotResource !== undefined || !mayOmitResource(statement, family)) {
    findListFaults(statement, 'Resource', path, faults, (text) => faultOfResource(text, variables));
  }
  if (statement.Condition !== undefined) {
    findConditionFaults(statement.Condition, variables, `${path}.Condition`, faults);
  }
}

function findUnknownKeys(object: UnknownObject, known: ReadonlySet<string>, path: string, faults: Faults): void {
  for (const key of Object.keys(object)) {
    if (!known.has(key)) faults.add(`${path}.${key}`, object[key], `remove it; known are ${[...known].join(', ')}`);
  }
}

// Exactly one of X and NotX, with at least one string in it.
function findListFaults(
  statement: UnknownObject,
  element: 'Action' | 'Resource',
  path: string,
  faults: Faults,
  faultOf: (text: string) => string | null,
): void {
  const given = [element, `Not${element}`].filter((key) => statement[key] !== undefined);
  if (given.length !== 1) faults.add(`${path}.${element}`, undefined, `write one of ${element} and Not${element}`);
  for (const key of given) {
    const value = statement[key];
    const list = valuesIn(value);
    if (list.length === 0) faults.add(`${path}.${key}`, value, 'give at least one');
    for (const each of list) {
      const fault = typeof each === 'string' ? faultOf(each) : 'give a string or a list of strings';
      if (fault !== null) faults.add(`${path}.${key}`, each, fault);
    }
  }
}

function faultOfAction(text: string): string | null {
  return text === '*' || /^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(text)
    ? null
    : 'write service:Action, with * or ? in the action, or *';
}

function faultOfResource(text: string, variables: boolean): string | null {
  if (/^\*+$/.test(text)) return null;
  if (!text.startsWith('arn:')) return 'give an ARN, with * or ? as wildcards, or *';
  return variables ? faultOfVariables(text) : null;
}

// Trust policies and repository policies have no Resource: they apply to what they are attached to.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
function mayOmitResource(statement: UnknownObject, family: PolicyFamily): boolean {
  if (family === 'trust') return true;
  const action = statement.Action;
  const actions = valuesIn(action);
  return family === 'resource' && actions.every((each) => typeof each === 'string' && /^ecr:/i.test(each));
}

function findPrincipalFaults(statement: UnknownObject, family: PolicyFamily, path: string, faults: Faults): void {
  const given = ['Principal', 'NotPrincipal'].filter((key) => statement[key] !== undefined);
  if (family === 'identity') {
    for (const key of given)
      faults.add(`${path}.${key}`, statement[key], 'remove it: this policy belongs to its principal');
    return;
  }
  if (given.length !== 1) faults.add(`${path}.Principal`, undefined, 'write one of Principal and NotPrincipal');
  for (const key of given) findPrincipalElementFaults(statement[key], `${path}.${key}`, faults);
  if (statement.NotPrincipal !== undefined) findNotPrincipalFaults(statement, family, path, faults);
  if (family === 'rcp' && statement.Principal !== undefined && !isEveryone(statement.Principal)) {
    faults.add(
      `${path}.Principal`,
      statement.Principal,
      'write "*": a resource control policy takes no other principal',
    );
  }
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
function findNotPrincipalFaults(statement: UnknownObject, family: PolicyFamily, path: string, faults: Faults): void {
  const element = statement.NotPrincipal;
  if (family === 'trust')
    faults.add(`${path}.NotPrincipal`, element, 'AWS does not take it in a trust policy: remove it');
  if (family === 'rcp')
    faults.add(`${path}.NotPrincipal`, element, 'AWS does not take it in a resource control policy: remove it');
  if (statement.Effect === 'Allow') faults.add(`${path}.NotPrincipal`, element, 'AWS takes it with Deny only');
}

function findPrincipalElementFaults(element: unknown, path: string, faults: Faults): void {
  if (element === '*') return;
  if (!isObject(element) || Object.keys(element).length === 0) {
    faults.add(path, element, 'write "*" or { AWS | Service | Federated | CanonicalUser: ... }');
    return;
  }
  for (const [type, value] of Object.entries(element)) {
    const list = valuesIn(value);
    if (list.length === 0) faults.add(`${path}.${type}`, value, 'give at least one');
    for (const each of list) {
      const fault = typeof each === 'string' ? faultOfPrincipalEntry(type, each) : 'give a string or a list of strings';
      if (fault !== null) faults.add(`${path}.${type}`, each, fault);
    }
  }
}

function isEveryone(element: unknown): boolean {
  if (!isObject(element)) return element === '*';
  return Object.keys(element).join() === 'AWS' && String(element.AWS) === '*';
}
