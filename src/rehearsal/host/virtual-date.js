/**
 * Puts a Date in place that stands still at the instant last given: the emulated world has one clock, and a step that
 * read the machine's would see snapshots of the future.
 * @returns a function that takes the new instant in milliseconds
 */
function standStill() {
  const Real = Date;
  let instant = Real.now();
  const now = () => instant;
  const Virtual = new Proxy(Real, {
    construct: (target, given, made) => {
      return Reflect.construct(target, given.length === 0 ? [instant] : given, made === Virtual ? target : made);
    },
    apply: () => new Real(instant).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
  Real.prototype.constructor = Virtual;
  globalThis.Date = Virtual;
  return (milliseconds) => {
    instant = milliseconds;
  };
}

module.exports = { standStill };
