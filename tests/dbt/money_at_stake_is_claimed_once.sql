-- Of each transaction the breaks of one kind claim together what the largest of them has at stake, and not more.
select
    transaction_key,
    stake_kind,
    sum(primary_reporting) as claimed,
    max(stake_reporting) as largest
from {{ ref('rec_break_transaction') }}
group by transaction_key, stake_kind
having sum(primary_reporting) <> greatest(max(stake_reporting), 0)
