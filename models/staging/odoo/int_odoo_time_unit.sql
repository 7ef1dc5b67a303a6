-- Units of time with their hours: a day of the category in which an hour is an eighth of the reference has eight.
with units as (
    select * from {{ ref('stg_odoo__uom_uom') }}
),

hour_units as (
    select
        units.source_system,
        units.uom_category_id,
        units.factor,
        row_number() over (
            partition by units.source_system, units.uom_category_id order by {{ cast_text('units.uom_id', 'integer') }}
        ) as place
    from units
    where lower(units.uom_name) in ('hour', 'hours') and units.factor > 0
)

select
    units.source_system,
    units.uom_id,
    {{ divide_rate('hour_units.factor', 'units.factor') }} as hours_per_unit
from units
inner join hour_units
    on
        units.source_system = hour_units.source_system
        and units.uom_category_id = hour_units.uom_category_id
        and hour_units.place = 1
