-- A project. It is client work where it has a customer and may be billed, else internal. Odoo Community ties
-- projects to no department, so the practice stays empty. A project of no company belongs to the only one there is.
-- An archived project is closed; a stage says so only where it is folded, because every project has some stage even
-- if the firm does not use stages. Its contract is the order of the line that its time counts for by default.
with projects as (
    select * from {{ ref('stg_odoo__project_project') }}
),

stages as (
    select * from {{ ref('stg_odoo__project_project_stage') }}
),

partners as (
    select * from {{ ref('stg_odoo__res_partner') }}
),

order_lines as (
    select * from {{ ref('stg_odoo__sale_order_line') }}
),

companies as (
    select * from {{ ref('int_odoo__legal_entity') }}
    where not is_deleted
),

only_company as (
    select
        source_system,
        min(legal_entity_id) as legal_entity_id
    from companies
    group by source_system
    having count(*) = 1
),

managers as (
    select
        staged.source_system,
        staged.user_id,
        staged.employee_id,
        row_number() over (
            partition by staged.source_system, staged.user_id
            order by case when staged.is_active then 0 else 1 end, {{ cast_text('staged.employee_id', 'integer') }}
        ) as place
    from {{ ref('stg_odoo__hr_employee') }} as staged
    where not staged.is_deleted and staged.user_id is not null
),

described as (
    select
        projects.*,
        order_lines.order_id,
        managers.employee_id as manager_employee_id,
        coalesce(partners.commercial_partner_id, projects.partner_id) as customer_id,
        coalesce(projects.company_id, only_company.legal_entity_id) as legal_entity_id,
        coalesce(stages.is_folded, false) as is_folded,
        lower(coalesce(stages.stage_name, '')) as stage_words,
        projects.partner_id is not null and coalesce(projects.is_billable, true) as is_client_work
    from projects
    left join stages
        on projects.source_system = stages.source_system and projects.stage_id = stages.stage_id
    left join partners
        on projects.source_system = partners.source_system and projects.partner_id = partners.partner_id
    left join order_lines
        on
            projects.source_system = order_lines.source_system
            and projects.order_line_id = order_lines.order_line_id
    left join only_company
        on projects.source_system = only_company.source_system
    left join managers
        on
            projects.source_system = managers.source_system
            and projects.manager_user_id = managers.user_id
            and managers.place = 1
)

select
    described.project_id,
    described.project_name,
    cast(null as {{ dbt.type_string() }}) as project_code,
    described.customer_id,
    cast(null as {{ dbt.type_string() }}) as practice_id,
    described.legal_entity_id,
    described.order_id as contract_id,
    cast(null as {{ dbt.type_string() }}) as parent_project_id,
    described.manager_employee_id,
    case
        when described.is_folded and described.stage_words like '%cancel%' then 'cancelled'
        when not described.is_active or described.is_folded then 'closed'
        when described.last_update_status = 'done' then 'closed'
        when described.last_update_status = 'on_hold' then 'on_hold'
        else 'active'
    end as status,
    described.start_date,
    described.end_date,
    case when described.is_client_work then 'client' else 'internal' end as work_category,
    described.is_client_work as is_billable_default,
    companies.functional_currency as currency,
    cast(null as {{ dbt.type_string() }}) as linked_system,
    cast(null as {{ dbt.type_string() }}) as linked_id,
    coalesce(described.is_active, true) as is_active,
    {{ record_columns('described', 'project_project') }}
from described
left join companies
    on
        described.source_system = companies.source_system
        and described.legal_entity_id = companies.legal_entity_id
