import fc from "fast-check"

/** Property tests draw the same cases in each run, so that a test that fails was broken by a change; other seeds explore. */
fc.configureGlobal({ seed: Number(process.env["FRESHET_TEST_SEED"] ?? 20_261_201) })
