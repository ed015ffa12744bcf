import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** A word that is not used, and what is written instead: see CONTRIBUTING.md, “Voice”. */
interface Word {
  readonly word: RegExp;
  readonly instead: string;
}

const words = (pattern: string, instead: string): Word => ({ word: new RegExp(`^(${pattern})$`, 'i'), instead });

/** Words of identifiers, comments, texts and documents alike. */
export const WORDS: readonly Word[] = [
  words('doors?', 'access role'),
  words('rings?|rang|rung|bells?|doorbells?|announce[sd]?|announcing|announcements?', 'notification, notify'),
  words('objectives?', 'RPO'),
  words('crosses|crossed|crossing', 'is copied to the vault'),
  words('heed(s|ed|ing)?|hear(s|d|ing)?|unheard|overhears?|news', 'parse, wakeup, receive'),
  words('tell(s|ing)?|told|untold|teller', 'report, alert, notify'),
  words('deeds?|mischief|fates?|outcr(y|ies)', 'attack, action, outcome, alarm'),
  words('heirs?|keepsakes?|silences?|hush(ed)?', 'successor, retained resource, no data'),
  words('untagged|unprotectable|adhoc', 'missing-tag, unsupported, on-demand'),
  words('struck|excused|beats?|mighty|unarmed', 'injected, exempt, phase, with administrator access'),
  words(
    'nobody|somebody|whoever|whom|who|whosoever|anybody|everybody|he|his|him|himself',
    'a component or a principal',
  ),
  words('thereof|whence|hence|wherein|whereupon|lest|ere|alas|anew|forthwith|betimes', 'plain words'),
  words('enrol|enrols|enrolment|behaviou?rs?(?<=ours?)|colou?rs?(?<=ours?)|licen[cs]es?(?<=ces?)', 'American spelling'),
  words('catalogue|neighbour|favour|honour|organi[s]ation|authori[s]e|recogni[s]e', 'American spelling'),
];

/** Phrases of comments, texts and documents. */
export const PHRASES: readonly Word[] = [
  { word: /\bfor want of\b/gi, instead: 'because … is missing' },
  { word: /\bat the (most|least)\b/gi, instead: 'at most, at least' },
  { word: /\bout of turn\b/gi, instead: 'on demand' },
  { word: /\bof (one|its)['’]s own accord\b/gi, instead: 'by itself' },
  { word: /\bplans? of (one|your|their)['’]?s? own\b/gi, instead: 'bring your own backup plan' },
  { word: /\bcomes? to be\b/gi, instead: 'is, becomes' },
  { word: /\b(un)?to cross\b|\bsnapshots? cross\b/gi, instead: 'is copied to the vault' },
];

/** Names of numbers. */
const NUMBERS = /^(most|least)[A-Z]|(ADay|ARun|ASecond|AnHour)$/;

/** Where a word is right. */
interface Exception {
  readonly files: RegExp;
  readonly text: RegExp;
  readonly because: string;
}
export const EXCEPTIONS: readonly Exception[] = [
  { files: /^test\/architecture\/words/, text: /./, because: 'it lists the words' },
  {
    files: /^CHANGELOG\.md$/,
    text: /`vault\.objectives`|`tell-coverage`|`untagged`/,
    because: 'public names of release 0.1.0, beside their successors',
  },
  { files: /^src\/vault\/import-copies/, text: /'Rings'/, because: 'a logical id of release 0.1.0' },
  { files: /release-0-1-0(\.test)?\.ts$/, text: /./, because: 'the names that release 0.1.0 stored' },
  { files: /^docs\/glossary\.md$/, text: /recovery point objective/, because: 'what RPO abbreviates' },
];

/** `tellCoverage`, `tell-coverage` and `TELL_COVERAGE` as their words. */
const partsOf = (token: string): readonly string[] =>
  token
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z’']+/)
    .map((part) => part.replace(/^['’]+|['’]+(s|t|re|ve|ll)?['’]*$/g, ''))
    .filter(Boolean);

/** Every word in a file that is not used, with its line. */
export function offences(file: string, text: string, exceptions = EXCEPTIONS): readonly string[] {
  return text.split('\n').flatMap((line, at) => {
    if (exceptions.some((one) => one.files.test(file) && one.text.test(line))) return [];
    const numbers = line.split(/[^A-Za-z0-9_]+/).filter((name) => NUMBERS.test(name));
    const found = [
      ...partsOf(line).flatMap((part) => WORDS.filter(({ word }) => word.test(part)).map((one) => [part, one.instead])),
      ...PHRASES.flatMap(({ word, instead }) => (line.match(word) ?? []).map((phrase) => [phrase, instead])),
      ...numbers.map((name) => [name, 'max…, min…, …Per…']),
    ];
    return found.map(([part, instead]) => `${file}:${at + 1}: “${part}”: ${instead}`);
  });
}

/** Files that are read: what is written by hand. */
export const readFiles = (...below: readonly string[]): readonly string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...below], { encoding: 'utf8' })
    .split('\n')
    .filter((file) => /\.(ts|js|mjs|cjs|py|md)$/.test(file) && existsSync(file));

if (require.main === module) {
  const found = readFiles(...process.argv.slice(2)).flatMap((file) => offences(file, readFileSync(file, 'utf8')));
  process.stdout.write(`${found.join('\n')}\n${found.length}\n`);
}
