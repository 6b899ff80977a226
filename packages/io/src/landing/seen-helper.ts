/** The program of a second thread that looks whether everything is as it was seen, and says so. */
import { parentPort, workerData } from "node:worker_threads"

import { areTheRestAsSeen, type SharedSeen } from "./landing-marks.ts"

const seen = workerData as SharedSeen // what whoever starts it gives
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
void areTheRestAsSeen(seen).then((isAsSeen) => parentPort?.postMessage(isAsSeen))
