-- Every item of a check's population has an outcome, and no item has two: the check gives as many items as the table
-- that its metadata names as population holds, and what it found adds up to them.
select
    counted.check_id,
    counted.expected_items,
    counted.population as found_items,
    counted.row_count
from {{ ref('rec_check_count') }} as counted
inner join {{ ref('rec_check_result') }} as results on counted.check_id = results.check_id
where
    counted.expected_items <> counted.population
    or (counted.item_is_transaction and counted.population <> counted.row_count)
    or results.population <> results.passed + results.failed + results.not_yet_due + results.not_applicable
    or least(results.passed, results.failed, results.not_yet_due, results.not_applicable) < 0
