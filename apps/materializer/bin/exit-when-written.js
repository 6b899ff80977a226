/**
 * Ends the process if code of assets, which its time limit ended, keeps it open although all output is written.
 * @param {NodeJS.Process} process
 */
export function exitWhenWritten({ stdout, stderr, exit }) {
  setInterval(() => {
    if (stdout.writableLength + stderr.writableLength === 0) exit()
  }, 500).unref()
}
