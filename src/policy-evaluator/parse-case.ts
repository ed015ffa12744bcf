import type { AccessCase } from './case';
import { findCaseFaults } from './case-faults';
import { Faults } from './faults';

/**
 * Reads a case from JSON. Throws one CheckvalveError (INVALID_CASE) that lists every fault: path, value, remedy.
 * `null` counts as absent where a key may be absent. Numbers and booleans in the context become strings.
 */
export function parseAccessCase(json: unknown): AccessCase {
  const faults = new Faults();
  findCaseFaults(json, faults);
  faults.raise('INVALID_CASE', 'The access case cannot be evaluated');
  return caseOf(json as Readonly<Record<string, unknown>>);
}

// Every part of the JSON is checked before.
function caseOf(json: Readonly<Record<string, unknown>>): AccessCase {
  const context: Record<string, string | readonly string[]> = {};
  for (const [key, value] of Object.entries(json.context as Readonly<Record<string, unknown>>)) {
    context[key] = Array.isArray(value) ? value.map(String) : String(value);
  }
  const present = Object.entries(json).filter(([key, value]) => value !== null || key === 'resourcePolicy');
  return { ...Object.fromEntries(present), context } as unknown as AccessCase;
}
