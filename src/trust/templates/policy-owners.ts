import { type JsonObject, type ResolvedResource, type TemplateVariant, texts } from './template';

/** Finds the owners of a template’s policies, by the names and ARNs that the policies are attached with. */
export class Owners {
  constructor(private readonly template: TemplateVariant) {}

  /** The principals a policy names in Roles, Users and Groups. */
  attachedTo(properties: JsonObject): readonly string[] {
    return [
      ...texts(properties.Roles).map((name) => this.principalArnOf('AWS::IAM::Role', 'role', name)),
      ...texts(properties.Users).map((name) => this.principalArnOf('AWS::IAM::User', 'user', name)),
      ...texts(properties.Groups).map((name) => this.principalArnOf('AWS::IAM::Group', 'group', name)),
    ];
  }

  /**
   * The principals that a managed policy names; null when only principals name the policy, because it is then collected with
   * them. A policy without any principal is its own owner.
   */
  ofManagedPolicy({ arn = '', properties }: ResolvedResource): readonly string[] | null {
    const attached = this.attachedTo(properties);
    const isNamed = [...this.template.resources.values()].some(
      (each) => texts(each.properties.ManagedPolicyArns).includes(arn) || each.properties.PermissionsBoundary === arn,
    );
    if (attached.length > 0) return attached;
    return isNamed ? null : [arn];
  }

  /** The queues of a queue policy, which names them by URL. */
  queues(properties: JsonObject): readonly string[] {
    return texts(properties.Queues).map((url) => {
      const own = this.find('AWS::SQS::Queue', (each) => each.ref === url);
      const [account, name] = url.split('/').slice(-2);
      return own?.arn ?? `arn:aws:sqs:${this.template.place.region}:${account}:${name}`;
    });
  }

  // A principal of another stack is known by its name alone; its path is not.
  private principalArnOf(type: string, kind: string, name: string): string {
    const own = this.find(type, (each) => each.physicalName === name);
    return own?.arn ?? `arn:aws:iam::${this.template.place.account}:${kind}/${name}`;
  }

  private find(type: string, is: (resource: ResolvedResource) => boolean): ResolvedResource | undefined {
    return [...this.template.resources.values()].find((each) => each.type === type && is(each));
  }
}
