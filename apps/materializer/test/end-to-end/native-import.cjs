/** Imports a module as Node does, past the test runner, which transforms the imports of its modules. */
exports.importNatively = (/** @type {string} */ url) => import(url)
