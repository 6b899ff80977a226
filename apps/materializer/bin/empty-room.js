/**
 * Evaluates the CommonJS module on its standard input in a room that holds nothing but the
 * language, and prints the settings that it exports as JSON. Prints nothing if the module looked
 * for anything else: environment, files, clock, chance. What comes out of the room comes out the
 * same in every process, whatever the machine, the day and the place.
 */
import { readFileSync } from "node:fs"
import { createRequire, isBuiltin } from "node:module"
import { createContext, runInContext } from "node:vm"

const require = createRequire(import.meta.url)

const known = new Set(
  `Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol
  Promise RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError
  URIError globalThis JSON Math Intl ArrayBuffer Uint8Array Int8Array Uint16Array Int16Array
  Uint32Array Int32Array Float32Array Float64Array Uint8ClampedArray BigUint64Array BigInt64Array
  DataView Map BigInt Set WeakMap WeakSet Proxy Reflect decodeURI decodeURIComponent encodeURI
  encodeURIComponent escape unescape isFinite isNaN Iterator Date`.split(/\s+/),
)

const harmless = { TextDecoder, TextEncoder, URL, URLSearchParams }

/** The language itself knows the time, its place and its tongue, and numbers by chance: whoever asks for them is told of. */
const watched = `
  const replace = (of, name, asked) => {
    const plain = of[name]
    of[name] = function (...given) {
      asked(given)
      return plain.apply(this, given)
    }
  }
  const { format } = Object.getOwnPropertyDescriptors(Intl.DateTimeFormat.prototype)
  Object.defineProperty(Intl.DateTimeFormat.prototype, "format", {
    get() {
      const formatted = format.get.call(this)
      return (date) => (date === undefined ? looked() : formatted(date))
    },
  })
  replace(Intl.DateTimeFormat.prototype, "formatToParts", ([date]) => date ?? looked())
  for (const name of Object.getOwnPropertyNames(Intl))
    if (typeof Intl[name] === "function" && Intl[name].prototype !== undefined)
      Intl[name] = new Proxy(Intl[name], {
        apply: looked,
        construct: (target, given, made) => {
          const [locale, { timeZone } = {}] = given
          if (locale === undefined || (name === "DateTimeFormat" && timeZone === undefined)) looked()
          return Reflect.construct(target, given, made)
        },
      })
  for (const { prototype } of [Array, BigInt, Date, Number, String, Uint8Array])
    for (let of = prototype; of !== Object.prototype; of = Object.getPrototypeOf(of))
      for (const name of Object.getOwnPropertyNames(of))
        if (/locale/i.test(name)) replace(of, name, looked)
  const isUniversal = /UTC|ISO|JSON|Time$|^valueOf$|^constructor$|Locale/
  for (const name of Object.getOwnPropertyNames(Date.prototype))
    if (!isUniversal.test(name)) replace(Date.prototype, name, looked)
  Math.random = looked
  const isInstant = (given) =>
    given.length === 1 && (typeof given[0] !== "string" || /Z$|^\\d{4}-\\d\\d-\\d\\d$/.test(given[0]))
  Date = Date.prototype.constructor = new Proxy(Date, {
    apply: looked,
    construct: (target, given, made) => {
      if (!isInstant(given)) looked()
      return Reflect.construct(target, given, made)
    },
    get: (target, name) => (name === "now" || name === "parse" ? looked() : target[name]),
  })`

let hasLooked = false

function looked() {
  hasLooked = true
}

const room = createContext({ ...harmless })
const own = runInContext("Object.getOwnPropertyNames(globalThis)", room)
for (const name of new Set([...own, ...Object.getOwnPropertyNames(globalThis), "importMeta"]))
  if (!known.has(name) && !(name in harmless))
    Object.defineProperty(room, name, { get: looked, configurable: true })
runInContext(`(looked) => {${watched}}`, room)(looked)

/** @type {{ exports: { default: Record<string, unknown> } }} */
const module = { exports: { default: {} } }
const load = runInContext(`(module, exports, require) => {${readFileSync(0, "utf8")}\n}`, room)
load(module, module.exports, closed)
const { assets, ...settings } = module.exports.default
const isPlain = Object.values(settings).every((each) => Object(each) !== each)
const isWhole = Array.isArray(assets) && isPlain
// What was begun and not waited for ends before.
process.once("exit", () => {
  if (isWhole && !hasLooked) process.stdout.write(JSON.stringify(settings))
})

/**
 * A module from outside. That it is imported says nothing, but whoever takes something out of it
 * looks outside.
 * @param {string} name
 */
function closed(name) {
  const names = isBuiltin(name) ? Object.keys(require(name)) : []
  if (names.length === 0) looked()
  const guarded = names.map((each) => [each, { get: looked, enumerable: true }])
  return Object.defineProperties({}, Object.fromEntries(guarded))
}
