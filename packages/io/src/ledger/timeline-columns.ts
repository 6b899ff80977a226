import {
  type EarlierMade,
  type Fingerprint,
  FreshetError,
  type Lanes,
  lanesOf,
  type Mark,
  runningSums,
  summandsOf,
  type Timeline,
} from "@freshet/core"

/** A timeline as it is stored: all of it columns, so that it is read without a step for every partition. */
export interface TimelineColumns {
  readonly from: number
  readonly mark: Uint16Array
  readonly inputs: Lanes
  /** Running sums of the contents, for each output. */
  readonly sums: readonly Lanes[]
  readonly marks: readonly Mark[]
  readonly earlier: EarlierColumns
}

/** The materializations that are kept besides the newest, in order of partition, a partition's newest first. */
export interface EarlierColumns {
  readonly partitions: Int32Array
  /** 1 + place in `marks`. */
  readonly mark: Uint16Array
  readonly inputs: Lanes
  readonly outputs: readonly Lanes[]
}

/** One materialization of all outputs of a computation. */
export interface Made {
  readonly input: Fingerprint
  readonly outputs: readonly Fingerprint[]
  readonly mark: Mark
}

/** Nothing kept yet, of a computation with so many outputs. */
export function emptyColumns(outputs: number): TimelineColumns {
  const { outputs: contents, ...columns } = columnsOf(0, outputs)
  const earlier = { partitions: new Int32Array(0), outputs: contents, ...columns }
  return { from: 0, marks: [], earlier, ...addedUp({ ...columns, outputs: contents }) }
}

function columnsOf(length: number, outputs: number) {
  return {
    mark: new Uint16Array(length),
    inputs: lanesOf(length),
    outputs: Array.from({ length: outputs }, () => lanesOf(length)),
  }
}

/** Columns with their sums instead of contents. */
function addedUp({ mark, inputs, outputs }: Omit<ContentColumns, "from" | "length">) {
  return { mark, inputs, sums: outputs.map(runningSums) }
}

/** The columns as planning sees them; what is kept besides the newest is looked up where it is asked for. */
export function timelineOf(columns: TimelineColumns): Timeline {
  const { from, mark, inputs, sums, marks } = columns
  const length = mark.length
  return { from, length, mark, inputs, sums, marks, earlier: earlierMap(columns) }
}

/** Changes to a timeline, gathered before it is made anew. */
export interface TimelineDraft {
  /** What is kept of a partition now, the newest first; said once a partition. */
  readonly put: (partition: number, made: readonly Made[]) => void
  readonly finish: () => TimelineColumns
}

/** A copy of a timeline that is to be changed; the columns given stay as they are. */
export function draftOf(base: TimelineColumns): TimelineDraft {
  const markOf = markTable(base.marks)
  const newest = growing(base)
  const earlier: (readonly [partition: number, made: Made, mark: number])[] = []
  const replaced = new Set<number>()
  const isNew = base.mark.length === 0
  return {
    put: (partition, [first, ...others]) => {
      if (!isNew) replaced.add(partition)
      if (first !== undefined) newest.set(partition, first, markOf.number(first.mark))
      else newest.clear(partition)
      for (const made of others) earlier.push([partition, made, markOf.number(made.mark)])
    },
    finish: () =>
      withMarksInUse({
        ...newest.finish(),
        marks: markOf.marks,
        earlier: mergedEarlier(base.earlier, replaced, earlier),
      }),
  }
}

/** The same without the marks that nothing has any more: what they say would be taken for something that is kept. */
function withMarksInUse(columns: TimelineColumns): TimelineColumns {
  const { mark, earlier, marks } = columns
  const inUse = new Uint8Array(marks.length + 1)
  for (const column of [mark, earlier.mark]) for (const each of column) inUse[each] = 1
  if (!inUse.includes(0, 1)) return columns
  const numbers = new Uint16Array(inUse.length)
  let count = 0
  for (let at = 1; at < inUse.length; at += 1) if (inUse[at] === 1) numbers[at] = count += 1
  const renumbered = (column: Uint16Array) => column.map((each) => numbers[each] ?? 0)
  return {
    ...columns,
    marks: marks.filter((_, at) => inUse[at + 1] === 1),
    mark: renumbered(mark),
    earlier: { ...earlier, mark: renumbered(earlier.mark) },
  }
}

type Marks = { readonly marks: readonly Mark[]; readonly number: (mark: Mark) => number }

function markTable(known: readonly Mark[]): Marks {
  const marks = [...known]
  const numbers = new Map(known.map((mark, index) => [JSON.stringify(mark), index + 1]))
  let last: { readonly mark: Mark | undefined; readonly number: number } = {
    mark: undefined,
    number: 0,
  }
  const number = (mark: Mark): number => {
    const text = JSON.stringify(mark)
    const found = numbers.get(text)
    if (found !== undefined) return found
    if (marks.length === 65_535)
      throw new FreshetError("ledger", "One computation has 65,535 code and check versions.", {
        hint: "Forget old materializations, with a shorter retention.",
      })
    numbers.set(text, marks.push(mark))
    return marks.length
  }
  return {
    marks,
    number: (mark) => {
      if (last.mark !== mark) last = { mark, number: number(mark) }
      return last.number
    },
  }
}

/** Columns with room at the end, for partitions that mostly come in order. */
function growing(base: TimelineColumns) {
  const outputs = base.sums.length
  let { from } = base
  let length = base.mark.length
  let columns = copied(
    { ...base, outputs: base.sums.map(summandsOf) },
    { from, capacity: length, outputs },
  )
  const reach = (partition: number): number => {
    if (length === 0) from = partition
    const [low, high] = [Math.min(from, partition), Math.max(from + length - 1, partition)]
    if (low < from || high - low >= columns.mark.length) {
      const capacity = Math.max(high - low + 1, length === 0 ? 16 : length * 2)
      columns = copied({ ...columns, from, length }, { from: low, capacity, outputs })
    }
    from = low
    length = high - low + 1
    return partition - from
  }
  return {
    set: (partition: number, made: Made, mark: number) => {
      const at = reach(partition)
      columns.mark[at] = mark
      write(columns.inputs, at, made.input)
      for (let output = 0; output < outputs; output += 1)
        write(columns.outputs[output], at, made.outputs[output])
    },
    clear: (partition: number) => {
      const at = partition - from
      if (at >= 0 && at < length) columns.mark[at] = 0
    },
    finish: () => {
      const all = copied({ ...columns, from, length }, { from, capacity: length, outputs })
      return { from, ...addedUp(all) }
    },
  }
}

/** A timeline while its contents may change, with room for `length` partitions or all that the columns have. */
interface ContentColumns extends Pick<TimelineColumns, "from" | "mark" | "inputs"> {
  readonly outputs: readonly Lanes[]
  readonly length?: number
}

function copied(
  base: ContentColumns,
  to: { readonly from: number; readonly capacity: number; readonly outputs: number },
) {
  const columns = columnsOf(to.capacity, to.outputs)
  const length = base.length ?? base.mark.length
  const offset = length === 0 ? 0 : base.from - to.from
  columns.mark.set(base.mark.subarray(0, length), offset)
  const lanes = [columns.inputs, ...columns.outputs]
  for (const [index, { low, high }] of [base.inputs, ...base.outputs].entries()) {
    lanes[index]?.low.set(low.subarray(0, length), offset)
    lanes[index]?.high.set(high.subarray(0, length), offset)
  }
  return columns
}

function write(lanes: Lanes | undefined, at: number, value: Fingerprint | undefined): void {
  if (lanes === undefined || value === undefined) return
  lanes.low[at] = value.low
  lanes.high[at] = value.high
}

function mergedEarlier(
  base: EarlierColumns,
  replaced: ReadonlySet<number>,
  added: readonly (readonly [partition: number, made: Made, mark: number])[],
): EarlierColumns {
  const kept = [...base.partitions.keys()].filter(
    (index) => !replaced.has(base.partitions[index] ?? 0),
  )
  if (added.length === 0 && kept.length === base.partitions.length) return base
  const all = [
    ...kept.map((index) => [base.partitions[index] ?? 0, earlierAt(base, index)] as const),
    ...added.map(
      ([partition, { input, outputs }, mark]) => [partition, { input, outputs, mark }] as const,
    ),
  ].toSorted(([a], [b]) => a - b)
  const columns = columnsOf(all.length, base.outputs.length)
  const partitions = new Int32Array(all.length)
  for (const [index, [partition, { input, outputs, mark }]] of all.entries()) {
    partitions[index] = partition
    columns.mark[index] = mark
    write(columns.inputs, index, input)
    for (const [output, value] of outputs.entries()) write(columns.outputs[output], index, value)
  }
  return { partitions, ...columns }
}

function earlierAt(earlier: EarlierColumns, index: number) {
  return {
    input: valueAt(earlier.inputs, index),
    outputs: earlier.outputs.map((lanes) => valueAt(lanes, index)),
    mark: earlier.mark[index] ?? 0,
  }
}

function valueAt({ low, high }: Lanes, index: number): Fingerprint {
  return { low: low[index] ?? 0, high: high[index] ?? 0 }
}

const nothingEarlier: ReadonlyMap<number, readonly EarlierMade[]> = new Map()

/** A map over the columns: an entry is made when it is asked for. */
function earlierMap(columns: TimelineColumns): Timeline["earlier"] {
  const { partitions } = columns.earlier
  if (partitions.length === 0) return nothingEarlier
  const get = (partition: number) => earlierOf(columns, partition)
  const keys = () => distinct(partitions)
  const entries = function* (): MapIterator<[number, readonly EarlierMade[]]> {
    for (const partition of distinct(partitions)) yield [partition, get(partition) ?? []]
  }
  const map: Timeline["earlier"] = {
    get,
    has: (partition) => firstAt(partitions, partition) !== undefined,
    keys,
    entries,
    values: function* (): MapIterator<readonly EarlierMade[]> {
      for (const [, made] of entries()) yield made
    },
    [Symbol.iterator]: entries,
    get size() {
      return [...distinct(partitions)].length
    },
    forEach: (visit) => {
      for (const [partition, made] of entries()) visit(made, partition, map)
    },
  }
  return map
}

function* distinct(sorted: Int32Array): MapIterator<number> {
  for (let at = 0; at < sorted.length; at += 1) {
    const partition = sorted[at] ?? 0
    if (at === 0 || sorted[at - 1] !== partition) yield partition
  }
}

function earlierOf(
  { earlier, marks }: TimelineColumns,
  partition: number,
): readonly EarlierMade[] | undefined {
  const first = firstAt(earlier.partitions, partition)
  if (first === undefined) return undefined
  const found: EarlierMade[] = []
  for (let at = first; earlier.partitions[at] === partition; at += 1) {
    const { mark, ...made } = earlierAt(earlier, at)
    const shared = marks[mark - 1]
    if (shared !== undefined) found.push({ ...made, mark: shared })
  }
  return found
}

/** Where a value first stands in a sorted column; undefined when it does not. */
function firstAt(sorted: Int32Array, value: number): number | undefined {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return sorted[low] === value ? low : undefined
}
