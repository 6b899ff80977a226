// What it takes to see that no file has changed, apart from the rest: who finds that loads nothing else.
export { isAsSeen } from "./landing/landing-marks.ts"
