/** The program of a second thread that looks whether everything is as it was seen, and says so. */
import { parentPort, workerData } from "node:worker_threads"

import { areTheRestAsSeen, type SharedSeen } from "./landing-marks.ts"

parentPort?.postMessage(await areTheRestAsSeen(workerData as SharedSeen)) // what whoever starts it gives
