/**
 * Strings of a policy: wildcards and policy variables.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 *
 * A pattern stores its wildcards as two characters that no ARN, tag or name can contain. So a `*` from a variable, or from
 * `${*}`, stays a plain character.
 */
const STAR = '\u0000';
const ANY_ONE = '\u0001';
const STAR_CODE = 0;
const ANY_ONE_CODE = 1;

/** The values of variables. */
export interface VariableSource {
  /** The one value of a context key (lower case), null when the request has none. */
  oneValueOf(key: string): string | null;
}

/** A policy string, prepared for matching: fixed text, or parts that need the request. */
export type PreparedText = { readonly fixed: string } | { readonly parts: readonly Part[] };

type Part = string | { readonly key: string; readonly fallback: string | null };

/** Replaces `*` and `?` by wildcards. */
export function withWildcards(text: string): string {
  return text.includes('*') || text.includes('?') ? text.replaceAll('*', STAR).replaceAll('?', ANY_ONE) : text;
}

/** Whether a pattern made by `withWildcards` matches the whole text. Case-sensitive. Linear, except for backtracking to the last `*`. */
export function matches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (t < text.length) {
    const code = p < pattern.length ? pattern.charCodeAt(p) : -1;
    if (code === STAR_CODE) {
      starAt = p++;
      resumeAt = t;
    } else if (code === ANY_ONE_CODE || code === text.charCodeAt(t)) {
      p++;
      t++;
    } else if (starAt >= 0) {
      p = starAt + 1;
      t = ++resumeAt;
    } else {
      return false;
    }
  }
  while (p < pattern.length && pattern.charCodeAt(p) === STAR_CODE) p++;
  return p === pattern.length;
}

/** Whether the pattern is `*` alone, or several of them. */
export function matchesAll(pattern: string): boolean {
  for (let i = 0; i < pattern.length; i++) if (pattern.charCodeAt(i) !== STAR_CODE) return false;
  return pattern.length > 0;
}

/** Whether a pattern contains a wildcard. */
export function hasWildcards(pattern: string): boolean {
  return pattern.includes(STAR) || pattern.includes(ANY_ONE);
}

const VARIABLE = /\$\{([^}]*)\}/g;
const NAMED = /^\s*([^\s,'{}$]+)\s*(?:,\s*'([^']*)'\s*)?$/;

/** The fault of the variables of a string, or null. Only version 2012-10-17 has variables. */
export function faultOfVariables(text: string): string | null {
  for (const [whole, inner] of text.matchAll(VARIABLE)) {
    if (inner === '*' || inner === '?' || inner === '$') continue;
    if (!NAMED.test(inner ?? '')) return `write ${whole} as \${key} or \${key, 'default'}`;
  }
  return text.replaceAll(VARIABLE, '').includes('${') ? 'close the variable with }' : null;
}

/** Whether a string contains a variable. `${*}`, `${?}` and `${$}` are characters, not variables. */
export function hasVariables(text: string): boolean {
  for (const [, inner] of text.matchAll(VARIABLE)) if (inner !== '*' && inner !== '?' && inner !== '$') return true;
  return false;
}

/**
 * Prepares a policy string. `wildcards`: whether `*` and `?` are wildcards here. `variables`: whether the document’s version has
 * variables; without them, `${...}` is plain text.
 */
export function prepareText(text: string, wildcards: boolean, variables: boolean): PreparedText {
  const literal = wildcards ? withWildcards : (plain: string) => plain;
  if (!variables || !text.includes('${')) return { fixed: literal(text) };
  const parts: Part[] = [];
  let at = 0;
  for (const found of text.matchAll(VARIABLE)) {
    parts.push(literal(text.slice(at, found.index)));
    parts.push(partOf(found[1] ?? ''));
    at = found.index + found[0].length;
  }
  parts.push(literal(text.slice(at)));
  return parts.every((part) => typeof part === 'string') ? { fixed: parts.join('') } : { parts };
}

function partOf(inner: string): Part {
  if (inner === '*' || inner === '?' || inner === '$') return inner;
  const named = NAMED.exec(inner);
  return { key: (named?.[1] ?? inner).toLowerCase(), fallback: named?.[2] ?? null };
}

/** The string with the values of its variables; null when a variable has neither a value nor a default. */
export function expand(template: PreparedText, source: VariableSource): string | null {
  if ('fixed' in template) return template.fixed;
  let text = '';
  for (const part of template.parts) {
    const value = typeof part === 'string' ? part : (source.oneValueOf(part.key) ?? part.fallback);
    if (value === null) return null;
    text += value;
  }
  return text;
}
