-- One row per check: what its file says, overridden by the firm's policy in force at the as-of date.
with checks as (
    {{ described_checks() }}
),

policies as (
    select
        overrides.check_id,
        max(overrides.owner_team) as owner_team,
        max(overrides.severity) as severity,
        max(overrides.grace_business_days) as grace_business_days
    from {{ ref('check_policy') }} as overrides
    where {{ holds_on(date_literal(var('as_of')), 'overrides') }}
    group by overrides.check_id
)

select
    checks.check_id,
    checks.title,
    checks.workflow,
    checks.systems,
    checks.rule,
    checks.key,
    checks.action,
    checks.clock,
    checks.stake_kind,
    checks.stake,
    checks.cause_rank,
    checks.touches,
    coalesce(policies.severity, checks.severity) as severity,
    coalesce(policies.owner_team, checks.owner_team) as owner_team,
    coalesce(teams.owner_team_name, policies.owner_team, checks.owner_team) as owner_team_name,
    coalesce(policies.grace_business_days, checks.grace_business_days) as grace_business_days,
    nullif(checks.entities_missing, '') as entities_missing
from checks
left join policies on checks.check_id = policies.check_id
left join {{ ref('owner_team') }} as teams on coalesce(policies.owner_team, checks.owner_team) = teams.owner_team
