/**
 * Resolves the values of a template: intrinsic functions, pseudo parameters and references to resources.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
import { parameterTextOf, pseudoParameterOf } from './parameters';
import { RESOURCE_SHAPES, type ResourceShape } from './resource-shapes';
import {
  isList,
  isObject,
  type Json,
  type TemplateParts,
  type TemplatePlace,
  type TruthOf,
  type UnresolvedValue,
} from './template';
import { isUnresolved, placeholderOf, type ValueLocation, within } from './value-location';

/** The result of `{ Ref: AWS::NoValue }`: the property, or the item of the list, is left out. */
const NO_VALUE = Symbol('AWS::NoValue');
type Resolved = Json | typeof NO_VALUE;

/** Resolves the values of one template at one place, for one truth of its conditions. Lists what it could not resolve. */
export class ValueResolver {
  private readonly shapes = new Map<string, ResourceShape | null>();
  private readonly inProgress = new Set<string>();
  private readonly missing = new Map<string, UnresolvedValue>();

  constructor(
    private readonly parts: TemplateParts,
    private readonly place: TemplatePlace,
    private readonly truthOf: TruthOf,
  ) {}

  /** The values that could not be resolved so far. */
  get unresolved(): readonly UnresolvedValue[] {
    return [...this.missing.values()];
  }

  /** Resolves a value of a resource. */
  resolve(value: Json, logicalId: string, path: readonly string[]): Json {
    const resolved = this.value(value, { logicalId, path });
    return resolved === NO_VALUE ? {} : resolved;
  }

  /** The name, ARN and attributes of a resource; null when its type is not known. */
  shapeOf(logicalId: string): ResourceShape | null {
    const known = this.shapes.get(logicalId);
    if (known !== undefined) return known;
    const resource = this.parts.resources.get(logicalId);
    const make = RESOURCE_SHAPES.get(String(resource?.Type));
    if (resource === undefined || make === undefined || this.inProgress.has(logicalId)) return null;
    this.inProgress.add(logicalId);
    const properties = isObject(resource.Properties) ? resource.Properties : {};
    const shape = make({
      logicalId,
      place: this.place,
      deployed: this.place.physicalIds?.[logicalId],
      property: (name) => this.textOfProperty(properties[name], logicalId, name),
    });
    this.inProgress.delete(logicalId);
    this.shapes.set(logicalId, shape);
    return shape;
  }

  // The property is resolved again with the others. A missing value has the same place then, and is listed once.
  private textOfProperty(value: Json | undefined, logicalId: string, name: string): string | undefined {
    if (value === undefined) return undefined;
    const resolved = this.value(value, { logicalId, path: ['Properties', name] });
    return resolved === NO_VALUE || typeof resolved === 'object' ? undefined : String(resolved);
  }

  private value(value: Json, location: ValueLocation): Resolved {
    if (isList(value)) {
      return value
        .map((each, i) => this.value(each, within(location, String(i))))
        .filter((each): each is Json => each !== NO_VALUE);
    }
    if (!isObject(value)) return value;
    const [entry, ...more] = Object.entries(value);
    if (entry !== undefined && more.length === 0 && (entry[0] === 'Ref' || entry[0].startsWith('Fn::'))) {
      return this.intrinsic(entry[0], entry[1], location);
    }
    const resolved = Object.entries(value).map(
      ([key, each]) => [key, this.value(each, within(location, key))] as const,
    );
    return Object.fromEntries(resolved.filter((each): each is readonly [string, Json] => each[1] !== NO_VALUE));
  }

  private intrinsic(name: string, argument: Json, location: ValueLocation): Resolved {
    switch (name) {
      case 'Ref':
        return this.ref(String(argument), location);
      case 'Fn::GetAtt':
        return this.attribute(
          typeof argument === 'string' ? argument : isList(argument) ? argument.join('.') : '',
          location,
        );
      case 'Fn::Sub':
        return this.substitute(argument, location);
      case 'Fn::Join':
        return this.join(argument, location);
      case 'Fn::Split':
        return this.split(argument, location);
      case 'Fn::Select':
        return this.select(argument, location);
      case 'Fn::If':
        return this.choose(argument, location);
      default:
        return this.unknown(`${name} is not supported`, location);
    }
  }

  private ref(name: string, location: ValueLocation): Resolved {
    if (name === 'AWS::NoValue') return NO_VALUE;
    const pseudo = pseudoParameterOf(name, this.place);
    if (pseudo !== null) return pseudo;
    if (name in this.parts.parameters)
      return (
        parameterTextOf(name, this.parts.parameters, this.place) ??
        this.unknown(`the parameter ${name} has no value`, location)
      );
    return this.shapeOf(name)?.ref ?? this.unknown(`Ref ${name}: ${this.reasonFor(name)}`, location);
  }

  private attribute(name: string, location: ValueLocation): Json {
    const dot = name.indexOf('.');
    const logicalId = name.slice(0, dot);
    const shape = this.shapeOf(logicalId);
    if (shape === null) return this.unknown(`GetAtt ${name}: ${this.reasonFor(logicalId)}`, location);
    const value = shape.attributes[name.slice(dot + 1)];
    return value ?? this.unknown(`GetAtt ${name}: this attribute is not known`, location);
  }

  private reasonFor(logicalId: string): string {
    const resource = this.parts.resources.get(logicalId);
    if (resource === undefined) return 'no such resource or parameter, under these conditions';
    return this.inProgress.has(logicalId) ? 'it depends on itself' : `the type ${String(resource.Type)} is not known`;
  }

  // ${!x} is the text ${x}: how a policy variable is written inside Fn::Sub.
  private substitute(argument: Json, location: ValueLocation): Json {
    const [text, own] = isList(argument) ? argument : [argument, {}];
    if (typeof text !== 'string') return this.unknown('Fn::Sub without a text', location);
    const values = isObject(own) ? own : {};
    return text.replaceAll(/\$\{([^}]*)\}/g, (_whole, inner: string) => {
      if (inner.startsWith('!')) return `\${${inner.slice(1)}}`;
      const name = inner.trim();
      const given = values[name];
      const reference: Json = name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name };
      return this.text(given ?? reference, within(location, name));
    });
  }

  private join(argument: Json, location: ValueLocation): Json {
    const [delimiter, items] = isList(argument) ? argument : [];
    const list = this.value(items ?? null, location);
    if (typeof delimiter !== 'string' || list === NO_VALUE || !isList(list))
      return this.unknownUnlessNamed(list, 'Fn::Join without a list', location);
    return list
      .map((each) =>
        typeof each === 'object' ? this.unknown('Fn::Join of a value that is not a text', location) : each,
      )
      .join(delimiter);
  }

  private split(argument: Json, location: ValueLocation): Json {
    const [delimiter, source] = isList(argument) ? argument : [];
    if (typeof delimiter !== 'string' || source === undefined)
      return this.unknown('Fn::Split without a text', location);
    return this.text(source, location).split(delimiter);
  }

  private select(argument: Json, location: ValueLocation): Json {
    const [index, source] = isList(argument) ? argument : [];
    const list = this.value(source ?? null, location);
    const at = Number(this.text(index ?? '', location));
    const chosen = list !== NO_VALUE && isList(list) ? list[at] : undefined;
    // A part of a missing value is missing: the placeholder was cut in pieces.
    if (list !== NO_VALUE && isList(list) && isUnresolved(list.join(''))) return placeholderOf(location);
    return chosen ?? this.unknownUnlessNamed(list, `Fn::Select has no item ${at}`, location);
  }

  private choose(argument: Json, location: ValueLocation): Resolved {
    const [name, whenTrue, whenFalse] = isList(argument) ? argument : [];
    if (typeof name !== 'string' || whenTrue === undefined || whenFalse === undefined)
      return this.unknown('Fn::If without both values', location);
    const truth = this.truthOf(name);
    return truth === null
      ? this.unknown(`Fn::If ${name}: the condition is open`, location)
      : this.value(truth ? whenTrue : whenFalse, location);
  }

  private text(value: Json, location: ValueLocation): string {
    const resolved = this.value(value, location);
    if (resolved === NO_VALUE || typeof resolved === 'object') return this.unknown('it is not a text', location);
    return String(resolved);
  }

  // A value that is already listed is not listed again.
  private unknownUnlessNamed(value: Resolved, what: string, location: ValueLocation): string {
    return typeof value === 'string' && isUnresolved(value) ? value : this.unknown(what, location);
  }

  private unknown(what: string, location: ValueLocation): string {
    const placeholder = placeholderOf(location);
    this.missing.set(`${placeholder}${what}`, { logicalId: location.logicalId, path: location.path.join('.'), what });
    return placeholder;
  }
}
