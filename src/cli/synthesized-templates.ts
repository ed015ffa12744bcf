import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConfiguredCell, cellsOf } from '../config/cells';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { cellSuffix } from '../contract/cells';
import { CheckvalveError } from '../contract/errors';
import { readJson, unreadable } from '../files/read-text';
import { systemReason } from '../files/system-reason';
import { temporaryFolder } from '../files/temporary-folder';
import type { Synthesized } from '../trust/proof/proved-landing-zone';
import { isOfOtherCell, type OtherCell } from '../trust/templates/other-cells';

/** A template and the account and Region of its stack. The template of the StackSet has no account: it goes to every source. */
interface PlacedTemplate {
  readonly template: unknown;
  readonly account?: string;
  readonly region: string;
}

/** The templates of a configuration by stack name; the template of the StackSet by the name of the StackSet. */
export type Templates = ReadonlyMap<string, PlacedTemplate>;

/** Synthesizes a configuration, reads its templates and deletes the files. */
export function synthesizedTemplates(config: CheckvalveConfig): Templates {
  const outdir = temporaryFolder('checkvalve-trust-');
  const read = (file: string): unknown => JSON.parse(readFileSync(join(outdir, file), 'utf8'));
  try {
    // `cdk synth` validates the templates against CloudFormation's schemas, which takes four seconds.
    process.env.CDK_VALIDATION ??= 'false';
    // Loaded here, so that other commands do not wait a second for the CDK.
    const { synthesize } = require('../rehearsal/host/synthesize') as typeof import('../rehearsal/host/synthesize');
    const stacks = synthesize(config, outdir).stacks.map(({ stackName, templateFile, environment }) => {
      const { account, region } = environment;
      return [stackName, { template: read(templateFile), account, region }] as const;
    });
    const pushed = cellsOf(config).map(({ cell, config: { cell: name } }) => {
      const file = pushedFileOf(outdir, `Tooling${cellSuffix(name)}`);
      return [cell.stackSet, { template: read(file), region: '' }] as const;
    });
    return new Map<string, PlacedTemplate>([...stacks, ...pushed]);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The file of the template that the StackSet of a stack pushes: an asset of that stack. */
function pushedFileOf(outdir: string, stack: string): string {
  const assets = readFileSync(join(outdir, `${stack}.assets.json`), 'utf8');
  return /[\w-]+\.stackset\.template\.json/.exec(assets)?.[0] ?? '';
}

/**
 * Writes each template to a folder as `NAME.json`, to be edited.
 * @throws CheckvalveError `INVALID_INPUT` when the folder cannot be created or written
 */
export function saveTemplates(templates: Templates, folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, { template }] of templates) {
      writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(template, undefined, 2)}\n`);
    }
  } catch (cause) {
    throw new CheckvalveError(
      'INVALID_INPUT',
      `--save ${folder} cannot be written: ${systemReason(cause)}`,
      'Give a folder that you can write to, or a new one.',
      { cause },
    );
  }
}

/**
 * Replaces templates by files, each given as `NAME=FILE`.
 * @throws CheckvalveError `INVALID_INPUT` for an unknown name, or a file that is not a template
 */
export function withFiles(templates: Templates, given: readonly string[]): Templates {
  const changed = new Map(templates);
  for (const one of given) {
    const [, name = '', file = ''] = /^([^=]+)=(.+)$/.exec(one) ?? [];
    const replaced = templates.get(name);
    if (!replaced) {
      throw new CheckvalveError(
        'INVALID_INPUT',
        `--template ${one} names no template of this configuration`,
        `Give NAME=FILE; the names are ${[...templates.keys()].join(', ')}.`,
      );
    }
    changed.set(name, { ...replaced, template: readTemplate(name, file) });
  }
  return changed;
}

function readTemplate(name: string, file: string): unknown {
  const purpose = {
    code: 'INVALID_INPUT',
    remedy: `Give the template ${name} as JSON; --save FOLDER writes the templates of this configuration.`,
  } as const;
  const found = readJson(file, purpose);
  const { Resources } = (found ?? {}) as { readonly Resources?: unknown };
  if (typeof Resources !== 'object' || Resources === null) {
    throw unreadable(file, 'it has no Resources, so it is not a CloudFormation template', purpose);
  }
  for (const [logicalId, resource] of Object.entries(Resources)) {
    const { Type } = (resource ?? {}) as { readonly Type?: unknown };
    if (typeof Type !== 'string') throw unreadable(file, `the resource ${logicalId} has no Type`, purpose);
  }
  return found;
}

/** The templates of one cell by the kind of their account. A template for an unknown account counts as the vault's. */
export function byAccount(
  templates: Templates,
  { cell, config }: ConfiguredCell,
  others: readonly OtherCell[],
): Synthesized {
  const all = [...templates].map(([name, placed]) => ({ name, ...placed }));
  const [pushed] = all.filter(({ name }) => name === cell.stackSet);
  const stacks = all.filter(({ name, region }) => region !== '' && !isOfOtherCell(name, others));
  const isManagement = ({ account }: PlacedTemplate) => account === config.organization.managementAccount;
  return {
    vault: stacks.filter((one) => !isManagement(one)),
    management: stacks.filter(isManagement),
    source: { name: cell.stackSet, template: pushed?.template },
  };
}
