-- Milestones. The amount is the milestone's part of its order line. It is an event to be billed where the line is
-- invoiced by milestones; on any other line (prepaid, where it only measures progress) it stands for a task.
with milestones as (
    select * from {{ ref('stg_odoo__project_milestone') }}
),

lines as (
    select * from {{ ref('int_odoo_sale_line') }}
    where contract_type is not null
)

select
    milestones.milestone_id,
    milestones.project_id,
    lines.order_line_id as contract_line_id,
    milestones.milestone_name,
    case
        when milestones.share_of_line <> 0
            then {{ multiply_rate('lines.price_subtotal', 'milestones.share_of_line') }}
    end as amount,
    lines.currency_code as currency,
    milestones.deadline as planned_date,
    case when milestones.is_reached then milestones.reached_date end as completed_date,
    cast(null as date) as accepted_date,
    cast(null as {{ dbt.type_string() }}) as evidence_ref,
    case when lines.contract_type = 'milestone' then 'event' else 'task' end as represents,
    {{ record_columns(
        'milestones', 'project_milestone',
        quality_flags="case when milestones.is_reached and milestones.reached_date is null"
            ~ " then 'reached_without_date' end"
    ) }}
from milestones
left join lines
    on milestones.source_system = lines.source_system and milestones.order_line_id = lines.order_line_id
