import Table from 'cli-table3';
import { Help } from 'commander';

/** How wide a line may be: the terminal's width, what COLUMNS says, or 80 where nobody knows. */
export const lineWidth = (): number => process.stdout.columns || Number(process.env.COLUMNS) || 80;

/** Without the codes of colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is how a terminal is told a colour.
const plain = (text: string): string => text.replace(/\u001b\[\d+m/g, '');
/** A cell has a blank on either side, and a line on its left; the last one has a line on its right too. */
const FRAME = 3;

/**
 * The widths of a table's columns. Where the table is wider than `most`, the widest column gives way first, and none to
 * less than its longest word: a name that is broken cannot be copied.
 */
export function columnWidths(rows: ReadonlyArray<readonly string[]>, most: number): number[] {
  const columns = rows[0]?.map((_, at) => rows.map((row) => plain(row[at] ?? ''))) ?? [];
  const longest = (cells: readonly string[], by: RegExp) =>
    Math.max(...cells.flatMap((cell) => cell.split(by).map(({ length }) => length)));
  const widths = columns.map((cells) => longest(cells, /\n/));
  const least = columns.map((cells) => longest(cells, /\s/));
  const room = () => most - 1 - widths.reduce((sum, width) => sum + width + FRAME, 0);
  while (room() < 0) {
    const [widest] = widths
      .map((width, at) => ({ width, at }))
      .filter(({ width, at }) => width > (least[at] ?? 0))
      .sort((a, b) => b.width - a.width);
    if (!widest) break;
    widths[widest.at] = widest.width - 1;
  }
  return widths;
}

/** Rows under headings, as wide as they need to be; what does not fit into a line of the terminal goes on in the next. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const widths = columnWidths([head, ...rows], lineWidth());
  const made = new Table({
    head: [...head],
    style: { head: [], border: [] },
    colWidths: widths.map((width) => width + 2),
    wordWrap: true,
    // No line between rows: a table is read down its columns.
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  made.push(...rows.map((row) => [...row]));
  return made.toString();
}

/** Sentences in lines of the terminal's width, each with an indent; what goes on in the next line has `more` of it. */
export function paragraph(text: string, indent = '', more = ''): string {
  const width = lineWidth() - indent.length - more.length;
  return new Help().boxWrap(text, width).replaceAll('\n', `\n${indent}${more}`).replace(/^/, indent);
}
