-- Only a load of the whole object can be compared with what is open now; a delta is proved by ops_load and
-- ops_object_identity together. A load of which a part could not be read closes nothing: what it did not bring
-- stays open (kept_open).
with complete as (
    select
        loads.*,
        row_number() over (
            partition by loads.system, loads.object order by loads.extracted_at desc, loads.load_id desc
        ) as place
    from {{ ref('ops_load') }} as loads
    where not loads.skipped
),

open_now as (
    select
        counted.*,
        case
            when complete.unreadable > 0 or complete.note is not null
                then greatest(counted.open_rows - complete.landed, 0)
            else 0
        end as kept_open
    from {{ ref('ops_object_identity') }} as counted
    inner join complete
        on counted.system = complete.system and counted.object = complete.object and complete.place = 1
)

select
    complete.load_id,
    complete.system,
    complete.object,
    complete.received,
    counts.duplicate,
    counts.kept_open,
    counts.staged + counts.deleted_by_flag as staged,
    counts.rejected + complete.unreadable as rejected,
    complete.received + counts.kept_open
    = counts.staged + counts.deleted_by_flag + counts.duplicate + counts.rejected + complete.unreadable as is_balanced
from complete
inner join open_now as counts
    on complete.system = counts.system and complete.object = counts.object
where complete.place = 1 and complete.load_mode = 'full'
