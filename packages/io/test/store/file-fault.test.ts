import { expect, test } from "vitest"

import { throwFileFault } from "../../src/store/file-fault.ts"

test.each(["EIO", "ENOSPC", "EMFILE"])(
  "%s of the file system is an error of the store, with a hint",
  (code) => {
    const cause = Object.assign(new Error(`${code}: failed, stat '/lake/a'`), {
      code,
      syscall: "stat",
    })
    expect(() => throwFileFault(cause)).toThrow(
      expect.objectContaining({
        code: "store",
        message: `The file system failed: ${code}: failed, stat '/lake/a'.`,
        hint: expect.any(String),
        isTransient: true,
      }),
    )
  },
)

test("a missing file and any other error stay what they are", () => {
  const missing = Object.assign(new Error("ENOENT: no such file"), {
    code: "ENOENT",
    syscall: "open",
  })
  const fault = new TypeError("a fault")
  for (const cause of [missing, fault]) expect(() => throwFileFault(cause)).toThrow(cause)
})
