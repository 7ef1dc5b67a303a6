{# When each expense line runs: resolved with the lowest id first, it says which one takes what a project charges on. #}
{% macro expense_line_terms() %}
    select
        project_key,
        contract_line_id,
        start_date as valid_from,
        {{ add_days('end_date', 1) }} as valid_to
    from {{ ref('int_contract_line') }}
    where contract_type = 'expense' and (end_date is null or end_date >= start_date)
{% endmacro %}

{#
  owned_cost(relation): costs with their owner, which is the project of the day, under the type of the contract line they
  belong to: the expense line where they are charged on, else the main line of the project. `relation` has project_key,
  lookup_date, is_charged_on and expense_line_id. Only a project with a customer has a margin: has_customer.
#}
{% macro owned_cost(relation) %}
    select
        lined.*,
        owners.contract_line_version_key as contract_line_version_key_as_was,
        current_owners.contract_line_version_key as contract_line_version_key_as_is,
        owners.contract_line_id,
        owners.contract_type,
        owners.functional_currency as owner_functional_currency,
        owners.fiscal_year_start_month,
        owners.missing_link as owner_missing_link
    from (
        select
            costs.*,
            coalesce(projects.project_key, 'unassigned') as owner_project_key,
            coalesce(projects.has_customer, false) as has_customer,
            projects.customer_key,
            {{ cost_owner_id(
                'coalesce(case when costs.is_charged_on then costs.expense_line_id end, main_lines.contract_line_id)',
                'projects.project_key'
            ) }} as owner_id
        from {{ relation }} as costs
        left join {{ ref('dim_project') }} as projects
            on
                costs.project_key = projects.project_key
                and costs.lookup_date >= projects.lookup_from
                and costs.lookup_date < projects.lookup_to
        left join {{ ref('int_line_of_work') }} as main_lines
            on
                costs.project_key = main_lines.project_key
                and main_lines.task_id = ''
                and costs.lookup_date >= main_lines.valid_from
                and costs.lookup_date < main_lines.valid_to
    ) as lined
    inner join {{ ref('dim_contract_line') }} as owners
        on
            lined.owner_id = owners.owner_id
            and lined.lookup_date >= owners.lookup_from
            and lined.lookup_date < owners.lookup_to
    inner join {{ ref('dim_contract_line') }} as current_owners
        on lined.owner_id = current_owners.owner_id and current_owners.is_as_is
{% endmacro %}

{# Owner (dim_contract_line) of a cost of a project that belongs to a line of it, or to none. #}
{% macro cost_owner_id(line, project) -%}
    case
        when {{ project }} is null then 'project|unassigned'
        else coalesce('cost|' || {{ line }} || '|' || {{ project }}, 'project|' || {{ project }})
    end
{%- endmacro %}
