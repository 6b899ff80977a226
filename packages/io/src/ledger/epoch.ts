/** The number of retained epochs: an older state file is rebuilt. */
const retainedEpochs = 1000

/**
 * SQL: begins an epoch, after which readers read the partitions of `rows` again, the name of a relation with their assets
 * and partitions. Consecutive partitions have the same difference to their rank.
 */
export const buildEpochStatements = (rows: string) => `
  ranges as (
    select asset, jsonb_build_array(min(partition), max(partition)) as range
    from (
      select asset, partition,
        partition - dense_rank() over (partition by asset order by partition) as island
      from ${rows}
    ) as ranked
    group by asset, island
  ), changed_ranges as (
    select asset, jsonb_agg(range) as ranges from ranges group by asset
  ), next_epoch as (
    update freshet.identity set epoch = epoch + 1 where exists (select from ${rows})
    returning epoch
  ), recorded as (
    insert into freshet.wipes (epoch, partitions)
    select epoch, (select jsonb_object_agg(asset, ranges) from changed_ranges) from next_epoch
  ), expired as (
    delete from freshet.wipes
    where epoch < (select epoch from next_epoch) - ${retainedEpochs}
  )`
