{#
  owned_money(relation, day): the rows of `relation` (contract_line_id, project_key and more) with who owns their money:
  the contract line, where a signed contract has it, else the project, else nobody ('project|unassigned'). No row is
  lost. Gives all columns and contract_line_version_key_as_was (on `day`) and _as_is, owner_line_id, owner_project_key,
  owner_currency, owner_functional_currency and owner_fiscal_year_start_month (of that day), and owner_missing_link.
#}
{% macro owned_money(relation, day) %}
    {%- set owner_id = "coalesce(line_owners.owner_id, project_owners.owner_id, 'project|unassigned')" %}
    select
        facts.*,
        owners.contract_line_version_key as contract_line_version_key_as_was,
        current_owners.contract_line_version_key as contract_line_version_key_as_is,
        owners.contract_line_id as owner_line_id,
        owners.project_key as owner_project_key,
        owners.currency as owner_currency,
        owners.functional_currency as owner_functional_currency,
        owners.fiscal_year_start_month as owner_fiscal_year_start_month,
        owners.missing_link as owner_missing_link
    from {{ relation }} as facts
    left join {{ ref('dim_contract_line') }} as line_owners
        on 'line|' || facts.contract_line_id = line_owners.owner_id and line_owners.is_as_is
    left join {{ ref('dim_contract_line') }} as project_owners
        on 'project|' || facts.project_key = project_owners.owner_id and project_owners.is_as_is
    inner join {{ ref('dim_contract_line') }} as owners
        on
            {{ owner_id }} = owners.owner_id
            and greatest(least(facts.{{ day }}, {{ add_days(end_of_time(), -1) }}), {{ beginning_of_time() }})
            >= owners.lookup_from
            and greatest(least(facts.{{ day }}, {{ add_days(end_of_time(), -1) }}), {{ beginning_of_time() }})
            < owners.lookup_to
    inner join {{ ref('dim_contract_line') }} as current_owners
        on {{ owner_id }} = current_owners.owner_id and current_owners.is_as_is
{% endmacro %}
