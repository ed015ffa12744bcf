import { type AccountId, isAccountId } from '../../../src/contract/ids';

/** What an event is reduced to: which accounts to look at, or that all must be looked at; and who caused it. */
export type WakeUp =
  | { readonly look: 'accounts'; readonly accounts: readonly AccountId[]; readonly by: string }
  | { readonly look: 'everything'; readonly by: string };

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const DEEPEST = 6;

/** Every account id that stands under one of these names, at whatever depth. */
function accountsNamed(names: readonly string[], value: unknown, depth = 0): readonly AccountId[] {
  if (depth > DEEPEST || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    names.includes(name.toLowerCase()) && isAccountId(inner) ? [inner] : accountsNamed(names, inner, depth + 1),
  );
}

/** The accounts among the parties of a handshake; the organization is the other party.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_Handshake.html */
function parties({ responseElements }: Fields): readonly AccountId[] {
  const list = fields(fields(responseElements).handshake).parties;
  return Array.isArray(list) ? list.map((party) => fields(party).id).filter(isAccountId) : [];
}

/** Tags of units, policies and the root matter to nobody here. */
function tagged({ requestParameters }: Fields): readonly AccountId[] | 'nothing' {
  const { resourceId } = fields(requestParameters);
  if (isAccountId(resourceId)) return [resourceId];
  return typeof resourceId === 'string' && /^(ou|p|r|rp)-/.test(resourceId) ? 'nothing' : [];
}

/** A request that failed to make or to close an account changed nothing. */
function ended({ serviceEventDetails }: Fields): readonly AccountId[] | 'nothing' {
  const accounts = accountsNamed(['accountid'], serviceEventDetails);
  const status = fields(Object.values(fields(serviceEventDetails))[0]);
  return accounts.length === 0 && status.state === 'FAILED' ? 'nothing' : accounts;
}

const inRequest = ({ requestParameters }: Fields) => accountsNamed(['accountid'], requestParameters);
const inDetails = ({ serviceEventDetails }: Fields) => accountsNamed(['accountid', 'id'], serviceEventDetails);

/**
 * Where each event of Organizations names its account. Calls have it in their request, the service's own events in their
 * details, whose fields differ from event to event. Events of units are not here: they concern whoever is below.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_cloudtrail-integration.html
 */
const READERS: Readonly<Record<string, (detail: Fields) => readonly AccountId[] | 'nothing'>> = {
  AcceptHandshake: parties,
  AccountDepartedOrganization: inDetails,
  AccountJoinedOrganization: inDetails,
  CloseAccount: inRequest,
  CloseAccountResult: ended,
  CreateAccountResult: ended,
  MoveAccount: inRequest,
  RemoveAccountFromOrganization: inRequest,
  TagResource: tagged,
  UntagResource: tagged,
};

/** https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-tag.html */
const taggedArns = (resources: unknown): readonly AccountId[] =>
  (Array.isArray(resources) ? resources : [])
    .map((arn) => (typeof arn === 'string' ? /:account\/o-[a-z0-9]+\/(\d{12})$/.exec(arn)?.[1] : undefined))
    .filter(isAccountId);

/**
 * Reduces an event to what is to be looked at. What the event says of an account is not believed, only that the account
 * is worth a look; a shape that nobody knows is a reason to look at everything. It never throws. Pure.
 */
export function wakeUp(event: unknown): WakeUp {
  const { source, resources, detail: raw, 'detail-type': type } = fields(event);
  const detail = fields(raw);
  if (source === 'aws.events') return { look: 'everything', by: 'the daily sweep' };
  const { arn } = fields(detail.userIdentity);
  const name = typeof detail.eventName === 'string' ? detail.eventName : '';
  const by = typeof arn === 'string' ? arn : name || (typeof type === 'string' ? type : 'an unknown event');
  const everything: WakeUp = { look: 'everything', by };
  if (source === 'aws.tag') {
    const accounts = taggedArns(resources);
    return accounts.length > 0 ? { look: 'accounts', accounts, by: 'a change of tags' } : everything;
  }
  // A call that was refused changed nothing.
  if (source === 'aws.organizations' && detail.errorCode) return { look: 'accounts', accounts: [], by };
  const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  const accounts = source === 'aws.organizations' && read ? read(detail) : [];
  if (accounts === 'nothing') return { look: 'accounts', accounts: [], by };
  return accounts.length > 0 ? { look: 'accounts', accounts: [...new Set(accounts)], by } : everything;
}
