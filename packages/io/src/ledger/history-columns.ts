import {
  buildRunningSums,
  createLanes,
  type EarlierMaterialization,
  type Fingerprint,
  FreshetError,
  type Lanes,
  type MaterializationHistory,
  type MaterializationVersion,
  toDifferences,
} from "@freshet/core/engine"

/** A materialization history in its stored form: columns, so that reading it takes no step per partition. */
export interface HistoryColumns {
  readonly from: number
  readonly versionIndex: Uint16Array
  readonly inputs: Lanes
  /** Running sums of the contents, for each output. */
  readonly sums: readonly Lanes[]
  readonly versions: readonly MaterializationVersion[]
  readonly earlier: EarlierColumns
}

/** The retained materializations besides the newest, by partition, newest first. */
export interface EarlierColumns {
  readonly partitions: Int32Array
  /** 1 + position in `versions`. */
  readonly versionIndex: Uint16Array
  readonly inputs: Lanes
  readonly outputs: readonly Lanes[]
}

/** One materialization of all outputs of a computation. */
export interface HistoryEntry {
  readonly input: Fingerprint
  readonly outputs: readonly Fingerprint[]
  readonly version: MaterializationVersion
}

/** Creates the empty columns of a computation with this number of outputs. */
export function createEmptyColumns(outputs: number): HistoryColumns {
  const { outputs: contents, ...columns } = allocateColumns(0, outputs)
  const earlier = { partitions: new Int32Array(0), outputs: contents, ...columns }
  return { from: 0, versions: [], earlier, ...sumContents({ ...columns, outputs: contents }) }
}

function allocateColumns(length: number, outputs: number) {
  return {
    versionIndex: new Uint16Array(length),
    inputs: createLanes(length),
    outputs: Array.from({ length: outputs }, () => createLanes(length)),
  }
}

/** Columns with their sums instead of contents. */
function sumContents({ versionIndex, inputs, outputs }: Omit<ContentColumns, "from" | "length">) {
  return { versionIndex, inputs, sums: outputs.map(buildRunningSums) }
}

/** Converts columns to a history; earlier materializations are looked up on demand. */
export function toHistory(columns: HistoryColumns): MaterializationHistory {
  const { from, versionIndex, inputs, sums, versions } = columns
  const length = versionIndex.length
  return { from, length, versionIndex, inputs, sums, versions, earlier: createEarlierMap(columns) }
}

/** Changes of a history, collected before the columns are rebuilt. */
export interface HistoryBuilder {
  /** Sets the retained materializations of a partition, newest first; call it once a partition. */
  readonly put: (partition: number, entries: readonly HistoryEntry[]) => void
  readonly finish: () => HistoryColumns
}

/** Creates a builder on a copy of a history; the given columns stay unchanged. */
export function createHistoryBuilder(base: HistoryColumns): HistoryBuilder {
  const versionTable = createVersionTable(base.versions)
  const newest = createGrowingColumns(base)
  const earlier: (readonly [partition: number, made: HistoryEntry, mark: number])[] = []
  const replaced = new Set<number>()
  const isNew = base.versionIndex.length === 0
  return {
    put: (partition, [first, ...earlierEntries]) => {
      if (!isNew) replaced.add(partition)
      if (first !== undefined) newest.set(partition, first, versionTable.getNumber(first.version))
      else newest.clear(partition)
      for (const entry of earlierEntries)
        earlier.push([partition, entry, versionTable.getNumber(entry.version)])
    },
    finish: () =>
      dropUnusedVersions({
        ...newest.finish(),
        versions: versionTable.versions,
        earlier: mergeEarlier(base.earlier, replaced, earlier),
      }),
  }
}

/** Removes versions that no materialization has any more: planning would count them as retained. */
function dropUnusedVersions(columns: HistoryColumns): HistoryColumns {
  const { versionIndex, earlier, versions } = columns
  const isUsed = new Uint8Array(versions.length + 1)
  for (const column of [versionIndex, earlier.versionIndex])
    for (const index of column) isUsed[index] = 1
  if (!isUsed.includes(0, 1)) return columns
  const numbers = new Uint16Array(isUsed.length)
  let count = 0
  for (let at = 1; at < isUsed.length; at += 1) if (isUsed[at] === 1) numbers[at] = count += 1
  const renumber = (column: Uint16Array) => column.map((index) => numbers[index] ?? 0)
  return {
    ...columns,
    versions: versions.filter((_, at) => isUsed[at + 1] === 1),
    versionIndex: renumber(versionIndex),
    earlier: { ...earlier, versionIndex: renumber(earlier.versionIndex) },
  }
}

type VersionTable = {
  readonly versions: readonly MaterializationVersion[]
  readonly getNumber: (version: MaterializationVersion) => number
}

function createVersionTable(baseVersions: readonly MaterializationVersion[]): VersionTable {
  const versions = [...baseVersions]
  const numbers = new Map(
    baseVersions.map((version, index) => [JSON.stringify(version), index + 1]),
  )
  let last: { readonly version: MaterializationVersion | undefined; readonly number: number } = {
    version: undefined,
    number: 0,
  }
  const addVersion = (version: MaterializationVersion): number => {
    const text = JSON.stringify(version)
    const knownNumber = numbers.get(text)
    if (knownNumber !== undefined) return knownNumber
    if (versions.length === 65_535)
      throw new FreshetError("ledger", "One computation has 65,535 code and check versions.", {
        hint: "Delete old materializations: shorten their retention, then run `freshet gc`.",
      })
    numbers.set(text, versions.push(version))
    return versions.length
  }
  return {
    versions,
    getNumber: (version) => {
      if (last.version !== version) last = { version, number: addVersion(version) }
      return last.number
    },
  }
}

/** Columns with spare capacity at the end, for partitions that mostly arrive in order. */
function createGrowingColumns(base: HistoryColumns) {
  const outputs = base.sums.length
  let { from } = base
  let length = base.versionIndex.length
  let columns = copyColumns(
    { ...base, outputs: base.sums.map(toDifferences) },
    { from, capacity: length, outputs },
  )
  const reach = (partition: number): number => {
    if (length === 0) from = partition
    const [low, high] = [Math.min(from, partition), Math.max(from + length - 1, partition)]
    if (low < from || high - low >= columns.versionIndex.length) {
      const capacity = Math.max(high - low + 1, length === 0 ? 16 : length * 2)
      columns = copyColumns({ ...columns, from, length }, { from: low, capacity, outputs })
    }
    from = low
    length = high - low + 1
    return partition - from
  }
  return {
    set: (partition: number, entry: HistoryEntry, number: number) => {
      const at = reach(partition)
      columns.versionIndex[at] = number
      writeFingerprint(columns.inputs, at, entry.input)
      for (let output = 0; output < outputs; output += 1)
        writeFingerprint(columns.outputs[output], at, entry.outputs[output])
    },
    clear: (partition: number) => {
      const at = partition - from
      if (at >= 0 && at < length) columns.versionIndex[at] = 0
    },
    finish: () => {
      const all = copyColumns({ ...columns, from, length }, { from, capacity: length, outputs })
      return { from, ...sumContents(all) }
    },
  }
}

/** The columns of a mutable history, with capacity for `length` partitions or for all of the columns. */
interface ContentColumns extends Pick<HistoryColumns, "from" | "versionIndex" | "inputs"> {
  readonly outputs: readonly Lanes[]
  readonly length?: number
}

function copyColumns(
  base: ContentColumns,
  target: { readonly from: number; readonly capacity: number; readonly outputs: number },
) {
  const columns = allocateColumns(target.capacity, target.outputs)
  const length = base.length ?? base.versionIndex.length
  const offset = length === 0 ? 0 : base.from - target.from
  columns.versionIndex.set(base.versionIndex.subarray(0, length), offset)
  const lanes = [columns.inputs, ...columns.outputs]
  for (const [index, { low, high }] of [base.inputs, ...base.outputs].entries()) {
    lanes[index]?.low.set(low.subarray(0, length), offset)
    lanes[index]?.high.set(high.subarray(0, length), offset)
  }
  return columns
}

function writeFingerprint(
  lanes: Lanes | undefined,
  at: number,
  value: Fingerprint | undefined,
): void {
  if (lanes === undefined || value === undefined) return
  lanes.low[at] = value.low
  lanes.high[at] = value.high
}

function mergeEarlier(
  base: EarlierColumns,
  replaced: ReadonlySet<number>,
  addedEntries: readonly (readonly [partition: number, made: HistoryEntry, mark: number])[],
): EarlierColumns {
  const retainedIndexes = [...base.partitions.keys()].filter(
    (index) => !replaced.has(base.partitions[index] ?? 0),
  )
  if (addedEntries.length === 0 && retainedIndexes.length === base.partitions.length) return base
  const sortedEntries = [
    ...retainedIndexes.map(
      (index) => [base.partitions[index] ?? 0, getEarlierRow(base, index)] as const,
    ),
    ...addedEntries.map(
      ([partition, { input, outputs }, number]) =>
        [partition, { input, outputs, versionIndex: number }] as const,
    ),
  ].toSorted(([a], [b]) => a - b)
  const columns = allocateColumns(sortedEntries.length, base.outputs.length)
  const partitions = new Int32Array(sortedEntries.length)
  for (const [index, [partition, { input, outputs, versionIndex }]] of sortedEntries.entries()) {
    partitions[index] = partition
    columns.versionIndex[index] = versionIndex
    writeFingerprint(columns.inputs, index, input)
    for (const [output, value] of outputs.entries())
      writeFingerprint(columns.outputs[output], index, value)
  }
  return { partitions, ...columns }
}

function getEarlierRow(earlier: EarlierColumns, index: number) {
  return {
    input: getFingerprint(earlier.inputs, index),
    outputs: earlier.outputs.map((lanes) => getFingerprint(lanes, index)),
    versionIndex: earlier.versionIndex[index] ?? 0,
  }
}

function getFingerprint({ low, high }: Lanes, index: number): Fingerprint {
  return { low: low[index] ?? 0, high: high[index] ?? 0 }
}

const emptyEarlier: ReadonlyMap<number, readonly EarlierMaterialization[]> = new Map()

/** Creates a map over the columns that builds its entries on demand. */
function createEarlierMap(columns: HistoryColumns): MaterializationHistory["earlier"] {
  const { partitions } = columns.earlier
  if (partitions.length === 0) return emptyEarlier
  const get = (partition: number) => findEarlier(columns, partition)
  const keys = () => listDistinct(partitions)
  const entries = function* (): MapIterator<[number, readonly EarlierMaterialization[]]> {
    for (const partition of listDistinct(partitions)) yield [partition, get(partition) ?? []]
  }
  const map: MaterializationHistory["earlier"] = {
    get,
    has: (partition) => findFirstIndex(partitions, partition) !== undefined,
    keys,
    entries,
    values: function* (): MapIterator<readonly EarlierMaterialization[]> {
      for (const [, materializations] of entries()) yield materializations
    },
    [Symbol.iterator]: entries,
    get size() {
      return [...listDistinct(partitions)].length
    },
    forEach: (visit) => {
      for (const [partition, materializations] of entries()) visit(materializations, partition, map)
    },
  }
  return map
}

function* listDistinct(sorted: Int32Array): MapIterator<number> {
  for (let at = 0; at < sorted.length; at += 1) {
    const partition = sorted[at] ?? 0
    if (at === 0 || sorted[at - 1] !== partition) yield partition
  }
}

function findEarlier(
  { earlier, versions }: HistoryColumns,
  partition: number,
): readonly EarlierMaterialization[] | undefined {
  const first = findFirstIndex(earlier.partitions, partition)
  if (first === undefined) return undefined
  const earlierEntries: EarlierMaterialization[] = []
  for (let at = first; earlier.partitions[at] === partition; at += 1) {
    const { versionIndex, ...contents } = getEarlierRow(earlier, at)
    const version = versions[versionIndex - 1]
    if (version !== undefined) earlierEntries.push({ ...contents, version })
  }
  return earlierEntries
}

/** Finds the first position of a value in a sorted column; undefined without one. */
function findFirstIndex(sorted: Int32Array, value: number): number | undefined {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return sorted[low] === value ? low : undefined
}
