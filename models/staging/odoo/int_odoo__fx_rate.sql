-- Currency rates. Odoo's rate is units of the currency per unit of the company's currency (after dividing by the
-- rate of the company's own currency, which is 1 unless the company's currency was changed), from its date on.
-- A rate of no company is that of the first company. Several companies may publish one pair: the lowest id counts.
with rates as (
    select * from {{ ref('stg_odoo__res_currency_rate') }}
),

currencies as (
    select * from {{ ref('stg_odoo__res_currency') }}
),

companies as (
    select
        staged.source_system,
        staged.company_id,
        staged.currency_id,
        row_number() over (
            partition by staged.source_system order by {{ cast_text('staged.company_id', 'integer') }}
        ) as place
    from {{ ref('stg_odoo__res_company') }} as staged
    where not staged.is_deleted
),

quoted as (
    select
        rates.*,
        companies.company_id as quoting_company_id,
        companies.place as company_place,
        companies.currency_id as company_currency_id
    from rates
    inner join companies
        on
            rates.source_system = companies.source_system
            and (rates.company_id = companies.company_id or (rates.company_id is null and companies.place = 1))
    where rates.currency_id <> companies.currency_id
),

own_rates as (
    select
        quoted.source_system,
        quoted.source_id,
        own.rate,
        row_number() over (
            partition by quoted.source_system, quoted.source_id order by own.rate_date desc, own.source_id asc
        ) as place
    from quoted
    inner join rates as own
        on
            quoted.source_system = own.source_system
            and quoted.company_currency_id = own.currency_id
            and coalesce(quoted.company_id, '') = coalesce(own.company_id, '')
            and quoted.rate_date >= own.rate_date
            and not own.is_deleted
            and own.rate > 0
),

paired as (
    select
        quoted.*,
        company_currencies.currency_code as from_currency,
        foreign_currencies.currency_code as to_currency,
        case
            when coalesce(own_rates.rate, 1) = 1 then quoted.rate
            else {{ divide_rate('quoted.rate', 'own_rates.rate') }}
        end as pair_rate
    from quoted
    inner join currencies as company_currencies
        on
            quoted.source_system = company_currencies.source_system
            and quoted.company_currency_id = company_currencies.currency_id
    inner join currencies as foreign_currencies
        on
            quoted.source_system = foreign_currencies.source_system
            and quoted.currency_id = foreign_currencies.currency_id
    left join own_rates
        on
            quoted.source_system = own_rates.source_system
            and quoted.source_id = own_rates.source_id
            and own_rates.place = 1
),

ranked as (
    select
        paired.*,
        row_number() over (
            partition by paired.source_system, paired.from_currency, paired.to_currency, paired.rate_date
            order by paired.is_deleted, paired.company_place, paired.source_id
        ) as place
    from paired
)

select
    ranked.from_currency,
    ranked.to_currency,
    'spot' as rate_type,
    ranked.rate_date,
    ranked.pair_rate as rate,
    'Odoo' as rate_source,
    {{ record_columns(
        'ranked', 'res_currency_rate',
        source_id="ranked.from_currency || '|' || ranked.to_currency || '|spot|' || cast(ranked.rate_date as "
            ~ dbt.type_string() ~ ")"
    ) }}
from ranked
where ranked.place = 1
