-- A company of the Odoo database is a legal entity. Its country is that of its own partner record.
with companies as (
    select * from {{ ref('stg_odoo__res_company') }}
),

currencies as (
    select * from {{ ref('stg_odoo__res_currency') }}
),

partners as (
    select * from {{ ref('stg_odoo__res_partner') }}
),

countries as (
    select * from {{ ref('stg_odoo__res_country') }}
),

calendars as (
    select * from {{ ref('stg_odoo__resource_calendar') }}
)

select
    companies.company_id as legal_entity_id,
    companies.company_name as legal_entity_name,
    currencies.currency_code as functional_currency,
    countries.country_code as country,
    cast(null as {{ dbt.type_string() }}) as region,
    -- Odoo says when the year ends; a last day within the month is rounded to the month
    case
        when companies.fiscal_year_last_month between 1 and 11 then companies.fiscal_year_last_month + 1
        when companies.fiscal_year_last_month = 12 then 1
    end as fiscal_year_start_month,
    calendars.hours_per_day as standard_hours_per_day,
    cast(null as {{ dbt.type_string() }}) as accounting_framework,
    cast(null as {{ dbt.type_string() }}) as holiday_location,
    {{ record_columns(
        'companies', 'res_company',
        quality_flags="case when currencies.currency_code is null then 'currency_unknown' end"
    ) }}
from companies
left join currencies
    on companies.source_system = currencies.source_system and companies.currency_id = currencies.currency_id
left join partners
    on companies.source_system = partners.source_system and companies.partner_id = partners.partner_id
left join countries
    on partners.source_system = countries.source_system and partners.country_id = countries.country_id
left join calendars
    on companies.source_system = calendars.source_system and companies.calendar_id = calendars.calendar_id
