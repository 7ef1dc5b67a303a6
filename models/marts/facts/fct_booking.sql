-- What each signature added to the contracted value of a line or took away: one row per version that changed it. The
-- value before is that of the version before, whatever the order of signatures, so the changes of a line sum to what
-- its latest version says. Expense lines have no contracted value.
with versions as (
    select
        contract_lines.*,
        contract_lines.committed + contract_lines.estimated as contracted_value,
        row_number() over (
            partition by contract_lines.contract_line_id order by contract_lines.line_version
        ) as place,
        lag(contract_lines.committed + contract_lines.estimated, 1, 0) over (
            partition by contract_lines.contract_line_id order by contract_lines.line_version
        ) as value_before
    from {{ ref('int_contract_line_version') }} as contract_lines
),

changes as (
    select
        versions.*,
        versions.contracted_value - versions.value_before as amount,
        case
            when versions.place = 1 then 'new_booking'
            when versions.change_kind in ('re_estimate', 'cancellation') then versions.change_kind
            else 'change_order'
        end as kind
    from versions
    inner join {{ ref('int_contract_line') }} as latest
        on versions.contract_line_id = latest.contract_line_id
    where latest.contract_type <> 'expense' and versions.contracted_value <> versions.value_before
),

owned as (
    {{ owned_money('changes', 'values_from') }}
),

-- what is contracted stands on the day of its signature, like the backlog it opens
converted as (
    {{ converted_balance('owned', ['amount'], 'owner_currency', 'owner_functional_currency', 'values_from') }}
)

select
    contract_line_version_id as booking_key,
    contract_line_id,
    line_version,
    contract_id,
    owner_project_key as project_key,
    contract_line_version_key_as_was,
    contract_line_version_key_as_is,
    kind,
    kind <> 're_estimate' as is_booking,
    values_from as booking_date,
    {{ fiscal_period_label('values_from', 'owner_fiscal_year_start_month') }} as owner_fiscal_period,
    cast(value_before as numeric(28, 6)) as value_before,
    cast(contracted_value as numeric(28, 6)) as value_after,
    {% for mode in ['transaction', 'functional', 'reporting', 'constant'] -%}
    amount_{{ mode }},
    currency_{{ mode }},
    {% endfor -%}
    owner_missing_link as missing_link,
    source_system,
    source_object,
    source_id,
    source_url,
    source_file,
    source_row,
    load_id,
    correlation_id
from converted
