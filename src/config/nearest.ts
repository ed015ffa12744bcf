import { distance } from 'fastest-levenshtein';

/** Known words that a misspelled word may stand for, the nearest first: at most three letters, and half of its own, differ. */
export const nearest = (misspelled: string, known: readonly string[]): readonly string[] =>
  known
    .map((word) => ({ word, edits: distance(word, misspelled) }))
    .filter(({ edits }) => edits <= Math.min(3, Math.floor(misspelled.length / 2)))
    .sort((a, b) => a.edits - b.edits)
    .map(({ word }) => word);
