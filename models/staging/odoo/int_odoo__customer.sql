-- A customer is a commercial partner (the company behind a contact, or a person on their own) that is a company
-- or that a project, a task or a confirmed order names. Private persons whom no work names stay out: least data.
-- customer_rank is not used: Odoo counts it without moving write_date.
with partners as (
    select * from {{ ref('stg_odoo__res_partner') }}
),

countries as (
    select * from {{ ref('stg_odoo__res_country') }}
),

named as (
    select
        source_system,
        partner_id
    from {{ ref('stg_odoo__project_project') }}
    where partner_id is not null
    union
    select
        source_system,
        partner_id
    from {{ ref('stg_odoo__project_task') }}
    where partner_id is not null
    union
    select
        source_system,
        partner_id
    from {{ ref('stg_odoo__sale_order') }}
    where partner_id is not null and order_state in ('sale', 'done')
),

named_commercial as (
    select distinct
        partners.source_system,
        coalesce(partners.commercial_partner_id, partners.partner_id) as partner_id
    from named
    inner join partners
        on named.source_system = partners.source_system and named.partner_id = partners.partner_id
)

select
    partners.partner_id as customer_id,
    coalesce(partners.partner_name, partners.complete_name, partners.partner_id) as customer_name,
    partners.partner_number as customer_number,
    partners.tax_registration,
    countries.country_code as country,
    cast(null as {{ dbt.type_string() }}) as customer_group,
    coalesce(parents.commercial_partner_id, parents.partner_id) as parent_customer_id,
    cast(null as bigint) as payment_terms_days,
    cast(null as {{ dbt.type_string() }}) as linked_system,
    cast(null as {{ dbt.type_string() }}) as linked_id,
    coalesce(partners.is_active, true) as is_active,
    {{ record_columns(
        'partners', 'res_partner',
        quality_flags="case when coalesce(partners.partner_name, partners.complete_name) is null then 'name_missing' end"
    ) }}
from partners
left join named_commercial
    on partners.source_system = named_commercial.source_system and partners.partner_id = named_commercial.partner_id
left join countries
    on partners.source_system = countries.source_system and partners.country_id = countries.country_id
left join partners as parents
    on
        partners.source_system = parents.source_system
        and partners.parent_partner_id = parents.partner_id
where
    coalesce(partners.commercial_partner_id, partners.partner_id) = partners.partner_id
    and (coalesce(partners.is_company, false) or named_commercial.partner_id is not null)
