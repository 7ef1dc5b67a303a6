-- Only a load of the whole object can be compared with what is open now; a delta is proved by ops_load and
-- ops_object_identity together.
with complete as (
    select
        loads.*,
        row_number() over (
            partition by loads.system, loads.object order by loads.extracted_at desc, loads.load_id desc
        ) as place
    from {{ ref('ops_load') }} as loads
    where not loads.skipped
)

select
    complete.load_id,
    complete.system,
    complete.object,
    complete.received,
    counts.duplicate,
    counts.staged + counts.deleted_by_flag as staged,
    counts.rejected + complete.unreadable as rejected,
    complete.received
    = counts.staged + counts.deleted_by_flag + counts.duplicate + counts.rejected + complete.unreadable as is_balanced
from complete
inner join {{ ref('ops_object_identity') }} as counts
    on complete.system = counts.system and complete.object = counts.object
where complete.place = 1 and complete.load_mode = 'full'
