import { config } from '../../src/checkvalve.config';
import { synthesizedTemplates } from '../../src/cli/synthesized-templates';
import { resolveTemplate } from '../../src/trust/templates/resolve-template';

/** A function as the synthesized templates deploy it. */
export interface DeployedFunction {
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
}

interface FunctionProperties {
  readonly FunctionName?: string;
  readonly Environment?: { readonly Variables: Readonly<Record<string, string>> };
  readonly MemorySize?: number | string;
  readonly Timeout?: number | string;
}

const SOURCE = '222200001111';

/** The functions of all steps, by the step's name. */
export function deployedFunctions(): ReadonlyMap<string, DeployedFunction> {
  const found = new Map<string, DeployedFunction>();
  for (const [stackName, { template, account = SOURCE, region }] of synthesizedTemplates(config)) {
    const place = { account, region: region || config.regions[0] || '', stackName };
    for (const { type, properties } of resolveTemplate(template, place).resources.values()) {
      if (type !== 'AWS::Lambda::Function') continue;
      const { FunctionName, Environment, MemorySize, Timeout } = properties as FunctionProperties;
      found.set(String(FunctionName).replace(/^checkvalve-/, ''), {
        variables: { ...Environment?.Variables, AWS_REGION: place.region },
        memoryMiB: Number(MemorySize),
        timeoutSeconds: Number(Timeout),
      });
    }
  }
  return found;
}
