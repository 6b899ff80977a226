// Loaded into a command by `--require`: counts its calls of the file system, and what it sends to PostgreSQL, and lets
// the N-th fail or end the process. The program itself has no part in it.
const fs = require("node:fs")
const { syncBuiltinESMExports } = require("node:module")
const net = require("node:net")

/** @typedef {import("./fault.ts").Fault} Fault */
/** @typedef {(...args: any[]) => any} Call */

/** @type {Fault} */
const fault = JSON.parse(process.env["FRESHET_FAULT"] ?? "null")
// Processes that the command starts have no fault.
delete process.env["FRESHET_FAULT"]
delete process.env["NODE_OPTIONS"]

const original = { ...fs }
let calls = 0

const readingCalls = ["stat", "lstat", "fstat", "readdir", "realpath", "readFile", "read", "access"]
const writingCalls = ["write", "writev", "writeFile", "appendFile"]
const changingCalls = [
  ...writingCalls,
  "rename",
  "link",
  "symlink",
  "mkdir",
  "rm",
  "rmdir",
  "unlink",
  "utimes",
  "copyFile",
  "truncate",
  "ftruncate",
  "fsync",
  "fdatasync",
  "sync",
  "datasync",
]
/** @type {Readonly<Record<string, number>>} */
const errnoByCode = { EIO: -5, ENOSPC: -28, EMFILE: -24 }

/** Descriptors and handles of files below the folders of the fault. */
const openFiles = new Map()
const openHandles = new WeakMap()

/** @param {unknown} value */
function findPath(value) {
  if (typeof value === "number") return openFiles.get(value)
  if (typeof value !== "string") return undefined
  return fault.folders.some((folder) => value.startsWith(folder)) ? value : undefined
}

/**
 * Tests if a call is one that the fault counts.
 * @param {string} name
 * @param {unknown[]} args
 */
function isCounted(name, args) {
  if (fault.kind in errnoByCode) return true
  if (name === "open") return typeof args[1] === "string" && /[wax+]/.test(args[1])
  return changingCalls.includes(name)
}

/**
 * Counts a call; true for the call that the fault hits.
 * @param {string} name
 * @param {string} place
 */
function isHit(name, place) {
  calls += 1
  if (calls !== fault.call) return false
  original.writeFileSync(fault.report, `call ${calls}: ${name} ${place}`)
  return true
}

/**
 * Writes half of the bytes of a call that writes, as a full disk or the end of a process may.
 * @param {string} name
 * @param {unknown[]} args
 */
function writeHalf(name, [file, data]) {
  if (!writingCalls.includes(name)) return
  if (typeof data !== "string" && !(data instanceof Uint8Array)) return
  const half = takeHalf(data)
  if (typeof file === "number") original.writeSync(file, half)
  else if (typeof file === "string") original.appendFileSync(file, half)
}

/** @param {string | Uint8Array} data */
function takeHalf(data) {
  const bytes = typeof data === "string" ? Buffer.from(data) : data
  return bytes.subarray(0, bytes.length >> 1)
}

/**
 * Creates the error of a call, as the file system reports it.
 * @param {string} name
 * @param {string} path
 */
function createError(name, path) {
  const code = fault.kind
  const error = new Error(`${code}: injected fault, ${name} '${path}'`)
  return Object.assign(error, { code, errno: errnoByCode[code], syscall: name, path })
}

/** Sends the signal of the fault to this process. */
function sendSignal() {
  process.kill(process.pid, fault.kind)
}

/**
 * Performs a call, or its fault; with `done`, the error of a fault goes to that callback.
 * @param {string} name
 * @param {unknown[]} args
 * @param {{ path: string | undefined, call: Call, done?: Call }} target
 */
function perform(name, args, { path, call, done }) {
  if (path === undefined || !isCounted(name, args) || !isHit(name, path)) return call(...args)
  if (fault.kind === "SIGKILL" || fault.kind === "ENOSPC") writeHalf(name, args)
  if (!(fault.kind in errnoByCode)) return (sendSignal(), call(...args))
  const error = createError(name, path)
  if (done === undefined) throw error
  process.nextTick(done, error)
}

/**
 * Replaces a function, if there is one of this name.
 * @param {Record<string, any>} target
 * @param {string} name
 * @param {(call: Call) => Call} wrap
 */
function replace(target, name, wrap) {
  if (typeof target[name] === "function") target[name] = wrap(target[name])
}

/** @param {string} name */
function replaceCalls(name) {
  replace(fs, `${name}Sync`, (call) => (...args) => {
    const path = findPath(args[0])
    const result = perform(name, args, { path, call })
    if (name === "open") recordFile(result, path)
    return result
  })
  replace(fs, name, (call) => {
    const replacement = (/** @type {any[]} */ ...args) => {
      const done = args.at(-1)
      const path = findPath(args[0])
      if (name === "open")
        args.splice(-1, 1, (/** @type {unknown} */ error, /** @type {number} */ file) => {
          if (error === null) recordFile(file, path)
          done(error, file)
        })
      return perform(name, args, { path, call, done })
    }
    return Object.assign(replacement, call) // realpath.native
  })
  replace(fs.promises, name, (call) => async (...args) => {
    const path = findPath(args[0])
    const result = await perform(name, args, { path, call })
    if (name === "open" && path !== undefined) openHandles.set(result, path)
    return result
  })
}

/**
 * @param {number} file
 * @param {string | undefined} path
 */
function recordFile(file, path) {
  if (path === undefined) openFiles.delete(file)
  else openFiles.set(file, path)
}

async function replaceHandleCalls() {
  const handle = await original.promises.open(__filename)
  const prototype = Object.getPrototypeOf(handle)
  await handle.close()
  for (const name of ["read", "readFile", "stat", "sync", "datasync", "truncate", ...writingCalls])
    replace(
      prototype,
      name,
      (call) =>
        /** @this {any} */
        async function (...args) {
          return perform(name, [this.fd, ...args], {
            path: openHandles.get(this),
            call: (_file, ...words) => call.apply(this, words),
          })
        },
    )
}

/** Counts what the command sends over connections that it opened. */
function replaceSocketCalls() {
  const prototype = /** @type {Record<string, any>} */ (net.Socket.prototype)
  const connected = new WeakSet()
  const { connect, _writeGeneric: send } = prototype
  prototype["connect"] = function (/** @type {any[]} */ ...args) {
    connected.add(this)
    return connect.apply(this, args)
  }
  prototype["_writeGeneric"] = function (/** @type {any[]} */ ...args) {
    const isSent = connected.has(this) && !this.connecting
    if (isSent && isHit("send", "to PostgreSQL")) sendSignal()
    return send.apply(this, args)
  }
}

if (fault !== null) {
  for (const name of ["open", ...readingCalls, ...changingCalls]) replaceCalls(name)
  if (!(fault.kind in errnoByCode)) replaceSocketCalls()
  void replaceHandleCalls()
  syncBuiltinESMExports()
}
