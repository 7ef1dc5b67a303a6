-- Four independent counts of each object: open rows in raw history, rows that the next layer holds, rows set
-- aside as duplicates, rows rejected.
with counted as (
    {{ object_counts() }}
),

rejects as (
    select
        system,
        object,
        sum(case when is_duplicate then 0 else 1 end) as rejected,
        sum(case when is_duplicate then 1 else 0 end) as respelled
    from {{ ref('ops_rejected_row') }}
    where rejected_at = 'staging'
    group by system, object
)

select
    counted.system,
    counted.object,
    cast(counted.open_rows as bigint) as open_rows,
    cast(counted.staged as bigint) as staged,
    cast(counted.deleted_by_flag as bigint) as deleted_by_flag,
    cast(counted.duplicates + coalesce(rejects.respelled, 0) as bigint) as duplicate,
    cast(coalesce(rejects.rejected, 0) as bigint) as rejected,
    counted.open_rows
    = counted.staged + counted.deleted_by_flag + counted.duplicates
    + coalesce(rejects.respelled, 0) + coalesce(rejects.rejected, 0) as is_balanced
from counted
left join rejects on counted.system = rejects.system and counted.object = rejects.object
